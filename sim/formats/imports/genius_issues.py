"""The issues of a GENIUS domain: discrete, integer, or continuous and cut to a grid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.formats.imports.complaints import Complaints, short
from sim.formats.imports.domain import ForeignIssue
from sim.formats.imports.numeric import continuous, whole_numbers
from sim.formats.imports.xml_tree import Element
from sim.formats.yaml_tree import Mark

KINDS = ("discrete", "integer", "real")


@dataclass(frozen=True)
class GeniusIssue:
    """An issue with what only GENIUS knows of it.

    Attributes
    ----------
    kind
        ``discrete``, ``integer`` or ``real``.
    low
        The least value of a numeric issue.
    """

    foreign: ForeignIssue
    kind: str
    low: float = 0.0


def index_of(element: Element, complaints: Complaints) -> int | None:
    """Return the number under which GENIUS knows an issue or objective."""
    written = element.get("index")
    if written is None or not re.fullmatch(r"[0-9]{1,9}", written.strip()):
        said = "no index" if written is None else f"the index '{written[:20]}'"
        complaints.at(element.at, f"<{element.tag}> has {said}: it needs a whole number from 0 up")
        return None
    return int(written)


def kind_of(element: Element, complaints: Complaints) -> str | None:
    """Return the kind of an issue; GENIUS takes one without a type as discrete."""
    kind = (element.get("type") or "discrete").strip().lower()
    if kind in KINDS:
        return kind
    complaints.at(
        element.at, f"an issue of type '{kind[:20]}' is unknown to GENIUS: types are discrete, "
        "integer and real",
    )  # fmt: skip
    return None


def issues_below(root: Element, complaints: Complaints) -> dict[int, Element]:
    """Return all issues of a utility space by index, those of inner objectives too."""
    found: dict[int, Element] = {}
    waiting = [root]
    while waiting:
        for element in (outer := waiting.pop(0)).children:
            if element.tag == "objective":
                waiting.append(element)
            elif element.tag == "issue" and outer.tag == "objective":
                index = index_of(element, complaints)
                if index is not None and index in found:
                    first = found[index].at.line
                    complaints.at(
                        element.at, f"issue {index} stands here for the second time (first on "
                        f"line {first}): give each issue an index of its own",
                    )  # fmt: skip
                elif index is not None:
                    found[index] = element
    return found


def domain_issues(
    root: Element, start: Mark, grid: int | None, complaints: Complaints
) -> dict[int, GeniusIssue]:
    """Read the issues of a domain by index."""
    elements = issues_below(root, complaints)
    if not elements and not complaints:
        complaints.at(start, "this domain has no issues: <issue> stands in an <objective>")
    issues = {}
    for index, element in elements.items():
        name = complaints.name(element.get("name"), element.at, f"issue {index}")
        kind = kind_of(element, complaints)
        if name is None or kind is None:
            continue
        found = _discrete(element, name, complaints) if kind == "discrete" else _numeric(
            element, name, kind, grid, complaints
        )  # fmt: skip
        if found is not None:
            issues[index] = found
    return issues


def _discrete(element: Element, name: str, complaints: Complaints) -> GeniusIssue | None:
    options: dict[str, Element] = {}
    items = element.named("item")
    if not complaints.few_enough(len(items), element.at, name):
        return None
    for item in items:
        option = complaints.name(item.get("value"), item.at, f"a value of {name}")
        if option is not None and option in options:
            first = options[option].at.line
            complaints.at(item.at, f"'{short(option)}' stands here twice (first on line {first})")
        elif option is not None:
            options[option] = item
    if not options:
        complaints.at(element.at, f"{name} has no values: an <item> for each is needed")
        return None
    return GeniusIssue(ForeignIssue(name, tuple(options), at=element.at), "discrete")


def _numeric(
    element: Element, name: str, kind: str, grid: int | None, complaints: Complaints
) -> GeniusIssue | None:
    ends = bounds(element, name, kind, complaints)
    if ends is None:
        return None
    cut = whole_numbers if kind == "integer" else continuous
    foreign = cut(name, ends, grid, element.at, complaints)
    return GeniusIssue(foreign, kind, ends[0]) if foreign is not None else None


def bounds(
    element: Element, name: str, kind: str, complaints: Complaints
) -> tuple[float, float] | None:
    """Return the ends of a numeric issue, which stand in it or in its <range>."""
    holder = next(iter(element.named("range")), element)
    low, high = (
        complaints.number(holder.get(f"{end}bound"), holder.at, f"the {end} bound of {name}")
        for end in ("lower", "upper")
    )
    if low is None or high is None:
        return None
    if kind == "integer" and not (low.is_integer() and high.is_integer()):
        complaints.at(holder.at, f"the bounds of {name} are {low:g} and {high:g}: an integer issue "
                      "has whole ones")  # fmt: skip
    elif low > high:
        complaints.at(holder.at, f"the bounds of {name} are {low:g} and {high:g}: the lower is "
                      "above the upper")  # fmt: skip
    else:
        return low, high
    return None
