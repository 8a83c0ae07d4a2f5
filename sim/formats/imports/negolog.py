"""NegoLog: profiles in JSON with a reservation value, weights and values.

A utility is the sum over issues of weight × value, as written; no agreement is worth the
reservation value. There is no domain file: the profiles of a domain name the same issues.

References
----------
Doğru, Keskin, Jonker, Baarslag and Aydoğan (2024), "NegoLog: An integrated Python-based automated
negotiation framework with enhanced assessment components", IJCAI 2024. Read off its class
`Preference`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.formats.imports import fields
from sim.formats.imports.complaints import Complaints
from sim.formats.imports.domain import ForeignDomain, ForeignIssue, ForeignParty, Said
from sim.formats.imports.files import Role, Tree
from sim.formats.yaml_tree import Node

NAME = "NegoLog"
NEEDS_DOMAIN = ""  # the profiles say it all
NEEDS_PROFILE = "at least one profile (a JSON object with issueWeights and issues)"
MEANING = "As in NegoLog: a utility is the sum of weight × value, as written."


def role(root: object) -> Role | None:
    """Tell what a file is by its names."""
    if not isinstance(root, Node) or not isinstance(root.value, dict):
        return None
    names = set(root.value)
    if {"issueWeights", "issues"} <= names:
        return "profile"
    return "companion" if {"NumberOfBids", "NumberOfIssues"} & names else None


def read(
    trees: Sequence[Tree],
    grid: int | None,  # noqa: ARG001  all formats are read alike, and here no issue is numeric
    complaints: Complaints,
) -> ForeignDomain | None:
    """Read the profiles; the first says which issues and values there are."""
    profiles = [tree for tree in trees if role(tree.root) == "profile"]
    issues: list[ForeignIssue] = []
    parties = []
    for tree in profiles:
        assert isinstance(tree.root, Node)
        weights = fields.mapping(tree.root, "issueWeights", complaints)
        values = fields.mapping(tree.root, "issues", complaints)
        if weights is None or values is None:
            continue
        named = fields.plain_names(values, "an issue", complaints)
        issues = issues or _issues(tree.root, named, complaints)
        parties.append(_party(tree, weights, named, issues, complaints))
    return ForeignDomain(
        format=NAME,
        title=_title(trees, profiles),
        issues=issues,
        parties=[party for party in parties if party is not None],
        meaning=MEANING,
        files=[tree.path.name for tree in trees],
    )


def _title(trees: Sequence[Tree], profiles: Sequence[Tree]) -> str:
    """Return the name that the figures beside the profiles give, or that of the folder."""
    for tree in trees:
        name = tree.root.child("Name") if isinstance(tree.root, Node) else None
        if name is not None and isinstance(name.value, str) and name.value.strip():
            return " ".join(name.value.split())[:200]
    return profiles[0].path.resolve().parent.name


def _issues(root: Node, named: dict[str, Node], complaints: Complaints) -> list[ForeignIssue]:
    issues = []
    for name, node in named.items():
        if not isinstance(node.value, dict) or not node.value:
            complaints.at(node.at, f"{name} has no values: names with numbers stand here")
            continue
        if not complaints.few_enough(len(node.value), node.at, name):
            continue
        texts = fields.plain_names(node.value, f"a value of {name}", complaints)
        issues.append(ForeignIssue(name, tuple(texts), at=node.at))
    if not named:
        complaints.at(root.at, "this profile has no issues")
    return issues


def _party(
    tree: Tree,
    weights: dict[str, Node],
    values: dict[str, Node],
    issues: list[ForeignIssue],
    complaints: Complaints,
) -> ForeignParty | None:
    root = tree.root
    assert isinstance(root, Node)
    party = ForeignParty(name=tree.path.stem, stem=tree.path.stem, values=[], at=root.at)
    weighed = fields.plain_names(weights, "an issue", complaints)
    for field, names in (("issues", list(values)), ("issueWeights", list(weighed))):
        at = root.child(field) or root
        if fields.not_of_this_domain(at, names, issues, complaints):
            return None
    party.weights = []
    for issue in issues:
        node = values[issue.name]
        entries = node.value if isinstance(node.value, dict) else {}
        party.values.append(fields.of_issue(entries, node, issue, complaints))
        at = weighed[issue.name]
        what = f"the weight of {issue.name}"
        weight = complaints.not_negative(fields.number(at, root, what, complaints), at.at, what)
        party.weights.append(weight or 0.0)
    level = root.child("reservationValue")
    value = fields.number(level, root, "the reservationValue", complaints)
    party.disagreement = Said(value or 0.0)
    return party
