"""The issues of a NegMAS outcome space: lists of values, whole numbers, or continuous ones."""

from __future__ import annotations

from sim.formats.imports import fields
from sim.formats.imports.complaints import Complaints, short
from sim.formats.imports.domain import ForeignIssue
from sim.formats.imports.negmas_functions import class_name
from sim.formats.imports.numeric import continuous, steps, whole_numbers
from sim.formats.yaml_tree import Node

LISTS = {
    "", "CategoricalIssue", "OrdinalIssue", "CardinalIssue", "DiscreteOrdinalIssue",
    "DiscreteCardinalIssue", "DiscreteIssue",
}  # fmt: skip


def issues_of(root: Node, grid: int | None, complaints: Complaints) -> list[ForeignIssue]:
    """Read the issues of an outcome space, in order."""
    entries = fields.listing(root, "issues", complaints)
    if entries is not None and not entries:
        complaints.at(root.at, "this domain has no issues")
    found: dict[str, ForeignIssue] = {}
    for node in entries or []:
        written = node.child("name")
        text = written.value if written is not None else None
        place = written.at if written is not None else node.at
        name = complaints.name(
            text if isinstance(text, str) else str(text or ""), place, "an issue"
        )
        if name is None:
            continue
        if name in found:
            complaints.at(place, f"a second issue is called '{short(name)}'")
        issue = _issue(name, node, grid, complaints)
        if issue is not None:
            found[name] = issue
    return list(found.values())


def _issue(name: str, node: Node, grid: int | None, complaints: Complaints) -> ForeignIssue | None:
    kind, values = class_name(node), node.child("values")
    if values is None or (isinstance(values.value, list) and not values.value):
        complaints.at(node.at, f"{name} has no values")
    elif kind == "ContiguousIssue" and isinstance(values.value, int):
        if values.value > 0:
            return whole_numbers(name, (0.0, values.value - 1.0), grid, values.at, complaints)
        complaints.at(values.at, f"{name} has {values.value} values")
    elif kind not in (*LISTS, "ContiguousIssue", "ContinuousIssue"):
        complaints.at(
            node.at, f"{name} is a {short(kind)}, which zopa does not read: it reads lists of "
            "values, ContiguousIssue and, with --grid, ContinuousIssue",
        )  # fmt: skip
    elif (entries := fields.listing(node, "values", complaints)) is not None:
        if kind in LISTS:
            return _list(name, node, entries, complaints)
        return _range(name, kind == "ContinuousIssue", values, entries, grid, complaints)
    return None


def _list(name: str, node: Node, entries: list[Node], complaints: Complaints) -> ForeignIssue:
    """Read values one by one; those that are all numbers can be put into functions."""
    texts = tuple(fields.options(entries, name, complaints))
    values = [entry.value for entry in entries]
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    numeric = len(numbers) == len(texts) == len(entries)
    return ForeignIssue(name, texts, tuple(numbers) if numeric else (), at=node.at)


def _range(
    name: str,
    real: bool,
    values: Node,
    entries: list[Node],
    grid: int | None,
    complaints: Complaints,
) -> ForeignIssue | None:
    """Read the two ends of a numeric issue, and its step if there is one."""
    read = [fields.number(entry, values, f"an end of {name}", complaints) for entry in entries]
    ends = [value for value in read if value is not None]
    if len(ends) != len(read):
        return None
    if len(ends) not in (2, 3) or ends[0] > ends[1] or (len(ends) == 3 and ends[2] <= 0):
        complaints.at(values.at, f"{name} needs a least and a greatest value, in this order")
    elif real:
        return continuous(name, (ends[0], ends[1]), grid, values.at, complaints)
    elif all(end.is_integer() for end in ends):
        step = ends[2] if len(ends) == 3 else 1.0
        return steps(name, (ends[0], ends[1]), step, grid, values.at, complaints)
    else:
        complaints.at(values.at, f"{name} is a ContiguousIssue: its ends are whole numbers")
    return None
