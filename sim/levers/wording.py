"""What a study of levers says, in sentences: for the terminal, for pictures, for reports.

A lever is something a third party could do. The sentences say what would follow from these
inputs; they advise nothing and foretell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.levers import LeverStudy, Move, Situation
from sim.words import capital, counted, listed, name_of, percent, plain, signed, together

NOT_ADVICE = (
    "A lever is something a third party could do. Conditional on these inputs; not advice, not a "
    "forecast."
)


def cost_in_words(cost: float) -> str:
    """Write a cost, with no more decimals than it needs but two at least.

    >>> cost_in_words(0.025), cost_in_words(0.1), cost_in_words(12)
    ('0.025', '0.10', '12.00')
    """
    return plain(cost, 2 if abs(cost - round(cost, 2)) < 1e-9 else 3)


def levers_in_words(levers: Sequence[str]) -> str:
    """Name a combination of levers."""
    return " + ".join(levers) or "no lever"


def opening_finding(study: LeverStudy) -> str:
    """Say whether a zone exists, and which levers would open one at least cost."""
    choice = study.choice
    whom = together([name_of(study.scenario.parties[p].name) for p in study.parties])
    if choice.without.empty is False:
        above = plain(choice.without.surplus, 3)
        return (
            "A zone exists without any lever. Its most robust package leaves whoever is worst off "
            f"{above} above the threshold."
        )
    if choice.without.outcome is None and choice.without.proven:
        return (
            "The red lines and constraints leave no package at all, and no lever acts on red lines "
            "or constraints."
        )
    first = f"Without levers no package is acceptable to {whom}"
    if choice.without.empty is None:
        first = f"Whether any package is acceptable to {whom} was not settled in the time"
    if not study.names:
        return f"{first}. The scenario names no levers."
    if not choice.opening:
        return f"{first}. {_nothing_opens(study)}"
    assert choice.least is not None  # something opens it
    ways = listed((levers_in_words(opening.levers) for opening in choice.opening), "or")
    cost = cost_in_words(choice.least)
    if not choice.exact:
        proof = "whether something else would do as cheaply was not settled"
        return f"{first}. A zone would be opened at a cost of {cost} by {ways}; {proof}."
    return f"{first}. A zone would be opened at least cost, {cost}, by {ways}."


def _nothing_opens(study: LeverStudy) -> str:
    choice = study.choice
    all_ = counted(choice.combinations, "combination")
    said = f"None of the {all_} of levers opens a zone"
    if not choice.exact:
        n = f"{choice.looked_at:,} of {all_} that were settled"
        said = f"None of the {n} opens a zone; of the others it is not known"
    nearest = choice.nearest
    if nearest is None:
        return f"{said}."
    short = plain(-nearest.surplus, 3)
    least = "" if choice.nearest_exact else ", as far as was settled"
    return (
        f"{said}. {capital(levers_in_words(nearest.levers))} comes nearest{least}: whoever is "
        f"worst off then misses the threshold by {short}."
    )


def move_in_words(study: LeverStudy, move: Move) -> str:
    """Say what a lever does to one number of one party."""
    owner = name_of(study.scenario.parties[move.party].name)
    whose = f"{owner}'" if owner.endswith("s") else f"{owner}'s"
    if move.what in ("disagreement", "threshold"):
        what = "no-deal value" if move.what == "disagreement" else "threshold"
    else:
        what = f"value of {move.what}"
    range_ = ""
    if move.high > move.low:
        range_ = f" ({signed(move.low)} to {signed(move.high)})"
    return f"{whose} {what} {signed(move.by)}{range_}"


def hazard_findings(study: LeverStudy) -> list[str]:
    """Say which levers close a zone or make it smaller, alone or added to others."""
    said: list[str] = []
    if study.choice.without.outcome is None:
        return said
    for effect in study.effects:
        before, alone = study.choice.without, effect.alone
        if effect.closes:
            said.append(f"{effect.name} closes the zone that exists without levers.")
        elif effect.shrinks:
            what = "takes the nearest package farther off" if before.empty else "makes it tighter"
            by = f"{plain(before.surplus, 3)} → {plain(alone.surplus, 3)}"
            said.append(f"{effect.name} {what}: surplus of whoever is worst off {by}.")
        if effect.closed_when_added:
            them = listed(levers_in_words(levers) for levers in effect.closed_when_added)
            said.append(f"{effect.name} closes the zone that {them} would open.")
    if not said and all(effect.shrinks is False for effect in study.effects):
        said = ["No lever closes a zone or makes it tighter."]
    return said


def budgets_finding(study: LeverStudy) -> str:
    """Say how the chance of a zone grows with the budget."""
    budgets = study.budgets
    if budgets is None:
        return "No draws were made."
    last, none = budgets.efficient[-1], budgets.place(())
    n = f"{budgets.draws:,} draws"
    if none is None or last == none:
        where = percent(budgets.chances[last])
        return f"A zone exists in {where} of {n}; no lever makes it more."
    how = levers_in_words(budgets.levers(last))
    before = percent(budgets.chances[none])
    return (
        f"A zone exists in {before} of {n} without levers, and at best in "
        f"{percent(budgets.chances[last])}, with {how} (expected cost "
        f"{cost_in_words(float(budgets.combinations.costs[last]))})."
    )


def payments_finding(study: LeverStudy) -> list[str]:
    """Say what the least side payments are, and whether the parties' own means would do."""
    paid, names = study.payments, _names(study)
    if paid.least is None:
        return ["Red lines and constraints leave no package that payments could complete."]
    total = float(paid.least_payments.sum())
    pairs = zip(names, paid.least_payments, strict=True)
    owed = [f"{name} {plain(owed, 3)}" for name, owed in pairs if owed > 0]
    bound = paid.least.certificate.bound
    proof = "" if paid.least.certificate.exact else f", at most {plain(bound, 3)} too much"
    if total == 0:
        said = ["Some package needs no side payment."]
    else:
        said = [
            f"The package that takes least needs {plain(total, 3)} in all{proof}: {listed(owed)}."
        ]
    said += _bought(study)
    said.append(_own_means(study))
    return said


def _bought(study: LeverStudy) -> list[str]:
    """Say which budget would complete which plan version; red lines cannot be bought off."""
    steps = [f"{plain(budget, 3)} {listed(plans)}" for budget, plans in study.payments.budgets]
    blocked = sum(bool(paid.stands_in_the_way) for paid in study.payments.plans)
    said = []
    if steps:
        said.append(f"Of the plan versions, budgets would buy: {'; '.join(steps)}.")
    if blocked:
        n = counted(blocked, "plan version")
        verb = "crosses red lines or breaks" if blocked == 1 else "cross red lines or break"
        said.append(f"{n} {verb} constraints, which no payment mends.")
    return said


def _own_means(study: LeverStudy) -> str:
    own, scale = study.payments.own, "this depends on the parties' common scale"
    if own.enough is None:
        return "Whether the parties' own means would do was not settled in the time."
    if own.outcome is None:
        return "There is no package for which the parties could pay each other."
    if not own.enough:
        short = plain(-own.balance, 3)
        return (
            "The parties could not pay for a deal among themselves: at best their utilities fall "
            f"{short} short of their thresholds in all ({scale})."
        )
    payers = [n for n, r in zip(_names(study), own.receives, strict=True) if r < 0]
    paid = [n for n, r in zip(_names(study), own.receives, strict=True) if r > 0]
    if not paid:
        return f"At the package of highest total utility nobody would need to be paid ({scale})."
    return (
        "If utility could be handed over, the parties could pay for a deal among themselves: at "
        f"the package of highest total utility {listed(payers)} could pay {listed(paid)} enough "
        f"({scale})."
    )


def pressure_findings(study: LeverStudy) -> list[str]:
    """Say for each party how far its threshold alone would have to come down."""
    if study.choice.without.outcome is None and study.choice.without.proven:
        return ["Red lines and constraints leave no package: no pressure opens a zone."]
    said = []
    for name, pressure in zip(_names(study), study.payments.pressures, strict=True):
        proven = pressure.certificate.exact
        if pressure.least is None:
            reason = "no amount would do: the others cannot agree whatever it takes"
            said.append(f"{name}: {reason if proven else 'not settled in the time'}.")
        elif pressure.least > 0:
            most = "" if proven else " or less"
            said.append(f"{name}: {plain(pressure.least, 3)}{most}.")
    return said


def _names(study: LeverStudy) -> list[str]:
    return [name_of(study.scenario.parties[p].name) for p in study.parties]


def gets_in_words(study: LeverStudy, situation: Situation) -> str:
    """Say what each party gets from the most robust package, against its threshold."""
    pairs: Iterable[tuple[str, float, float]] = zip(
        _names(study), situation.utilities, situation.thresholds, strict=True
    )
    return listed(f"{name} {plain(u, 3)} (threshold {plain(r, 3)})" for name, u, r in pairs)
