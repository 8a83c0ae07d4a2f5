"""Disagreement values and thresholds: a party asks for what some outcome could give it.

Utilities are bounded from outside, issue by issue, so that a level is refused only if it lies
beyond every utility of every draw; constraints and the play between issues are left out of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sim.consistency.known import Known
from sim.consistency.valued import decides, weight_range
from sim.errors import Mistake, Path
from sim.preferences.line import Line
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import Basis, central, support
from sim.scenario import AboveDisagreement, Fighting, Party, Scenario, ShareOfBest

TOLERANCE = 1e-9
Interval = tuple[float, float]


def level_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield thresholds below the disagreement value or beyond what any outcome gives."""
    for name, party in known.scenario.parties.items():
        at: Path = ("parties", name, "threshold")
        if party.threshold is None or known.lost(at) or known.lost((*at[:2], "disagreement")):
            continue
        below = _below_disagreement(party)
        if below:
            yield Mistake(at, below)
        elif known.whole(at[:2]) and known.whole(("issues",)) and known.whole(("tiers",)):
            yield from _out_of_reach(known.scenario, party, at)


def _below_disagreement(party: Party) -> str | None:
    """Say that the central threshold is worse than no deal, where the two can be compared."""
    threshold, disagreement = party.threshold, party.disagreement
    cure = "no party takes less than it has without a deal; raise it, or leave it out"
    if isinstance(threshold, AboveDisagreement):
        margin = central(threshold.above_disagreement)
        if margin < -TOLERANCE:
            return f"the margin {margin:g} lies below the disagreement value: {cure}"
        return None
    if isinstance(threshold, ShareOfBest) and isinstance(disagreement, ShareOfBest):
        if threshold.within != disagreement.within:
            return None
        r, d = central(threshold.share_of_best), central(disagreement.share_of_best)
    elif isinstance(threshold, ShareOfBest) or isinstance(disagreement, ShareOfBest | Fighting):
        return None
    else:
        assert threshold is not None
        r, d = central(threshold), central(disagreement)
    if r >= d - TOLERANCE:
        return None
    default = " (which is 0 where it is left out)" if d == 0 else ""
    return f"the threshold {r:g} is below the disagreement value {d:g}{default}: {cure}"


def _out_of_reach(scenario: Scenario, party: Party, at: Path) -> Iterator[Mistake]:
    asked = _asked(party)
    if asked is None:
        if isinstance(party.threshold, ShareOfBest):
            low, _ = support(party.threshold.share_of_best)
            if low > 1 + TOLERANCE and utility_bounds(scenario, party)[0] >= 0:
                text = f"asks for {low:g} times the most that any outcome gives: at most 1 is there"
                yield Mistake(at, text)
        return
    worst, best = utility_bounds(scenario, party)
    low, high = asked
    if low > best + TOLERANCE:
        text = f"the threshold {_shown(asked)} is above anything that an outcome gives this party"
        yield Mistake(at, f"{text} (at most {best:.4g}): it could accept nothing; lower it")
    elif high < worst - TOLERANCE and high != 0:
        text = f"the threshold {_shown(asked)} is below anything that an outcome gives this party"
        yield Mistake(at, f"{text} (at least {worst:.4g}): it rules nothing out; raise it")


def _asked(party: Party) -> Interval | None:
    """Return the range of the threshold, if it is a number and not a share of the best."""
    threshold, disagreement = party.threshold, party.disagreement
    if isinstance(threshold, ShareOfBest) or threshold is None:
        return None
    if isinstance(threshold, AboveDisagreement):
        if isinstance(disagreement, ShareOfBest | Fighting):
            return None
        margin, start = support(threshold.above_disagreement), support(disagreement)
        return margin[0] + start[0], margin[1] + start[1]
    return support(threshold)


def _shown(interval: Interval) -> str:
    low, high = interval
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def utility_bounds(scenario: Scenario, party: Party) -> Interval:
    """Return two numbers between which every utility of every draw lies.

    Weights take whatever value of their range helps, each option its most extreme value, and
    interactions count only where they push outwards; so the bounds are wide, and safe.
    """
    issues = decides(scenario, party)
    values = [_value_range(party, issue) for issue in issues]
    if party.utility == "mean_of_included":
        return min([0.0, *(v[0] for v in values)]), max([0.0, *(v[1] for v in values)])
    weights = [weight_range(scenario, party, issue) for issue in issues]
    # an issue that only a table values may or may not count when weights are normalised
    weights = [
        w if i in party.values else (0.0, w[1]) for i, w in zip(issues, weights, strict=True)
    ]
    if party.scale == "unit":
        best = _largest_mean([v[1] for v in values], weights)
        worst = -_largest_mean([-v[0] for v in values], weights)
    else:
        best = sum(max(w * v[1] for w in ends) for v, ends in zip(values, weights, strict=True))
        worst = sum(min(w * v[0] for w in ends) for v, ends in zip(values, weights, strict=True))
    for item in party.interactions:
        if set(item.when) <= set(issues):
            low, high = support(item.add)
            worst, best = worst + min(low, 0.0), best + max(high, 0.0)
    for table in party.tables:
        low, high = _cell_range(table.utilities)
        worst, best = worst + low, best + high
    return (worst, best) if not math.isnan(worst + best) else (-math.inf, math.inf)


def _value_range(party: Party, issue: str) -> Interval:
    values = party.values.get(issue)
    if isinstance(values, Order):
        return 0.0, 1.0
    numbers = values.line if isinstance(values, Line) else values or {}
    ranges = [support(number) for number in numbers.values()]
    return min((r[0] for r in ranges), default=0.0), max((r[1] for r in ranges), default=0.0)


def _largest_mean(values: list[float], weights: list[Interval]) -> float:
    """Return the largest weighted mean of the values that any weights in their ranges give.

    The most comes of giving the best values their greatest weight and the others their least;
    where to turn from one to the other is tried out.
    """
    if any(math.isinf(high) for _, high in weights):
        return max(values, default=0.0)
    ranked = sorted(zip(values, weights, strict=True), key=lambda pair: -pair[0])
    total = sum(low for _, (low, _) in ranked)
    amount = sum(value * low for value, (low, _) in ranked if low)
    best = amount / total if total > 0 else -math.inf
    for value, (low, high) in ranked:
        if high > low:
            total, amount = total + high - low, amount + value * (high - low)
        if total > 0:
            best = max(best, amount / total)
    return best if best > -math.inf else 0.0


def _cell_range(cells: object) -> Interval:
    """Return the least and the greatest number in a nested table."""
    if isinstance(cells, Mapping) and not isinstance(cells, Basis):
        ranges = [_cell_range(inner) for inner in cells.values()]
        return min((r[0] for r in ranges), default=0.0), max((r[1] for r in ranges), default=0.0)
    return support(cells)  # type: ignore[arg-type]
