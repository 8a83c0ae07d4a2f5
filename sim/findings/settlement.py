"""What the zone, the frontier and the solutions of a scenario say, in sentences."""

from __future__ import annotations

import math

from sim.agreement import Agreement, Frontier
from sim.findings.conditions import demand_in_words
from sim.findings.sizes import size_in_words
from sim.settlement import Settlement, draws_of
from sim.words import (
    capital,
    counted,
    listed,
    percent,
    plain,
    solution_name,
)
from sim.words import together as all_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What the packages of a lottery are called; there are no more of them than parties."""


def zone_finding(settlement: Settlement) -> str:
    """Say whether a zone of possible agreement exists, and how large it is."""
    parties = settlement.scenario.parties
    whom = all_of([parties[p].name for p in settlement.signatories])
    if settlement.clash:
        n = counted(len(settlement.clash), "clause")
        return f"The red lines and constraints leave no package at all: {n} cannot stand together."
    if settlement.zone.empty:
        short = plain(-settlement.zone.surplus)
        return (
            f"No package is acceptable to {whom}: there is no zone of possible agreement. The "
            f"nearest one leaves whoever is worst off {short} short of the threshold."
        )
    if settlement.zone.empty is None:
        return f"Whether any package is acceptable to {whom} could not be settled in the time."
    said = size_in_words(settlement.size, settlement.outcomes)
    return f"A zone of possible agreement exists: {said} are acceptable to {whom}."


def clash_in_words(settlement: Settlement) -> list[str]:
    """Say each clause of a clash with the titles and labels of the file."""
    return [demand_in_words(settlement.scenario, demand) for demand in settlement.clash]


def frontier_finding(settlement: Settlement) -> str:
    """Say how many efficient packages there are, or why they are not listed."""
    frontier = settlement.frontier
    if not isinstance(frontier, Frontier):
        parties = settlement.scenario.parties
        pairs = zip(settlement.parties, settlement.ceiling, strict=True)
        most = listed(f"{parties[party].name} {plain(u, 3)}" for party, u in pairs)
        return (
            f"The Pareto frontier is not listed: {frontier.why}. No point of it gives more than "
            f"{most} (proven)."
        )
    kind = "exact" if frontier.certificate.exact else f"within {frontier.certificate.bound:.2g}"
    return f"The Pareto frontier has {counted(len(frontier), 'point')} ({kind})."


def proof_in_words(agreement: Agreement) -> str:
    """Say how surely an answer is right."""
    certificate = agreement.certificate
    if certificate.exact:
        return "exact"
    if math.isfinite(certificate.bound):
        return f"within {certificate.bound:.2g}"
    return "not proven"


def cells_of(agreement: Agreement) -> list[str]:
    """Write what an agreement gives each party, or that there is none or that none is known."""
    if agreement.reached:
        return [plain(u, 3) for u in agreement.utilities]
    said = "no deal" if agreement.certificate.exact else "not known"
    return [said] * len(agreement.utilities)


def power_finding(settlement: Settlement) -> str:
    """Say whose bargaining power is what; nothing where all count equally."""
    if settlement.power is None:
        return ""
    parties = settlement.scenario.parties
    each = listed(f"{parties[p].name} {power:g}" for p, power in settlement.power.items())
    return f"Bargaining power, in the Nash and proportional solutions: {each}."


def lotteries_finding(settlement: Settlement) -> str:
    """Say what utilities and acceptance mean where the outcome is drawn."""
    said = "Over lotteries: utilities and acceptance are of what is expected."
    accepted = any(settlement.acceptable(a) for a in settlement.solutions.values())
    if settlement.zone.empty and accepted:
        said += " No package is acceptable to all: whatever is drawn leaves somebody short."
    return said


def lots_in_words(agreement: Agreement) -> str:
    """Name what may be drawn, each with its chance; nothing where the outcome is certain."""
    drawn = draws_of(agreement)
    if len(drawn) < 2:
        return ""
    each = (
        f"{letter} {percent(chance)}" for letter, (chance, *_) in zip(LETTERS, drawn, strict=False)
    )
    return f"by lot, {listed(each)}"


def options_in_words(settlement: Settlement, agreement: Agreement) -> dict[str, str]:
    """Say for every issue what is agreed; where it is drawn, line by line which lot brings what."""
    said: dict[str, str] = {}
    drawn = [settlement.structure.space.name(outcome) for _, outcome, _ in draws_of(agreement)]
    for name, issue in settlement.scenario.issues.items() if drawn else ():
        lots: dict[str, list[str]] = {}
        for letter, package in zip(LETTERS, drawn, strict=False):
            lots.setdefault(issue.options[package[name]], []).append(letter)
        if len(lots) == 1:
            said[name] = next(iter(lots))
        else:
            said[name] = "\n".join(f"{', '.join(who)}: {option}" for option, who in lots.items())
    return said


def same_packages(settlement: Settlement) -> list[tuple[list[str], str]]:
    """Group the solutions that pick one and the same package, or the same draw, in words."""
    groups: dict[tuple[tuple[float, ...], ...], list[str]] = {}
    for name, agreement in settlement.solutions.items():
        drawn = draws_of(agreement)
        key = tuple((round(chance, 6), *map(int, outcome)) for chance, outcome, _ in drawn)
        groups.setdefault(key, []).append(name)
    return [
        (names, capital(" = ".join(solution_name(n) for n in names))) for names in groups.values()
    ]
