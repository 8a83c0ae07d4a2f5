"""NegMAS: a domain and utility functions in YAML or JSON, told apart by their class names.

An additive utility is its bias plus the sum over issues of weight × function of the value, all as
written: nothing is normalised. No agreement is worth `reserved_value`; minus infinity, which
NegMAS writes where none was given, means that any agreement is better than none.

References
----------
Mohammad, Nakadai and Greenwald (2021), "NegMAS: A platform for automated negotiations", PRIMA
2020, 343-351. Read off its classes `LinearAdditiveUtilityFunction`, `AffineUtilityFunction`,
`ExpDiscountedUFun` and its value functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.formats.imports import fields
from sim.formats.imports.complaints import Complaints, listed, short
from sim.formats.imports.domain import Extra, ForeignDomain, ForeignIssue, ForeignParty, Said
from sim.formats.imports.files import Role, Tree
from sim.formats.imports.negmas_functions import FUNCTIONS, class_name, values_of
from sim.formats.imports.negmas_issues import issues_of
from sim.formats.yaml_tree import Node

NAME = "NegMAS"
NEEDS_DOMAIN = "the domain (a file whose type is an outcome space, such as CartesianOutcomeSpace)"
NEEDS_PROFILE = "at least one utility function (its type is, say, LinearAdditiveUtilityFunction)"
MEANING = "As in NegMAS: a utility is bias + the sum of weight × value, as written."
ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
AFFINE = ("AffineUtilityFunction", "LinearUtilityFunction")
CONSTANT = "ConstUtilityFunction"
DISCOUNTED = "ExpDiscountedUFun"
KNOWN = {
    "type", "__python_class__", "name", "id", "values", "weights", "bias", "value", "ufun",
    "reserved_value", "reserved_outcome", "stability", "outcome_space", "path", "discount",
    "factor", "dynamic_reservation", "constraints", "n_values",
}  # fmt: skip
NO_LEVEL = (
    "NegMAS's reserved value is minus infinity, or none is written: any agreement is better than "
    "none, so this is the least that any outcome is worth"
)


def role(root: object) -> Role | None:
    """Tell what a file is by the class that it names."""
    if not isinstance(root, Node) or not isinstance(root.value, dict):
        return None
    kind = class_name(root)
    if kind.endswith("OutcomeSpace") or (not kind and set(root.value) == {"issues", "name"}):
        return "domain"
    if kind.lower().endswith(("utilityfunction", "ufun")) or (
        kind in FUNCTIONS or (not kind and {"weights", "values"} <= set(root.value))
    ):
        return "profile"
    return None


def read(trees: Sequence[Tree], grid: int | None, complaints: Complaints) -> ForeignDomain | None:
    """Read a domain with its utility functions."""
    (domain,) = (tree for tree in trees if role(tree.root) == "domain")
    root = domain.root
    assert isinstance(root, Node)
    issues = issues_of(root, grid, complaints)
    if complaints or not issues:
        return None
    notes: list[str] = []
    parties = []
    for tree in trees:
        if role(tree.root) == "profile":
            assert isinstance(tree.root, Node)
            parties.append(_party(tree.root, tree, issues, complaints, notes))
    name = root.child("name")
    title = str(name.value) if name is not None and isinstance(name.value, str) else ""
    return ForeignDomain(
        format=NAME,
        title=(complaints.name(title, root.at, "the domain") or "") if title else domain.path.stem,
        issues=issues,
        parties=parties,
        meaning=MEANING,
        files=[tree.path.name for tree in trees],
        notes=notes,
    )


def _party(
    root: Node,
    tree: Tree,
    issues: list[ForeignIssue],
    complaints: Complaints,
    notes: list[str],
) -> ForeignParty:
    """Read one utility function, and what discounts it."""
    written = root.child("name")
    text = written.value if written is not None else None
    name = complaints.name(text, root.at, "the party") if isinstance(text, str) and text else None
    party = ForeignParty(
        name=name or tree.path.stem,
        stem=tree.path.stem,
        values=[[0.0 for _ in issue.options] for issue in issues],
        at=root.at,
    )
    inner = root
    if class_name(root) == DISCOUNTED:
        inner = _discounted(root, party, complaints)
    for field, node in root.value.items() if isinstance(root.value, dict) else ():
        if field == "constraints" and node.value:
            complaints.at(node.named_at, "constraints of a utility function cannot be read: write "
                          "them into the scenario")  # fmt: skip
        elif field not in KNOWN:
            notes.append(f"{tree.called}:{node.named_at.line}: '{short(field)}' left out")
    before = len(complaints.mistakes)
    _utility(inner, party, issues, complaints)
    if len(complaints.mistakes) == before:
        party.disagreement = _level(root, inner, party, complaints)
    return party


def _discounted(root: Node, party: ForeignParty, complaints: Complaints) -> Node:
    """Read an exponential discount; return the function that it discounts."""
    discount, factor = root.child("discount"), root.child("factor")
    by = "step" if factor is None else str(factor.value)
    if discount is not None:
        value = fields.number(discount, root, "discount", complaints)
        if value is not None and not 0 < value <= 1:
            complaints.at(discount.at, f"the discount is {value:g}: zopa's patience lies above 0 "
                          "and is at most 1")  # fmt: skip
        elif value is not None and value < 1:
            party.patience = Said(value, _meaning(value, by))
    inner = root.child("ufun")
    if inner is None:
        complaints.at(root.at, "there is no 'ufun' in this discounted utility function")
        return root
    return inner


def _meaning(discount: float, by: str) -> str:
    """Say what a discount is taken over."""
    if by in ("step", "current_step"):
        return f"NegMAS multiplies utilities by {discount:g} at each step, which is one round"
    return (
        f"NegMAS multiplies utilities by {discount:g} to the power of {short(by)}; so one round is "
        "the time in which that grows by 1, as a rule the whole time of the talks"
    )


def _utility(
    root: Node, party: ForeignParty, issues: list[ForeignIssue], complaints: Complaints
) -> None:
    """Read weights, values and bias into the party."""
    kind = class_name(root)
    if kind == CONSTANT:
        _constant(root, "value", "the constant utility", party, complaints)
        return
    if kind not in (*ADDITIVE, *AFFINE, ""):
        complaints.at(
            root.at, f"a {short(kind)} cannot be read: zopa reads "
            f"{listed([ADDITIVE[0], *AFFINE, CONSTANT])}, and {DISCOUNTED} around them",
        )  # fmt: skip
        return
    weights = _for_each(root, "weights", issues, complaints, optional=kind not in AFFINE)
    if kind in AFFINE:
        for place, issue in enumerate(issues):
            if issue.numbers:
                party.values[place] = list(issue.numbers)
            else:
                complaints.at(root.at, f"{kind} needs numbers, and the values of {issue.name} are "
                              "none")  # fmt: skip
    else:
        functions = _for_each(root, "values", issues, complaints)
        if functions is not None:
            party.values = [
                values_of(node, issue, complaints)
                for node, issue in zip(functions, issues, strict=True)
            ]
    if weights is not None:
        _weigh(root, weights, party, issues, complaints)
    if root.child("bias") is not None and kind != "LinearUtilityFunction":
        _constant(root, "bias", "the bias", party, complaints)


def _weigh(
    root: Node,
    weights: list[Node],
    party: ForeignParty,
    issues: list[ForeignIssue],
    complaints: Complaints,
) -> None:
    """Keep weights as they are; a negative one turns the values of its issue round."""
    party.weights = []
    for place, (node, issue) in enumerate(zip(weights, issues, strict=True)):
        weight = fields.number(node, root, f"the weight of {issue.name}", complaints) or 0.0
        if weight < 0:
            party.values[place] = [-value for value in party.values[place]]
        party.weights.append(abs(weight))


def _for_each(
    root: Node,
    field: str,
    issues: list[ForeignIssue],
    complaints: Complaints,
    *,
    optional: bool = False,
) -> list[Node] | None:
    """Return what stands in a list in the order of the issues, or under their names."""
    node = root.child(field)
    if node is None:
        if not optional:
            complaints.at(root.at, f"there is no '{field}' in this utility function")
        return None
    if isinstance(node.value, dict):
        named = fields.plain_names(node.value, "an issue", complaints)
        if fields.not_of_this_domain(node, list(named), issues, complaints):
            return None
        return [named[issue.name] for issue in issues]
    entries = list(node.children)
    if len(entries) != len(issues):
        complaints.at(
            node.at, f"{len(entries)} {field} for the domain's {len(issues)} issues "
            f"({listed([issue.name for issue in issues])}): is it the right domain?",
        )  # fmt: skip
        return None
    return entries


def _constant(
    root: Node, field: str, what: str, party: ForeignParty, complaints: Complaints
) -> None:
    value = fields.number(root.child(field), root, what, complaints)
    if value:
        party.extras.append(Extra({}, value, f"{what} of the utility function"))


def _level(root: Node, inner: Node, party: ForeignParty, complaints: Complaints) -> Said:
    """Return what no agreement is worth."""
    node = root.child("reserved_value") or inner.child("reserved_value")
    if node is None or node.value == -math.inf:
        least = sum(min(gains) for gains in party.gains())
        return Said(least + sum(extra.add for extra in party.extras), NO_LEVEL)
    return Said(fields.number(node, root, "the reserved value", complaints) or 0.0)
