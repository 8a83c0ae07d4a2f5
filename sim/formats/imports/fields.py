"""Reading fields of JSON and YAML trees, each mistake told at its place."""

from __future__ import annotations

import re

from sim.formats.imports.complaints import Complaints, listed, short
from sim.formats.imports.domain import ForeignIssue
from sim.formats.wording import found
from sim.formats.yaml_tree import Node

LONGEST_NUMBER = 60
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def mapping(parent: Node, name: str, complaints: Complaints) -> dict[str, Node] | None:
    """Return what stands under a name, where it is names with values; complain otherwise."""
    node = parent.child(name)
    if node is None:
        complaints.at(parent.at, f"there is no '{name}' here")
        return None
    if not isinstance(node.value, dict):
        complaints.at(node.at, f"'{name}' is {found(node.plain())}: names with values stand here")
        return None
    return node.value


def listing(parent: Node, name: str, complaints: Complaints) -> list[Node] | None:
    """Return what stands under a name, where it is a list; complain otherwise."""
    node = parent.child(name)
    if node is None:
        complaints.at(parent.at, f"there is no '{name}' here")
        return None
    if not isinstance(node.value, list):
        complaints.at(node.at, f"'{name}' is {found(node.plain())}: a list stands here")
        return None
    return node.value


def number(node: Node | None, parent: Node, what: str, complaints: Complaints) -> float | None:
    """Read a number, also one written as text, which GeniusWeb does."""
    if node is None:
        complaints.at(parent.at, f"{what} is missing")
        return None
    value = node.value
    if isinstance(value, str) and len(value) < LONGEST_NUMBER and _DECIMAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        complaints.at(node.at, f"{what} is {found(node.plain())}: write a number")
        return None
    try:
        return complaints.finite(float(value), node.at, what)
    except OverflowError:
        complaints.at(node.at, f"{what} has too many digits")
        return None


def option(node: Node, what: str, complaints: Complaints) -> str | None:
    """Read the value of an issue as people would say it."""
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(node.value, int | float):
        return None if number(node, node, what, complaints) is None else str(node.value)
    if isinstance(node.value, str):
        return complaints.name(node.value, node.at, what)
    complaints.at(node.at, f"{what} is {found(node.plain())}: texts and numbers stand here")
    return None


def options(nodes: list[Node], issue: str, complaints: Complaints) -> list[str]:
    """Read the values of an issue, each of them once."""
    read: dict[str, Node] = {}
    if nodes and not complaints.few_enough(len(nodes), nodes[0].at, issue):
        return []
    for node in nodes:
        text = option(node, f"a value of {issue}", complaints)
        if text is not None and text in read:
            complaints.at(node.at, f"'{short(text)}' stands among the values of {issue} twice")
        elif text is not None:
            read[text] = node
    return list(read)


def plain_names(entries: dict[str, Node], what: str, complaints: Complaints) -> dict[str, Node]:
    """Return entries under their names as people will see them."""
    named = {}
    for name, node in entries.items():
        clean = complaints.name(name, node.named_at, what)
        if clean is not None and clean in named:
            complaints.at(node.named_at, f"'{short(clean)}' stands here twice, but for spaces")
        elif clean is not None:
            named[clean] = node
    return named


def of_issue(
    entries: dict[str, Node], parent: Node, issue: ForeignIssue, complaints: Complaints
) -> list[float]:
    """Read a number for every option of an issue; complain of options too many and too few."""
    named = plain_names(entries, f"a value of {issue.name}", complaints)
    numbers = {}
    for text, node in named.items():
        name = same_option(text, issue)
        if name is None:
            said = f"{issue.name} has no value '{short(text)}'"
            complaints.unknown(node.named_at, said, text, issue.options, "values")
            continue
        numbers[name] = number(node, parent, f"the value of '{short(text)}'", complaints)
    missing = [name for name in issue.options if name not in numbers]
    if missing:
        complaints.at(parent.at, f"{issue.name}: no number for {listed(missing)}")
    return [numbers.get(name) or 0.0 for name in issue.options]


def same_option(text: str, issue: ForeignIssue) -> str | None:
    """Return the option that a text names; numbers may be written as 1 or 1.0."""
    if text in issue.places:
        return text
    number = len(text) < LONGEST_NUMBER and _DECIMAL.fullmatch(text)
    return issue.by_number.get(float(text)) if number else None


def not_of_this_domain(
    node: Node, names: list[str], issues: list[ForeignIssue], complaints: Complaints
) -> bool:
    """Tell, and say, that a profile names other issues than the domain does."""
    ours = [issue.name for issue in issues]
    unknown = [name for name in names if name not in ours]
    missing = [name for name in ours if name not in names]
    if not unknown and not missing:
        return False
    if not set(ours) & set(names):
        said = f"its issues are {listed(names)}; the domain's are {listed(ours)}"
        complaints.at(node.at, f"this profile is of another domain: {said}")
        return True
    for name in unknown:
        said = f"the domain has no issue '{short(name)}'"
        complaints.unknown(node.at, said, name, ours, "issues")
    if missing:
        complaints.at(node.at, f"nothing is said on the issues {listed(missing)}")
    return True
