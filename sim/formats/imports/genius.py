"""GENIUS: a domain and utility profiles in XML, additive or made of hyper-rectangles.

As GENIUS has it, an additive utility is the sum over issues of weight × evaluation, the weight as
it is written. The evaluation of a discrete value is divided by the largest of its issue (all are 0
where that is below 0.00001); that of an integer or real value is a function of it, cut to 0…1.
A profile's issues are those of the domain by their index. Utilities are capped at 1.

References
----------
Lin, Kraus, Baarslag, Tykhonov, Hindriks and Jonker (2014), "Genius: An integrated environment for
supporting the design of generic automated negotiators", Computational Intelligence 30 (1), 48-70.
Read off its classes `AdditiveUtilitySpace`, `EvaluatorDiscrete`, `EvaluatorInteger`,
`EvaluatorReal` and `NonlinearUtilitySpace`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sim.formats.imports.complaints import Complaints, listed
from sim.formats.imports.domain import ForeignDomain, ForeignParty, Said
from sim.formats.imports.files import Role, Tree
from sim.formats.imports.genius_evaluations import evaluations
from sim.formats.imports.genius_issues import GeniusIssue, domain_issues, issues_below
from sim.formats.imports.genius_rectangles import rectangles
from sim.formats.imports.xml_tree import Element

NAME = "GENIUS"
NEEDS_DOMAIN = "the domain (a file that begins with <negotiation_template>)"
NEEDS_PROFILE = "at least one utility profile (a file that begins with <utility_space>)"
MEANING = (
    "As in GENIUS: a utility is the sum of weight × evaluation ÷ the issue's largest evaluation, "
    "or of the hyper-rectangles that hold ÷ maxutility."
)
SPACES = {"linear", "nonlinear", "additive", "any"}
PLAIN = frozenset({
    "agent", "negotiation_template", "utility_space", "objective", "issue", "item", "weight",
    "range", "evaluator", "reservation", "discount_factor", "utility", "ufun", "hyperRectangle",
    "INCLUDES", "EXCLUDES",
})  # fmt: skip
DISCOUNT = (
    "GENIUS multiplies what an agreement and no agreement are worth by {:g} to the power of time, "
    "which runs from 0 at the start of the talks to 1 at their deadline; so one round is the "
    "whole time of the talks"
)


def role(root: object) -> Role | None:
    """Tell what a file is by its outermost element."""
    if not isinstance(root, Element):
        return None
    if root.tag == "negotiation_template":
        return "domain"
    if root.tag == "utility_space":
        valued = any(
            element.tag in ("weight", "ufun", "evaluator") or "evaluation" in element.attributes
            for element in root.walk()
        )
        return "profile" if valued else "domain"
    return None


def read(trees: Sequence[Tree], grid: int | None, complaints: Complaints) -> ForeignDomain | None:
    """Read a domain with its profiles."""
    (domain,) = (tree for tree in trees if role(tree.root) == "domain")
    profiles = [tree for tree in trees if role(tree.root) == "profile"]
    root = _utility_space(domain, complaints)
    issues = domain_issues(root, domain.start, grid, complaints) if root is not None else {}
    if complaints or not issues:
        return None  # what profiles say of a domain that is wrong would be told wrongly
    notes: list[str] = []
    parties = [_party(profile, issues, complaints, notes) for profile in profiles]
    for tree in trees:
        notes += _left_out(tree)
    title = re.sub(r"[-_ ]*(domain|template)$", "", domain.path.stem, flags=re.IGNORECASE)
    return ForeignDomain(
        format=NAME,
        title=title or domain.path.resolve().parent.name or NAME,
        issues=[issue.foreign for issue in issues.values()],
        parties=[party for party in parties if party is not None],
        meaning=MEANING,
        files=[tree.path.name for tree in trees],
        notes=notes,
    )


def _utility_space(tree: Tree, complaints: Complaints) -> Element | None:
    """Return the one utility space of a file."""
    root = tree.root
    assert isinstance(root, Element)
    spaces = [root] if root.tag == "utility_space" else root.named("utility_space")
    inner = [space for outer in spaces for space in outer.named("utility_space")]
    if len(spaces) + len(inner) == 1:
        return spaces[0]
    if not spaces:
        complaints.at(root.at, "there is no <utility_space> in this domain, which holds the issues")
    else:
        second = (spaces[1:] + inner)[0]
        complaints.at(
            second.at, f"a second <utility_space> begins here (the first on line "
            f"{spaces[0].at.line}): put each into a file of its own",
        )  # fmt: skip
    return None


def _party(
    tree: Tree, issues: dict[int, GeniusIssue], complaints: Complaints, notes: list[str]
) -> ForeignParty | None:
    """Read one profile."""
    root = _utility_space(tree, complaints)
    if root is None:
        return None
    kind = (root.get("type") or "linear").lower()
    if kind not in SPACES:
        complaints.at(
            root.at, f"a utility space of type '{kind}' cannot be read: zopa reads additive ones "
            "(no type) and hyper-rectangles (type nonlinear)",
        )  # fmt: skip
        return None
    written = issues_below(root, complaints)
    if _of_another_domain(root, written, issues, complaints):
        return None
    party = ForeignParty(name=tree.path.stem, stem=tree.path.stem, values=[], most=1.0, at=root.at)
    _levels(root, party, complaints)
    if kind == "nonlinear" or any(element.tag == "ufun" for element in root.walk()):
        rectangles(root, written, issues, party, complaints, notes)
    else:
        evaluations(root, written, issues, party, complaints, notes)
    return party


def _of_another_domain(
    root: Element,
    written: dict[int, Element],
    issues: dict[int, GeniusIssue],
    complaints: Complaints,
) -> bool:
    """Tell, and say, that a profile belongs elsewhere: hardly an issue of it is the domain's."""
    here = {index: _plain(element.get("name")) for index, element in written.items()}
    there = {index: _plain(issue.foreign.name) for index, issue in issues.items()}
    common = sum(here.get(index) == name for index, name in there.items())
    if 2 * common >= len(there) and set(here) == set(there):
        return False
    if 2 * common >= len(there):
        for index in sorted(set(here) - set(there)):
            name = written[index].get("name") or ""
            complaints.at(
                written[index].at, f"the domain has no issue {index} ('{name}'); it has: "
                + listed([f"{i} {issue.foreign.name}" for i, issue in issues.items()]),
            )  # fmt: skip
        for index in sorted(set(there) - set(here)):
            name = issues[index].foreign.name
            complaints.at(root.at, f"the profile says nothing on issue {index} ('{name}')")
        return True
    names = [element.get("name") or "?" for element in written.values()]
    complaints.at(
        root.at, f"this profile is of another domain: its issues are {listed(names) or 'none'}; "
        f"the domain's are {listed([issue.foreign.name for issue in issues.values()])}",
    )  # fmt: skip
    return True


def _plain(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()


def _levels(root: Element, party: ForeignParty, complaints: Complaints) -> None:
    """Read what no deal is worth, and how utilities fall with time."""
    reservation = _one(root, "reservation", complaints)
    party.disagreement = Said(0.0, "no reservation value is written, which GENIUS takes as 0")
    if reservation is not None:
        value = complaints.number(reservation.get("value"), reservation.at, "the reservation value")
        party.disagreement = Said(value or 0.0)
    discount = _one(root, "discount_factor", complaints)
    if discount is None:
        return
    factor = complaints.number(discount.get("value"), discount.at, "the discount factor")
    if factor is not None and not 0 < factor <= 1:
        party.description = f"GENIUS takes the discount factor {factor:g} as none."
    elif factor is not None and factor < 1:
        party.patience = Said(factor, DISCOUNT.format(factor))


def _one(root: Element, tag: str, complaints: Complaints) -> Element | None:
    """Return the one element that is called so, wherever it stands."""
    found = [element for element in root.walk() if element.tag == tag]
    if len({element.get("value") for element in found}) > 1:
        complaints.at(
            found[1].at, f"<{tag}> stands here for the second time (first on line "
            f"{found[0].at.line}) with another value: keep one of the two",
        )  # fmt: skip
    return found[0] if found else None


def _left_out(tree: Tree) -> list[str]:
    """Say which elements mean nothing to a utility in GENIUS."""
    assert isinstance(tree.root, Element)
    tags = Counter(element.tag for element in tree.root.walk() if element.tag not in PLAIN)
    return [
        f"{tree.called}: {count} <{tag}> left out, as GENIUS leaves them out of utilities"
        for tag, count in tags.items()
    ]
