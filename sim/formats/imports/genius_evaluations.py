"""Additive GENIUS profiles: weights, and an evaluation of every value."""

from __future__ import annotations

from sim.formats.imports.complaints import Complaints, short
from sim.formats.imports.domain import ForeignParty
from sim.formats.imports.genius_issues import GeniusIssue, bounds, index_of, kind_of
from sim.formats.imports.xml_tree import Element

LEAST = 0.00001
"""Where no evaluation of an issue reaches this, GENIUS takes all of them as 0."""


def evaluations(
    root: Element,
    written: dict[int, Element],
    issues: dict[int, GeniusIssue],
    party: ForeignParty,
    complaints: Complaints,
    notes: list[str],
) -> None:
    """Read weights and values of an additive profile into the party."""
    weights = _weights(root, written, complaints)
    party.weights = []
    for index, issue in issues.items():
        element = written[index]
        if index not in weights:
            complaints.at(
                element.at, f"issue {index} ('{issue.foreign.name}') has no weight: "
                f'add <weight index="{index}" value="…"/> beside it',
            )  # fmt: skip
        party.weights.append(weights.get(index, 0.0))
        kind = kind_of(element, complaints)
        if kind is not None and kind != issue.kind:
            complaints.at(element.at, f"{issue.foreign.name} is of type {kind} here and "
                          f"{issue.kind} in the domain")  # fmt: skip
        elif kind == "discrete":
            party.values.append(_discrete(element, issue, complaints, notes))
        elif kind is not None:
            party.values.append(_numeric(element, issue, complaints))


def _weights(
    root: Element, written: dict[int, Element], complaints: Complaints
) -> dict[int, float]:
    """Return the weight of each issue: it stands beside the issue, in the same objective."""
    objectives = [element for element in root.walk() if element.tag == "objective"]
    known = {element.get("index") for element in [*objectives, *written.values()]}
    weights: dict[int, float] = {}
    for outer in objectives:
        beside = {element.get("index") for element in outer.named("issue")}
        for element in outer.named("weight"):
            index = index_of(element, complaints)
            if index is None:
                continue
            value = complaints.number(element.get("value"), element.at, f"the weight of {index}")
            value = complaints.not_negative(value, element.at, f"the weight of {index}")
            if element.get("index") not in known:
                complaints.at(element.at, f"there is no issue {index} to weigh: take the line out")
            elif element.get("index") in beside and index in weights:
                complaints.at(element.at, f"issue {index} has two weights: keep one of them")
            elif element.get("index") in beside:
                weights[index] = value or 0.0
    return weights


def _discrete(
    element: Element, issue: GeniusIssue, complaints: Complaints, notes: list[str]
) -> list[float]:
    """Return evaluation ÷ the largest one for every option of the domain."""
    name, options = issue.foreign.name, issue.foreign.options
    found: dict[str, float] = {}
    for item in element.named("item"):
        option = complaints.name(item.get("value"), item.at, f"a value of {name}")
        if option is None:
            continue
        written = item.get("evaluation")
        what = f"the evaluation of '{short(option)}'"
        value = complaints.number(None if written == "null" else written, item.at, what)
        value = complaints.not_negative(value, item.at, what)
        if option not in issue.foreign.places:
            said = f"the domain has no value '{short(option)}' for {name}"
            complaints.unknown(item.at, said, option, options, "values")
        elif option in found:
            complaints.at(
                item.at, f"'{short(option)}' of {name} is evaluated twice: keep one of the two"
            )
        found[option] = value or 0.0
    for option in options:
        if option not in found:
            complaints.at(element.at, f"'{short(option)}' of {name} has no evaluation")
    largest = max(found.values(), default=0.0)
    if largest < LEAST:
        notes.append(f"{element.at.origin}: no value of {name} is evaluated above 0; all count 0")
        return [0.0 for _ in options]
    return [found.get(option, 0.0) / largest for option in options]


def _numeric(element: Element, issue: GeniusIssue, complaints: Complaints) -> list[float]:
    """Return the evaluation of every number: a function of it, cut to 0…1."""
    name = issue.foreign.name
    ends = bounds(element, name, issue.kind, complaints)
    evaluators = element.named("evaluator")
    if ends is None or len(evaluators) != 1:
        if ends is not None:
            complaints.at(element.at, f"{name} has {len(evaluators)} evaluators: it needs one "
                          "<evaluator>")  # fmt: skip
        return [0.0 for _ in issue.foreign.options]
    low, evaluator = ends[0], evaluators[0]
    shifted = "slope" in evaluator.attributes or "offset" in evaluator.attributes
    kind = (evaluator.get("ftype") or ("linear" if shifted else "")).lower()
    numbers = issue.foreign.numbers

    def parameter(attribute: str) -> float:
        what = f"{attribute} of the evaluator of {name}"
        return complaints.number(evaluator.get(attribute), evaluator.at, what) or 0.0

    if kind == "linear" and shifted and issue.kind == "integer":
        slope, offset = parameter("slope"), parameter("offset")
        return [_cut(offset + slope * (number - low)) for number in numbers]
    if kind == "linear":
        constant, slope = parameter("parameter0"), parameter("parameter1")
        return [_cut(constant + slope * number) for number in numbers]
    if kind == "constant":
        constant = parameter("parameter0")
        return [constant for _ in numbers]
    if kind == "triangular" and issue.kind == "real":
        left, right, top = (parameter(f"parameter{n}") for n in range(3))
        return [_triangle(number, left, right, top) for number in numbers]
    complaints.at(
        evaluator.at, f"an evaluator of type '{kind}' cannot be read here: types are linear and "
        "constant, for real issues triangular as well",
    )  # fmt: skip
    return [0.0 for _ in numbers]


def _cut(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _triangle(number: float, left: float, right: float, top: float) -> float:
    if left <= number < top:
        return (number - left) / (top - left)
    if top <= number < right:
        return 1 - (number - top) / (right - top)
    return 0.0
