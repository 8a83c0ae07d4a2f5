"""The model read aloud: slow loops over every outcome, straight from the definitions.

Nothing here is shared with the program but the types of the file. Everything is at the central
reading, in names and dictionaries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sim.issues import Span
from sim.preferences.line import Line
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import Normal, Point, Tier, Triangular, Uniform
from sim.scenario import AboveDisagreement, Clause, Party, Plan, Scenario, ShareOfBest

Outcome = dict[str, str]
Options = dict[str, list[str]]
NEAR = 1e-9
KINDS = {"none": (), "stated": ("stated",), "implied": ("stated", "implied")}


def central(number: object) -> float:
    """The mean; of a triangle the mode."""
    match number:
        case Point():
            return float(number.value)
        case Uniform():
            return sum(number.uniform) / 2
        case Triangular():
            return float(number.triangular[1])
        case Normal():
            return float(number.normal[0])
    return float(number)


def weight(scenario: Scenario, party: Party, issue: str) -> float:
    if party.weights is None:
        return 1.0
    number = party.weights.get(issue, 0.0)
    if isinstance(number, Tier):
        low, high = number.tier
        middles = [sum(scenario.tiers[tier]) / 2 for tier in range(low, high + 1)]
        return sum(middles) / len(middles)
    return central(number)


def decided(scenario: Scenario, party: Party) -> list[str]:
    return [i for i in scenario.issues if party.say is None or i in party.say]


def value(party: Party, issue: str, option: str) -> float | None:
    """What an option is worth on its own scale; none where it has no value."""
    values = party.values.get(issue)
    if isinstance(values, Order):
        levels = [[level] if isinstance(level, str) else level for level in values.order]
        place = next(k for k, level in enumerate(levels) if option in level)
        return 1 - place / (len(levels) - 1) if len(levels) > 1 else 0.0
    if isinstance(values, Line):
        return on_the_line({float(p): central(n) for p, n in values.line.items()}, float(option))
    if values is None or option not in values:
        return None
    return central(values[option])


def on_the_line(points: dict[float, float], here: float) -> float:
    """Straight from the last point that is given on the way here to the next one."""
    before = max(point for point in points if point <= here)
    after = min(point for point in points if point >= here)
    if before == after:
        return points[here]
    rise = (points[after] - points[before]) / (after - before)
    return points[before] + rise * (here - before)


def options(scenario: Scenario) -> Options:
    return {name: list(issue.options) for name, issue in scenario.issues.items()}


def met(
    outcome: Outcome, when: dict[str, str | list[str] | Span], every: Options | None = None
) -> bool:
    """Whether an outcome has, on each issue named, an option named; spans go through `every`."""
    for issue, named in when.items():
        if isinstance(named, Span):
            place = every[issue].index
            if not place(named.from_) <= place(outcome[issue]) <= place(named.to):
                return False
        elif outcome[issue] not in ([named] if isinstance(named, str) else named):
            return False
    return True


def utility(scenario: Scenario, name: str, outcome: Outcome) -> float:
    party = scenario.parties[name]
    issues = decided(scenario, party)
    if party.utility == "mean_of_included":
        included = [value(party, issue, outcome[issue]) for issue in issues]
        included = [v for v in included if v is not None]
        total = sum(included) / len(included) if included else 0.0
    else:
        weights = {issue: weight(scenario, party, issue) for issue in issues}
        for issue in issues:
            values = party.values.get(issue)
            one_level = isinstance(values, Order) and len(values.order) == 1
            if one_level and party.scale == "unit":
                weights[issue] = 0.0
        whole = sum(weights.values()) if party.scale == "unit" else 1.0
        total = sum(
            weights[issue] / whole * (value(party, issue, outcome[issue]) or 0.0)
            for issue in issues
        )
    for interaction in party.interactions:
        if met(outcome, interaction.when, options(scenario)):
            total += central(interaction.add)
    for table in party.tables:
        cell = table.utilities
        for issue in table.issues:
            cell = cell[outcome[issue]]
        total += central(cell)
    return total


def outcomes(scenario: Scenario, some: Options | None = None) -> Iterator[Outcome]:
    """Every outcome, constraints or no, the last issue fastest."""
    chosen = some or options(scenario)
    for picks in product(*chosen.values()):
        yield dict(zip(chosen, picks, strict=True))


def allowed(scenario: Scenario, outcome: Outcome) -> bool:
    every = options(scenario)
    return not any(met(outcome, constraint.forbid, every) for constraint in scenario.constraints)


def crosses(scenario: Scenario, name: str, outcome: Outcome, reading: str) -> bool:
    """Whether an outcome crosses one of the party's lines that bind under a reading."""
    return any(
        line.kind in KINDS[reading] and met(outcome, line.when, options(scenario))
        for line in scenario.parties[name].red_lines
    )


def required(scenario: Scenario) -> list[str]:
    return [name for name, party in scenario.parties.items() if party.consent == "required"]


def best(scenario: Scenario, name: str, within: str, reading: str) -> float:
    """The most a party could get; where red lines leave nothing, within the constraints."""
    free = [outcome for outcome in outcomes(scenario) if allowed(scenario, outcome)]
    if within == "red_lines":
        clean = [
            outcome
            for outcome in free
            if not any(crosses(scenario, other, outcome, reading) for other in required(scenario))
        ]
        free = clean or free
    return max(utility(scenario, name, outcome) for outcome in free)


def disagreement(scenario: Scenario, name: str, reading: str) -> float:
    level = scenario.parties[name].disagreement
    if isinstance(level, ShareOfBest):
        return central(level.share_of_best) * best(scenario, name, level.within, reading)
    return central(level)


def threshold(scenario: Scenario, name: str, reading: str) -> float:
    """The effective one: never below the disagreement value."""
    level, d = scenario.parties[name].threshold, disagreement(scenario, name, reading)
    if level is None:
        return d
    if isinstance(level, ShareOfBest):
        r = central(level.share_of_best) * best(scenario, name, level.within, reading)
    elif isinstance(level, AboveDisagreement):
        r = d + central(level.above_disagreement)
    else:
        r = central(level)
    return max(r, d)


def left_open(scenario: Scenario, plan: Plan) -> tuple[Options, Options, set[str]]:
    """What a plan leaves possible, what its central reading has, and where it is silent."""
    possible: Options = {}
    scored: Options = {}
    silent = set()
    for name, issue in scenario.issues.items():
        said, pick, named = plan.picks.get(name), None, None
        if isinstance(said, Clause):
            pick, said = said.pick, said.range
        if isinstance(said, str):
            pick, said = said, None
        if isinstance(said, Span):
            every = list(issue.options)
            named = every[every.index(said.from_) : every.index(said.to) + 1]
        elif said is not None:
            named = list(said)
        if pick is None and named is None:
            silent.add(name)
            named = [issue.status_quo] if issue.status_quo else list(issue.options)
        possible[name] = named or [pick]
        scored[name] = [pick] if pick else named
    return possible, scored, silent


@dataclass
class Judgement:
    """What the definitions say of one plan, by party name."""

    utility: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    crossed: dict[str, list[int]]
    crossed_by_silence: dict[str, list[int]]
    accepts: dict[str, bool]
    infeasible: list[int]
    completable: bool
    blockers: list[str]


def judge(scenario: Scenario, plan: Plan, reading: str) -> Judgement:
    possible, scored, silent = left_open(scenario, plan)
    central_ones = list(outcomes(scenario, scored))
    completions = list(outcomes(scenario, possible))
    feasible = [outcome for outcome in completions if allowed(scenario, outcome)]
    infeasible = _broken(scenario, central_ones)
    result = Judgement({}, {}, {}, {}, {}, {}, infeasible, completable=False, blockers=[])
    levels = {name: threshold(scenario, name, reading) for name in scenario.parties}
    for name, party in scenario.parties.items():
        worth = [utility(scenario, name, outcome) for outcome in feasible or completions]
        mean = math.fsum(utility(scenario, name, o) for o in central_ones) / len(central_ones)
        result.utility[name], result.low[name], result.high[name] = mean, min(worth), max(worth)
        crossed = [
            k
            for k, line in enumerate(party.red_lines)
            if line.kind in KINDS[reading]
            and all(met(o, line.when, options(scenario)) for o in central_ones)
        ]
        quiet = [k for k in crossed if set(party.red_lines[k].when) <= silent]
        result.crossed[name] = [k for k in crossed if k not in quiet]
        result.crossed_by_silence[name] = quiet
        result.accepts[name] = mean >= levels[name] - NEAR and not crossed and not infeasible
    result.completable = any(
        all(
            utility(scenario, name, outcome) >= levels[name] - NEAR
            and not crosses(scenario, name, outcome, reading)
            for name in required(scenario)
        )
        for outcome in feasible
    )
    result.blockers = [name for name in required(scenario) if not result.accepts[name]]
    return result


def _broken(scenario: Scenario, central_ones: list[Outcome]) -> list[int]:
    """The constraints that every reading of the plan breaks; or those that leave it none."""
    forbidden = [c.forbid for c in scenario.constraints]
    if any(allowed(scenario, outcome) for outcome in central_ones):
        return []
    named = options(scenario)
    every = [k for k, f in enumerate(forbidden) if all(met(o, f, named) for o in central_ones)]
    some = [k for k, f in enumerate(forbidden) if any(met(o, f, named) for o in central_ones)]
    return every or some


def acceptable(scenario: Scenario, outcome: Outcome, reading: str) -> bool:
    """Whether an outcome lies in the zone of possible agreement."""
    return allowed(scenario, outcome) and all(
        utility(scenario, name, outcome) >= threshold(scenario, name, reading) - NEAR
        and not crosses(scenario, name, outcome, reading)
        for name in required(scenario)
    )
