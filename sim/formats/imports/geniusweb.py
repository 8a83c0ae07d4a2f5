"""GeniusWeb: linear additive profiles in JSON, each with its domain inside.

A utility is the sum over issues of weight × value; weights sum to 1 and values lie in 0…1, or
GeniusWeb refuses the profile. No agreement is worth what the reservation bid is worth, an issue
that the bid leaves open counting 0; without such a bid any agreement is better than none.

References
----------
Read off its classes `LinearAdditiveUtilitySpace`, `DiscreteValueSetUtilities` and
`NumberValueSetUtilities` (TU Delft, 2019 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from sim.formats.imports import fields
from sim.formats.imports.complaints import Complaints, listed, short
from sim.formats.imports.domain import ForeignDomain, ForeignIssue, ForeignParty, Said
from sim.formats.imports.files import Role, Tree
from sim.formats.imports.numeric import steps
from sim.formats.yaml_tree import Node

NAME = "GeniusWeb"
NEEDS_DOMAIN = ""  # it stands in every profile
NEEDS_PROFILE = "at least one profile (a JSON object that begins with LinearAdditiveUtilitySpace)"
MEANING = "As in GeniusWeb: a utility is the sum of weight × value; weights sum to 1."
LINEAR = ("LinearAdditiveUtilitySpace", "LinearAdditive")
DISCRETE = ("DiscreteValueSetUtilities", "discreteutils")
NUMERIC = ("NumberValueSetUtilities", "numberutils")
COMPANION = ({"size", "opposition"}, {"pareto_front"}, {"nash", "kalai"})
NO_BID = (
    "no reservation bid is written: GeniusWeb prefers any agreement to none, and scores none as 0"
)
CLOSE = 1e-6


def role(root: object) -> Role | None:
    """Tell what a file is by its names."""
    if not isinstance(root, Node) or not isinstance(root.value, dict):
        return None
    names = set(root.value)
    if "issuesValues" in names:
        return "domain"
    if any(name.endswith(("UtilitySpace", "Profile", "Ordering", *LINEAR)) for name in names):
        return "profile"
    return "companion" if any(marks <= names for marks in COMPANION) else None


def read(trees: Sequence[Tree], grid: int | None, complaints: Complaints) -> ForeignDomain | None:
    """Read the profiles, and check that all of them are of one domain."""
    domains = [tree.root for tree in trees if role(tree.root) == "domain"]
    profiles = [tree for tree in trees if role(tree.root) == "profile"]
    spaces = [(tree, _space(tree, complaints)) for tree in profiles]
    inner = [space.child("domain") for _, space in spaces if space is not None]
    written = [node for node in [*domains, *inner] if isinstance(node, Node)]
    if not written:
        return None
    first = written[0]
    issues = _issues(first, grid, complaints)
    for other in written[1:]:
        _same(_issues(other, grid, complaints), issues, other, first, complaints)
    if complaints:
        return None
    parties = [_party(tree, space, issues, complaints) for tree, space in spaces if space]
    name = first.child("name")
    title = name.value if name is not None and isinstance(name.value, str) else ""
    return ForeignDomain(
        format=NAME,
        title=complaints.name(title, first.at, "the domain") or "" if title else "",
        issues=issues,
        parties=parties,
        meaning=MEANING,
        files=[tree.path.name for tree in trees if role(tree.root) != "companion"],
    )


def _space(tree: Tree, complaints: Complaints) -> Node | None:
    """Return the utility space of a profile; refuse other kinds by name."""
    assert isinstance(tree.root, Node)
    assert isinstance(tree.root.value, dict)
    entries = tree.root.value
    kinds = [name for name in entries if name not in LINEAR]
    if kinds or len(entries) != 1:
        said = "'" + "', '".join(short(kind) for kind in kinds or entries) + "'"
        complaints.at(tree.root.at, f"{said} cannot be read: zopa reads one linear additive "
                      f"profile a file ({LINEAR[0]})")  # fmt: skip
        return None
    (space,) = entries.values()
    if not isinstance(space.value, dict):
        complaints.at(space.at, f"{LINEAR[0]} holds names with values")
        return None
    if not isinstance(space.child("domain"), Node):
        complaints.at(space.at, "there is no 'domain' in this profile")
        return None
    return space


def _issues(domain: Node, grid: int | None, complaints: Complaints) -> list[ForeignIssue]:
    entries = fields.mapping(domain, "issuesValues", complaints) or {}
    if not entries and not complaints:
        complaints.at(domain.at, "this domain has no issues")
    issues = []
    for name, node in fields.plain_names(entries, "an issue", complaints).items():
        if node.child("range") is not None:
            issue = _range(name, node, grid, complaints)
        else:
            values = fields.listing(node, "values", complaints)
            texts = fields.options(values or [], name, complaints)
            if values is not None and not texts:
                complaints.at(node.at, f"{name} has no values")
            issue = ForeignIssue(name, tuple(texts), at=node.at)
        if issue is not None:
            issues.append(issue)
    return issues


def _range(name: str, node: Node, grid: int | None, complaints: Complaints) -> ForeignIssue | None:
    """Read low, high and step of a numeric issue."""
    values = fields.listing(node, "range", complaints)
    if values is None:
        return None
    read = [fields.number(value, node, f"the range of {name}", complaints) for value in values]
    numbers = [value for value in read if value is not None]
    if len(read) != 3:
        complaints.at(node.at, f"the range of {name} has {len(read)} numbers: low, high and step")
    elif len(numbers) == 3 and (numbers[2] <= 0 or numbers[1] < numbers[0]):
        complaints.at(node.at, f"the range of {name} goes from {numbers[0]:g} to {numbers[1]:g} by "
                      f"{numbers[2]:g}: low, high, and a step above 0")  # fmt: skip
    elif len(numbers) == 3:
        return steps(name, (numbers[0], numbers[1]), numbers[2], grid, node.at, complaints)
    return None


def _same(
    others: list[ForeignIssue],
    issues: list[ForeignIssue],
    other: Node,
    first: Node,
    complaints: Complaints,
) -> None:
    """Check that two files mean the same issues and values, in whatever order."""
    ours = {issue.name: set(issue.options) for issue in issues}
    theirs = {issue.name: set(issue.options) for issue in others}
    if ours == theirs:
        return
    where = f"{first.at.origin}:{first.at.line}"
    if not set(ours) & set(theirs):
        complaints.at(other.at, f"this profile is of another domain than {where}: its issues are "
                      f"{listed(list(theirs))}; there they are {listed(list(ours))}")  # fmt: skip
        return
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        odd = sorted(ours.get(name, set()) ^ theirs.get(name, set()))
        if name not in theirs or name not in ours:
            place = where if name in ours else "this domain"
            complaints.at(other.at, f"only {place} has the issue '{short(name)}'")
        elif odd:
            complaints.at(other.at, f"the values of {name} differ from those in {where}: "
                          f"{listed(odd)}")  # fmt: skip


def _party(
    tree: Tree, space: Node, issues: list[ForeignIssue], complaints: Complaints
) -> ForeignParty:
    name = space.child("name")
    party = ForeignParty(
        name=str(name.value)
        if name is not None and isinstance(name.value, str)
        else tree.path.stem,
        stem=tree.path.stem,
        values=[],
        at=space.at,
    )
    utilities = _by_issue(space, "issueUtilities", issues, complaints)
    weights = _by_issue(space, "issueWeights", issues, complaints)
    if utilities is None or weights is None:
        return party
    party.values = [_values(utilities[issue.name], issue, complaints) for issue in issues]
    party.weights = [_weight(weights[issue.name], issue, complaints) for issue in issues]
    total = sum(party.weights)
    if abs(total - 1) > CLOSE and not complaints:
        at = space.child("issueWeights") or space
        complaints.at(at.at, f"the weights sum to {total:g}: in GeniusWeb they sum to 1")
    party.disagreement = _reservation(space, party, issues, complaints)
    return party


def _by_issue(
    space: Node, field: str, issues: list[ForeignIssue], complaints: Complaints
) -> dict[str, Node] | None:
    entries = fields.mapping(space, field, complaints)
    if entries is None:
        return None
    named = fields.plain_names(entries, "an issue", complaints)
    at = space.child(field) or space
    return None if fields.not_of_this_domain(at, list(named), issues, complaints) else named


def _weight(node: Node, issue: ForeignIssue, complaints: Complaints) -> float:
    what = f"the weight of {issue.name}"
    value = fields.number(node, node, what, complaints)
    return complaints.not_negative(value, node.at, what) or 0.0


def _values(node: Node, issue: ForeignIssue, complaints: Complaints) -> list[float]:
    """Read the values of one issue, under either spelling of their kind."""
    nothing = [0.0 for _ in issue.options]
    kinds = list(node.value) if isinstance(node.value, dict) else []
    kind = kinds[0] if len(kinds) == 1 else ""
    inner = node.child(str(kind))
    if inner is not None and kind in DISCRETE:
        entries = fields.mapping(inner, "valueUtilities", complaints)
        if entries is None:
            return nothing
        if issue.numbers:
            complaints.at(node.at, f"{issue.name} is numeric in the domain and discrete here")
            return nothing
        values = fields.of_issue(entries, inner, issue, complaints)
    elif inner is not None and kind in NUMERIC:
        values = _between(inner, issue, complaints)
    else:
        complaints.at(
            node.at, f"the values of {issue.name} are of a kind that zopa does not know: "
            f"{DISCRETE[0]} and {NUMERIC[0]} are known",
        )  # fmt: skip
        return nothing
    for value, option in zip(values, issue.options, strict=False):
        if not 0 <= value <= 1:
            complaints.at(node.at, f"the value of '{short(option)}' of {issue.name} is {value:g}: "
                          "in GeniusWeb it lies in 0…1")  # fmt: skip
    return values


def _between(inner: Node, issue: ForeignIssue, complaints: Complaints) -> list[float]:
    """Interpolate between the utilities of the two ends, rounded to 8 digits as there."""
    names = ("lowValue", "lowUtility", "highValue", "highUtility")
    read = [fields.number(inner.child(n), inner, f"{n} of {issue.name}", complaints) for n in names]
    numbers = [value for value in read if value is not None]
    if len(numbers) < 4:
        return [0.0 for _ in issue.options]
    low, at_low, high, at_high = numbers
    if not issue.numbers or high <= low or low > issue.numbers[0] or high < issue.numbers[-1]:
        complaints.at(
            inner.at, f"{issue.name}: the utilities go from {low:g} to {high:g}, and the values "
            f"of the domain are {listed([issue.options[0], issue.options[-1]])}",
        )  # fmt: skip
        return [0.0 for _ in issue.options]
    a, u, b, v = (Decimal(repr(value)) for value in (low, at_low, high, at_high))
    return [
        float(
            (u + (v - u) * (Decimal(repr(x)) - a) / (b - a)).quantize(
                Decimal("1.00000000"), rounding=ROUND_HALF_UP
            )
        )
        for x in issue.numbers
    ]


def _reservation(
    space: Node, party: ForeignParty, issues: list[ForeignIssue], complaints: Complaints
) -> Said:
    """Return what the reservation bid is worth."""
    bid = space.child("reservationBid")
    if bid is None:
        return Said(0.0, NO_BID)
    picks = fields.mapping(bid, "issuevalues", complaints) or {}
    gains = party.gains()
    total = 0.0
    named = fields.plain_names(picks, "an issue", complaints)
    for name, node in named.items():
        place = next((i for i, issue in enumerate(issues) if issue.name == name), None)
        text = fields.option(node, f"the reservation bid on {name}", complaints)
        if place is None:
            complaints.at(node.named_at, f"the domain has no issue '{short(name)}'")
            continue
        option = fields.same_option(text or "", issues[place])
        if option is None and text is not None:
            complaints.at(node.at, f"{name} has no value '{short(text)}'")
        elif option is not None:
            total += gains[place][issues[place].options.index(option)]
    shown = listed([f"{name}: {node.value}" for name, node in named.items()])
    return Said(total, f"what the reservation bid is worth ({shown})")
