"""The Nash demand game on a scenario: both name what they want, and get it if it fits together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sim.equilibria.bimatrix.strategic import Strategic, listing, pair_of, solved
from sim.equilibria.posture.pair import Pair, pair
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.games.bimatrix import Floats
from sim.games.demand import compatible, demand_game, smoothed_demands, upper_edge
from sim.problem import TOLERANCE
from sim.words import counted, decimals_for, plain

TITLE = "Nash demand game"
LEVELS = 11
"""Demands that each can name: so many packages of the frontier, both ends and the Nash package."""

DOUBTS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.001)
"""Doubt about what fits together, as shares of what the second player can gain."""


def demands(setting: Setting) -> Prediction:
    """Both name a utility at once; where some package gives both theirs they get it, else no deal.

    References
    ----------
    Nash (1953), "Two-Person Cooperative Games", Econometrica 21 (1), 128-140; Osborne &
    Rubinstein (1990), "Bargaining and Markets", section 4.3.
    """
    two = pair(setting)
    start = Prediction("demand_game", TITLE, "both name at once what they want.")
    if isinstance(two, str):
        return start.because(two)
    start = replace(start, assumptions=_assumptions(two), parties=two.parties)
    places = _levels(two)
    if len(places) == 1:
        return start.because("there is one efficient package, so there is one demand to make")
    table = _table(two, places)
    chosen = two.compromise
    return replace(
        start,
        says=_says(two, table),
        outcome=two.package(chosen),
        utilities=two.by_party(two.utilities[chosen]),
        hinges=tuple(_hinges(two)),
        exact=two.certificate.exact,
        bound=two.certificate.bound,
        details=_details(two, table),
        picture=table,
    )


def _assumptions(two: Pair) -> str:
    return (
        "both name at once the utility they want; if some package gives both theirs they get "
        f"just that, otherwise there is no deal; {two.floors}."
    )


def _levels(two: Pair) -> list[int]:
    """Choose the packages whose utilities can be demanded, evenly along the frontier."""
    n = len(two.utilities)
    if n <= LEVELS:
        return list(range(n))
    spread = np.rint(np.linspace(0, n - 1, LEVELS)).astype(int)
    inner = np.abs(spread[1:-1] - two.compromise)
    spread[1 + int(inner.argmin())] = two.compromise
    return sorted(set(spread.tolist()) | {two.compromise})


def _table(two: Pair, places: list[int]) -> Strategic:
    points = two.utilities[places]
    game = demand_game(two.utilities, two.disagreement, points[:, 0], points[:, 1])
    decimals = decimals_for(points) + (0 if _apart(points) else 2)
    ids = tuple(tuple(plain(v, decimals) for v in points[:, k]) for k in range(2))
    labels = tuple(tuple(f"asks for {v}" for v in own) for own in ids)
    return solved(TITLE, two.names, (ids[0], ids[1]), game, labels=(labels[0], labels[1]))


def _apart(points: Floats) -> bool:
    """Tell whether the usual decimals tell all demands apart."""
    shown = np.round(points, decimals_for(points))
    return all(len(np.unique(shown[:, k])) == len(points) for k in range(2))


def _says(two: Pair, table: Strategic) -> str:
    deals = _deals(two, table)
    assert table.found is not None  # never more than a dozen demands
    nothing = len(table.pure) - deals
    chosen = two.utilities[two.compromise]
    return (
        f"Each of {counted(deals, 'pair')} of demands that just fit is an equilibrium"
        f"{f', as are {nothing} that give no deal' if nothing else ''}, so that the game alone "
        "does not say which. If it is slightly in doubt what fits, one remains; as the doubt "
        "vanishes it comes to the Nash solution, among packages "
        f"{pair_of((float(chosen[0]), float(chosen[1])))}."
    )


def _deals(two: Pair, table: Strategic) -> int:
    """Count the pure equilibria in which both get what they ask for."""
    game = table.game
    fits = compatible(two.utilities, game.row.max(axis=1), game.column.max(axis=0))
    return sum(bool(fits[i, j]) for i, j in table.pure)


def _hinges(two: Pair) -> Iterator[Hinge]:
    """Say at which higher no-deal value of a player another package has the highest product."""
    for k, name in enumerate(two.names):
        own = two.utilities[:, k]
        other = two.utilities[:, 1 - k] - two.disagreement[1 - k]
        here, weight = own[two.compromise], other[two.compromise]
        better = own > here + TOLERANCE
        now = float(two.disagreement[k])
        # (own - d) × other's gain is equal for both packages at this d
        flips = (own[better] * other[better] - here * weight) / (other[better] - weight)
        then = "a package better for it has the highest product of gains"
        if better.any():
            yield Hinge(f"no-deal value of {name}", now, max(float(flips.min()), now), then)
        else:
            yield Hinge(f"no-deal value of {name}", now, None, f"from {plain(now)} upwards")


def _details(two: Pair, table: Strategic) -> dict[str, Any]:
    assert table.found is not None
    return {
        "demands": dict(zip(two.parties, ([float(v) for v in table.game.row.max(axis=1)],
                                          [float(v) for v in table.game.column.max(axis=0)]),
                            strict=True)),
        "extreme_equilibria": len(table.some),
        "families": len(table.found.families),
        "separate_sets": len(table.found.components),
        "pure_equilibria_with_a_deal": _deals(two, table),
        "pure_equilibria": len(table.pure),
        "equilibria": listing(table, two.parties),
        "nash_package": two.package(two.compromise),
        "smoothed": _smoothed(two),
    }  # fmt: skip


def _smoothed(two: Pair) -> list[dict[str, Any]]:
    """Solve the game with doubt, on the edge of what lotteries over packages can give."""
    corners = upper_edge(two.utilities)
    d = two.disagreement
    if len(corners) < 2 or (corners.max(axis=0) - d <= TOLERANCE).any():
        return []
    most = float(corners[0, 1] - d[1])

    def edge(x: float) -> float:
        return float(np.interp(x, corners[:, 0], corners[:, 1]))

    found = []
    for doubt in DOUBTS:
        x, y = smoothed_demands(edge, float(corners[-1, 0]), d, doubt * most)
        found.append({"doubt": doubt, "demands": two.by_party(np.array([x, y]))})
    return found
