"""NegMAS's value functions of one issue, as its class names call them."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.formats.imports import fields
from sim.formats.imports.complaints import Complaints, listed, short
from sim.formats.imports.domain import ForeignIssue
from sim.formats.wording import found
from sim.formats.yaml_tree import Node

Numbers = list[float]
Function = Callable[[float, Numbers], float]

# Name -> its parameters (none: it has no default) and what it makes of x.
FUNCTIONS: dict[str, tuple[dict[str, float | None], Function]] = {
    "IdentityFun": ({}, lambda x, _: x),
    "ConstFun": ({"bias": None}, lambda _, p: p[0]),
    "LinearFun": ({"slope": None}, lambda x, p: p[0] * x),
    "AffineFun": ({"slope": None, "bias": 0.0}, lambda x, p: p[0] * x + p[1]),
    "QuadraticFun": (
        {"a2": None, "a1": None, "bias": 0.0},
        lambda x, p: p[0] * x * x + p[1] * x + p[2],
    ),
    "ExponentialFun": (
        {"tau": None, "bias": 0.0, "base": math.e},
        lambda x, p: math.pow(p[2], p[0] * x) + p[1],
    ),
    "LogFun": (
        {"tau": None, "bias": 0.0, "base": math.e, "scale": 1.0},
        lambda x, p: p[3] * math.log(p[0] * x, p[2]) + p[1],
    ),
    "SinFun": (
        {"multiplier": 1.0, "bias": 0.0, "phase": 0.0, "amplitude": 1.0},
        lambda x, p: p[3] * math.sin(p[0] * x + p[2]) + p[1],
    ),
    "CosFun": (
        {"multiplier": 1.0, "bias": 0.0, "phase": 0.0, "amplitude": 1.0},
        lambda x, p: p[3] * math.cos(p[0] * x + p[2]) + p[1],
    ),
}


def class_name(node: Node) -> str:
    """Return the name of a class without its module; empty where there is none."""
    for field in ("type", "__python_class__"):
        kind = node.child(field)
        if kind is not None and isinstance(kind.value, str):
            return kind.value.rsplit(".", 1)[-1]
    return ""


def values_of(node: Node, issue: ForeignIssue, complaints: Complaints) -> list[float]:
    """Return what a function makes of every option of its issue."""
    kind = class_name(node)
    if isinstance(node.value, list):
        return _in_order(node, issue, complaints)
    if not isinstance(node.value, dict):
        said = f"{found(node.plain())} stands for the values of {issue.name}: a function or a "
        complaints.at(node.at, said + "table stands here")
    elif kind in ("", "TableFun"):
        inner = node.child("mapping") if kind else node
        if inner is not None and isinstance(inner.value, dict):
            return fields.of_issue(inner.value, inner, issue, complaints)
        complaints.at(node.at, f"there is no 'mapping' in the table of {issue.name}")
    elif kind not in FUNCTIONS:
        complaints.at(
            node.at, f"the value function {short(kind)} of {issue.name} cannot be read: zopa reads "
            f"TableFun, {listed(list(FUNCTIONS), len(FUNCTIONS))}",
        )  # fmt: skip
    elif issue.numbers or kind == "ConstFun":
        return _computed(node, kind, issue, complaints)
    else:
        complaints.at(node.at, f"{kind} needs numbers, and the values of {issue.name} are none")
    return [0.0 for _ in issue.options]


def _computed(node: Node, kind: str, issue: ForeignIssue, complaints: Complaints) -> list[float]:
    names, function = FUNCTIONS[kind]
    parameters = []
    for name, otherwise in names.items():
        inner = node.child(name)
        if inner is None and otherwise is not None:
            parameters.append(otherwise)
        else:
            read = fields.number(inner, node, f"{name} of {kind} of {issue.name}", complaints)
            parameters.append(read or 0.0)
    made = []
    numbers = issue.numbers or [0.0 for _ in issue.options]  # a constant looks at none
    for number, option in zip(numbers, issue.options, strict=True):
        try:
            value = function(number, parameters)
        except (OverflowError, ValueError, ZeroDivisionError):
            value = math.nan
        what = f"what {kind} makes of '{short(option)}' of {issue.name}"
        made.append(complaints.finite(value, node.at, what) or 0.0)
    return made


def _in_order(node: Node, issue: ForeignIssue, complaints: Complaints) -> list[float]:
    """Read a plain list of numbers, one for each option in order."""
    entries = list(node.children)
    if len(entries) != len(issue.options):
        complaints.at(node.at, f"{len(entries)} numbers for the {len(issue.options)} values of "
                      f"{issue.name}")  # fmt: skip
        return [0.0 for _ in issue.options]
    what = f"a value of {issue.name}"
    return [fields.number(entry, node, what, complaints) or 0.0 for entry in entries]
