"""Equilibria, division and coalition rules: against the library that people know, or by definition.

nashpy is asked by its complete method, vertex enumeration, on payoffs brought to [1, 2], without
which it loses equilibria even of games that are not degenerate. The others are plain loops that do
what the definition says. Answers are compared as well as times.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial

import nashpy
import numpy as np

from benchmarks.table import Row
from benchmarks.timing import timed
from sim.division.adjusted_winner import adjusted_winner
from sim.division.coalition_game import CoalitionGame
from sim.division.misreport import best_misreport
from sim.division.shapley import Vote, shapley
from sim.equilibria import Setting
from sim.equilibria.offers.backward_induction import Rules, backward_induction
from sim.formats import read_scenario
from sim.frontier import OutOfReach
from sim.games.bimatrix import Bimatrix
from sim.games.enumeration import all_equilibria
from sim.problem import Floats

Pair = tuple[Floats, Floats]
NEAR = 1e-6

ROUNDS = 10_000
PLAYERS = 8
COUNCIL = 20


def equilibria(games: int) -> Iterator[Row]:
    """Compare model by model."""
    yield from _bimatrix(games)
    yield from _offers()
    yield from _division(games)
    yield from _coalitions(games)


def _bimatrix(games: int) -> Iterator[Row]:
    """Find all extreme equilibria of random games, and of games in which most payoffs tie."""
    for label, highest, sizes in (("payoffs 0..999", 999, (6, 8)), ("payoffs 0..2", 2, (5, 6))):
        for size in sizes:
            rng = np.random.default_rng(size)
            drawn = [
                tuple(rng.integers(0, highest + 1, (2, size, size)).astype(float))
                for _ in range(games)
            ]
            ours, found = timed(_ours, drawn)
            theirs, others = timed(by_nashpy, drawn)
            row = ours.against(
                f"all equilibria, {size} × {size}, {label}", "nashpy, payoffs rescaled", theirs
            )
            yield _with(row, completeness(drawn, found, others))


def _ours(game: Pair) -> list[Pair]:
    found = all_equilibria(Bimatrix.of(*game))
    return [(e.x, e.y) for e in found.extreme]


def by_nashpy(game: Pair) -> list[Pair]:
    """Ask nashpy, with payoffs in [1, 2], and leave out what it lists twice."""
    row, column = (1 + (a - a.min()) / max(float(np.ptp(a)), 1.0) for a in game)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        listed = [(x, y) for x, y in nashpy.Game(row, column).vertex_enumeration()]
    kept: list[Pair] = []
    for pair in listed:
        if not any(_same(pair, other) for other in kept):
            kept.append(pair)
    return kept


def _same(one: Pair, other: Pair) -> bool:
    return all(np.allclose(a, b, atol=NEAR) for a, b in zip(one, other, strict=True))


def regret(game: Pair, pair: Pair) -> float:
    """Return what a player could gain by going alone, as a share of the range of its payoffs."""
    (a, b), (x, y) = game, pair
    gains = ((a @ y).max() - x @ a @ y, (x @ b).max() - x @ b @ y)
    ranges = (max(float(np.ptp(a)), 1.0), max(float(np.ptp(b)), 1.0))
    return max(g / r for g, r in zip(gains, ranges, strict=True))


def completeness(
    games: Sequence[Pair], ours: Sequence[list[Pair]], theirs: Sequence[list[Pair]]
) -> str:
    """Say how many true equilibria each of two methods found, of all that either did."""
    known = mine = other = wrong = 0
    for game, here, there in zip(games, ours, theirs, strict=True):
        right = [pair for pair in there if regret(game, pair) < NEAR]
        wrong += len(there) - len(right)
        assert all(regret(game, pair) < NEAR for pair in here), "an answer is no equilibrium"
        missed = [pair for pair in right if not any(_same(pair, own) for own in here)]
        known += len(here) + len(missed)
        mine += len(here)
        other += len(right)
    said = f"found {mine} of {known}, nashpy {other}"
    return f"{said} and {wrong} that are none" if wrong else said


def _with(row: Row, note: str) -> Row:
    return Row(
        row.question, row.median, row.worst, row.proven, row.against, f"{row.verdict}; {note}"
    )


def _offers() -> Iterator[Row]:
    """Bargain for ten thousand rounds over the efficient packages of the flagship."""
    scenario = read_scenario("ukraine-2025-12")
    for parties in (("ukraine", "russia"), ("ukraine", "russia", "europe")):
        setting = Setting(scenario, parties, red_lines="none", time_limit=60.0)
        frontier = setting.frontier
        if isinstance(frontier, OutOfReach):
            continue
        n = len(parties)
        points, least = frontier.utilities, setting.problem.disagreement
        patience = np.linspace(0.9995, 0.999, n)
        asked = [(points, least, patience)]
        ours, found = timed(_by_arrays, asked)
        theirs, other = timed(by_loop, asked)
        assert np.allclose(found[0], other[0], atol=NEAR)
        question = f"{ROUNDS:,} rounds of offers, {n} parties, {len(points):,} packages"
        yield ours.against(question, "a plain loop", theirs)


def _by_arrays(case: tuple[Floats, Floats, Floats]) -> Floats:
    points, least, patience = case
    return backward_induction(points, Rules.of(patience, least), ROUNDS).values[0]


def by_loop(case: tuple[Floats, Floats, Floats], rounds: int = ROUNDS) -> Floats:
    """Go back round by round, and look for the best package that the others accept."""
    points, least, patience = (array.tolist() for array in case)
    n = len(least)
    ranked = [
        sorted(points, key=lambda p, k=k: (p[k], _fairness(p, least)), reverse=True)
        for k in range(n)
    ]
    value = list(least)
    for t in range(rounds - 1, -1, -1):
        who = t % n
        wait = [(1 - d) * r + d * v for d, r, v in zip(patience, least, value, strict=True)]
        chosen = None
        for point in ranked[who]:
            if all(point[k] >= wait[k] - 1e-9 for k in range(n) if k != who):
                chosen = point
                break
        value = wait if chosen is None or chosen[who] < wait[who] - 1e-9 else chosen
    return np.array(value)


def _fairness(point: list[float], least: list[float]) -> list[float]:
    return sorted(u - d for u, d in zip(point, least, strict=True))


def _division(games: int) -> Iterator[Row]:
    """Find the best false report of a hundred points, and compare with trying all of them."""
    rng = np.random.default_rng(1)
    drawn = [points(3, rng) for _ in range(games)]
    ours, found = timed(_misreport, drawn)
    theirs, other = timed(by_trying, drawn)
    assert found == other
    yield ours.against("best false report, 3 issues", "all 5,151 reports", theirs)
    many = [points(27, rng) for _ in range(games)]
    ours, _ = timed(_misreport, many)
    yield ours.row("best false report, 27 issues", target=2.0, note="of 5·10²⁶ reports")


def points(issues: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Hand out a hundred points twice, at random."""
    own, other = rng.multinomial(100, rng.dirichlet(np.ones(issues)), 2).tolist()
    return own, other


def _misreport(case: tuple[list[int], list[int]]) -> Fraction:
    return best_misreport(*case).gets


def by_trying(case: tuple[list[int], list[int]], grid: int = 100) -> Fraction:
    """Run the procedure for every report of whole points."""
    own, other = case
    best = Fraction(0)
    for first in range(grid + 1):
        for second in range(grid + 1 - first):
            shares = adjusted_winner([first, second, grid - first - second], other).shares
            best = max(best, sum((a * x for a, x in zip(own, shares, strict=True)), Fraction(0)))
    return best * 100 / sum(own)


def _coalitions(games: int) -> Iterator[Row]:
    """Compute Shapley values from all coalitions, and of votes by generating functions."""
    rng = np.random.default_rng(2)
    drawn = [
        CoalitionGame(np.append(0, rng.integers(0, 100, 2**PLAYERS - 1)), 1) for _ in range(games)
    ]
    ours, found = timed(shapley, drawn)
    theirs, other = timed(by_orders, drawn)
    assert found == other
    orders = f"all {factorial(PLAYERS):,} orders"
    yield ours.against(f"Shapley value, {PLAYERS} players", orders, theirs)
    votes = [Vote(tuple(rng.integers(1, 30, COUNCIL).tolist()), 160) for _ in range(games)]
    ours, found = timed(lambda vote: vote.shapley, votes)
    theirs, other = timed(lambda vote: shapley(by_listing(vote)), votes)
    assert found == other
    question = f"Shapley–Shubik index, {COUNCIL} voters"
    yield ours.against(question, f"all {2**COUNCIL:,} coalitions in NumPy", theirs)


def by_orders(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Let the players join in every order, and take the mean of what each adds."""
    worths = game.worths.tolist()
    added = [0] * game.n_players
    for order in permutations(range(game.n_players)):
        joined = 0
        for player in order:
            after = joined | 1 << player
            added[player] += worths[after] - worths[joined]
            joined = after
    return tuple(Fraction(total, factorial(game.n_players) * game.unit) for total in added)


def by_listing(vote: Vote) -> CoalitionGame:
    """List every coalition of a vote with arrays."""
    votes = np.zeros(1, dtype=np.int64)
    for weight in vote.weights:
        votes = np.concatenate([votes, votes + weight])
    return CoalitionGame((votes >= vote.quota).astype(np.int64), 1)
