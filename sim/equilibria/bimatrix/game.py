"""What answers a game in a file of its own: equilibria, advice, erring players, evolution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.equilibria.bimatrix.evolution_hinges import share_hinges
from sim.equilibria.bimatrix.file import BimatrixFile
from sim.equilibria.bimatrix.hinges import payoff_hinges, precision_hinges, weight_hinges
from sim.equilibria.bimatrix.strategic import Strategic, TwoByTwo, listing, numbers, pair_of, solved
from sim.equilibria.prediction import Prediction
from sim.games.bimatrix import Bimatrix, Floats
from sim.games.correlated import correlated_equilibrium
from sim.games.dominance import surviving
from sim.games.evolution import replicator
from sim.games.learning import fictitious_play
from sim.games.quantal import quantal_points
from sim.games.risk_dominance import risk_dominance
from sim.games.two_by_two import famous
from sim.words import capital, counted, listed, percent, plain

EXACT = 36
"""Pairs of strategies up to which probabilities are given in fractions too."""

ROUNDS = 2000
"""Rounds of learning."""

PRECISIONS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""How sharply players respond, per range of payoffs."""

BETWEEN = tuple(PRECISIONS[-1] * (k / 60) ** 2 for k in range(1, 60))
"""Where else it is looked at what players do most often."""


def _solved(file: BimatrixFile) -> Strategic:
    first, second = file.players.values()
    game = file.game
    return solved(
        file.title, (first.name, second.name), (tuple(first.strategies), tuple(second.strategies)),
        game, labels=(tuple(first.strategies.values()), tuple(second.strategies.values())),
        exact=game.row.size <= EXACT,
    )  # fmt: skip


def _names(file: BimatrixFile) -> dict[str, str]:
    return {party: player.name for party, player in file.players.items()}


def nash_equilibria(file: BimatrixFile) -> Prediction:
    """Find every equilibrium: pairs of strategies from which neither gains by going alone."""
    table = _solved(file)
    start = Prediction(
        "nash", "Nash equilibria",
        "both choose at once, know the game, and neither gains by choosing otherwise alone.",
        parties=file.ids,
    )  # fmt: skip
    if not table.some:
        return start.because(
            "no start of the search led to an equilibrium that could be verified: there is one, "
            "as there always is, but it was not found; strike off what nobody would choose"
        )
    single = table.some[0] if len(table.some) == 1 and table.found is not None else None
    return Prediction(
        start.model, start.title, start.assumptions, _says(table), file.ids,
        utilities=None if single is None else dict(zip(file.ids, single.payoffs, strict=True)),
        hinges=tuple(payoff_hinges(table)),
        details=_details(file, table),
        picture=table,
        names=_names(file),
    )  # fmt: skip


def _says(table: Strategic) -> str:
    name = famous(table.game)
    start = f"{capital(name)}. " if name else ""
    if table.found is None:
        m, n = table.game.shape
        how = "its value is unique" if table.game.constant_sum else "there may be others"
        one = table.some[0]
        return (
            f"{start}With {m} by {n} strategies not all equilibria are listed; one was found and "
            f"verified, {how}: {table.sentence(one)}, which gives {pair_of(one.payoffs)}."
        )
    first = sorted(table.some, key=lambda p: p.pure is None)[:5]
    shown = "; ".join(f"{table.sentence(p)}, {pair_of(p.payoffs)}" for p in first)
    if len(table.some) == 1:
        return f"{start}One equilibrium: {shown}."
    families = [f for f in table.found.families if len(f) > 1]
    more = f"; and {len(table.some) - 5:,} more" if len(table.some) > 5 else ""
    kind = "extreme equilibria" if families else "equilibria"
    mixing = (
        f" All others mix these, within {counted(len(families), 'family', 'families')}."
        if families
        else ""
    )
    return f"{start}{len(table.some):,} {kind}: {shown}{more}.{mixing}"


def _details(file: BimatrixFile, table: Strategic) -> dict[str, Any]:
    found, game = table.found, table.game
    left = surviving(game)
    safer = risk_dominance(game)
    return {
        "famous": famous(game),
        "payoffs": numbers(game, table.ids, file.ids),
        "complete": found is not None,
        "equilibria": listing(table, file.ids),
        "extreme_equilibria": None if found is None else len(found.extreme),
        "families": None if found is None else [list(f) for f in found.families[:60]],
        "separate_sets": None if found is None else len(found.components),
        "degenerate": None if found is None else found.degenerate,
        "constant_sum": game.constant_sum,
        "not_strictly_dominated": {
            file.ids[0]: [table.ids[0][i] for i in left.rows],
            file.ids[1]: [table.ids[1][j] for j in left.columns],
        },
        "risk_dominant": _pair(table, file, None if safer is None else safer.dominant),
        "payoff_dominant": _pair(table, file, None if safer is None else safer.payoff_dominant),
    }


def _pair(
    table: Strategic, file: BimatrixFile, chosen: tuple[int, int] | None
) -> dict[str, str] | None:
    if chosen is None:
        return None
    return {p: own[s] for p, own, s in zip(file.ids, table.ids, chosen, strict=True)}


def correlated(file: BimatrixFile) -> Prediction:
    """Find what a trusted mediator could advise both in private so that both follow."""
    table = _solved(file)
    game = table.game
    best = correlated_equilibrium(game)
    ends = [correlated_equilibrium(game, w) for w in ((1.0, 0.0), (0.0, 1.0))]
    alone = max((sum(p.payoffs) for p in table.some), default=-np.inf)
    gain = sum(best.payoffs) - alone
    better = (
        f"{plain(gain)} more in sum than any equilibrium without advice"
        if gain > 1e-7 * game.scale()
        else "no more in sum than an equilibrium without advice"
    )
    if table.found is None:
        better = "not compared with all equilibria, which are not listed at this size"
    return Prediction(
        "correlated", "Correlated equilibria",
        "a mediator draws a pair of strategies and tells each its own; both follow if it pays.",
        f"The advice with the highest sum gives {pair_of(best.payoffs)}: {better}.",
        file.ids,
        utilities=dict(zip(file.ids, best.payoffs, strict=True)),
        hinges=tuple(weight_hinges(table, best)),
        details={
            "advice": _chances(best.chances, table),
            "best_for": {
                p: dict(zip(file.ids, end.payoffs, strict=True))
                for p, end in zip(file.ids, ends, strict=True)
            },
            "regret": best.regret,
        },
        names=_names(file),
    )  # fmt: skip


def _chances(chances: Floats, table: Strategic) -> dict[str, dict[str, float]]:
    return {
        row: {column: float(chances[i, j]) for j, column in enumerate(table.ids[1])}
        for i, row in enumerate(table.ids[0])
    }


def quantal_response(file: BimatrixFile) -> Prediction:
    """Follow players who err, the less the more an error costs, from chance to an equilibrium."""
    table = _solved(file)
    scale = table.game.scale()
    every = sorted({*PRECISIONS, *BETWEEN})
    path = quantal_points(table.game, [precision / scale for precision in every])
    found = [path[every.index(precision)] for precision in PRECISIONS]
    start = Prediction(
        "quantal_response", "Logit quantal response",
        "strategies are chosen the more often the more they earn, against others who do the same.",
        parties=file.ids,
    )  # fmt: skip
    last = found[-1]
    if last is None:
        reached = PRECISIONS[found.index(None) - 1] / scale
        return start.because(f"the path could be followed to precision {plain(reached)} only")
    points = [
        {"precision": precision / scale, "strategies": _named_shares(table, file, *here)}
        for precision, here in zip(PRECISIONS, found, strict=True)
        if here is not None
    ]
    near, payoffs = _nearest(table, *last), table.game.payoffs(*last)
    return Prediction(
        start.model, start.title, start.assumptions,
        f"From choice at random the path leads {near}; what each then gets: {pair_of(payoffs)}.",
        file.ids,
        hinges=tuple(precision_hinges(table, [p / scale for p in every], path)),
        details={"points": points},
    )  # fmt: skip


def _nearest(table: Strategic, x: Floats, y: Floats) -> str:
    if table.found is None:
        return "to an equilibrium that is not named, as not all are listed at this size"
    gaps = [max(np.abs(p.x - x).max(), np.abs(p.y - y).max()) for p in table.some]
    k = int(np.argmin(gaps))
    near = table.sentence(table.some[k])
    return f"to: {near}" if gaps[k] < 0.05 else f"to a mixture; the nearest equilibrium is: {near}"


def evolution(file: BimatrixFile) -> Prediction:
    """Let success be copied, and let players learn from what the other did so far."""
    table = _solved(file)
    learned = fictitious_play(table.game, ROUNDS, seed=0)
    details: dict[str, Any] = {
        "fictitious_play": {
            "rounds": ROUNDS,
            "strategies": _named_shares(table, file, learned.x[-1], learned.y[-1]),
            "regret": learned.regret,
        }
    }
    said = _learned_in_words(learned.regret, table.game)
    if isinstance(table, TwoByTwo):
        says, details["basins"] = _of_basins(table, file)
    else:
        first, second = (np.full(n, 1 / n) for n in table.game.shape)
        x, y = replicator(table.game, first, second, np.linspace(0, 100 / table.game.scale(), 101))
        details["replicator"] = _named_shares(table, file, x[-1], y[-1])
        regret = table.game.regret(x[-1], y[-1])
        says = (
            "From equal shares the replicator dynamics come to "
            + (
                "rest"
                if regret < 1e-3 * table.game.scale()
                else "no rest within the time looked at"
            )
            + f"; {_top(table, x[-1], y[-1])}. "
        )
    return Prediction(
        "evolution", "Evolution and learning",
        "two large populations copy what earns more (replicator dynamics); two players answer what "
        "the other did so far (fictitious play, ties by lot, seed 0).",
        says + said, file.ids, hinges=tuple(share_hinges(table)), details=details,
    )  # fmt: skip


def _learned_in_words(regret: float, game: Bimatrix) -> str:
    share = regret / game.scale()
    end = "come to an equilibrium" if share < 0.02 else "do not settle"
    return f"Players who learn {end} within {ROUNDS:,} rounds (regret {plain(regret, 3)})."


def _of_basins(table: TwoByTwo, file: BimatrixFile) -> tuple[str, list[dict[str, Any]]]:
    found = table.basins
    entries = [
        {
            "strategies": _pair(table, file, (int(p), int(q))),
            "share": float(share),
        }
        for (p, q), share in zip(found.corners, found.shares, strict=True)
    ]
    ways = [
        f"{percent(float(share))} of starting points lead to where {table.names[0]} "
        f"{table.labels[0][int(p)]} and {table.names[1]} {table.labels[1][int(q)]}"
        for (p, q), share in zip(found.corners, found.shares, strict=True)
    ]
    rest = 1 - float(found.shares.sum())
    if rest > 1e-9:
        ways.append(f"from {percent(rest)} shares come to no corner")
    return capital(listed(ways)) + ". ", entries


def _named_shares(
    table: Strategic, file: BimatrixFile, x: Floats, y: Floats
) -> dict[str, dict[str, float]]:
    return {
        p: dict(zip(own, shares.tolist(), strict=True))
        for p, own, shares in zip(file.ids, table.ids, (x, y), strict=True)
    }


def _top(table: Strategic, x: Floats, y: Floats) -> str:
    i, j = int(x.argmax()), int(y.argmax())
    return (
        f"most of the first population {table.labels[0][i]} ({percent(float(x[i]))}), most of the "
        f"second {table.labels[1][j]} ({percent(float(y[j]))})"
    )


BIMATRIX_MODELS: Mapping[str, Callable[[BimatrixFile], Prediction]] = {
    "nash": nash_equilibria,
    "correlated": correlated,
    "quantal_response": quantal_response,
    "evolution": evolution,
}
"""The models of a game in a file of its own, by name."""
