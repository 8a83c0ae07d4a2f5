"""All equilibria of small games by going through every support in exact fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.games.bimatrix import Bimatrix
from sim.games.demand import demand_game
from sim.games.enumeration import all_equilibria
from sim.games.normal_form import NormalForm
from sim.games.several_players import isolated_equilibria

Strategy = tuple[Fraction, ...]


def solve(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Solve a square system; ``None`` where it has not exactly one solution."""
    n = len(rows)
    rows = [row[:] for row in rows]
    for c in range(n):
        pivot = next((r for r in range(c, n) if rows[r][c]), None)
        if pivot is None:
            return None
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [v / rows[c][c] for v in rows[c]]
        for r in range(n):
            if r != c:
                rows[r] = [v - rows[r][c] * w for v, w in zip(rows[r], rows[c], strict=True)]
    return [row[n] for row in rows]


def corners(payoffs: list[list[Fraction]]) -> Iterator[Strategy]:
    """Mixed strategies that some support and as many tied replies single out.

    ``payoffs[r][k]``: what reply ``r`` earns against own strategy ``k``.
    """
    n, replies = len(payoffs[0]), len(payoffs)
    seen = set()
    for size in range(1, min(n, replies) + 1):
        for own, best in product(combinations(range(n), size), combinations(range(replies), size)):
            system = [[payoffs[r][k] for k in own] + [Fraction(-1), Fraction(0)] for r in best]
            system.append([Fraction(1)] * size + [Fraction(0), Fraction(1)])
            found = solve(system)
            if found is None or min(found[:-1]) < 0:
                continue
            whole = [Fraction(0)] * n
            for k, p in zip(own, found, strict=False):
                whole[k] = p
            worth = [sum(v * p for v, p in zip(row, whole, strict=True)) for row in payoffs]
            if max(worth) == found[-1] and tuple(whole) not in seen:
                seen.add(tuple(whole))
                yield tuple(whole)


def by_brute_force(a: np.ndarray, b: np.ndarray) -> set[tuple[Strategy, Strategy]]:
    """Pairs of corners from which nobody gains by a deviation: the definition."""
    mine = [[Fraction(int(v)) for v in row] for row in a]
    theirs = [[Fraction(int(v)) for v in row] for row in b.T]
    found = set()
    for x, y in product(corners(theirs), corners(mine)):
        worth = [sum(v * q for v, q in zip(row, y, strict=True)) for row in mine]
        other = [sum(v * p for v, p in zip(row, x, strict=True)) for row in theirs]
        if all(w == max(worth) for w, p in zip(worth, x, strict=True) if p) and all(
            w == max(other) for w, q in zip(other, y, strict=True) if q
        ):
            found.add((x, y))
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_equilibrium_of_a_game_full_of_ties_is_missed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, rng.choice([2, 3, 5]), (2, *rng.integers(1, 5, 2)))
    found = all_equilibria(Bimatrix.of(a, b), exact=True).extreme
    assert {e.exact for e in found} == by_brute_force(a, b)


@pytest.mark.parametrize(
    ("pie", "extreme", "subsets"), [(2, 6, 3), (3, 12, 5), (4, 24, 9), (5, 48, 17)]
)
def test_the_demand_game_over_whole_slices_has_the_published_equilibria(
    pie: int, extreme: int, subsets: int
) -> None:
    slices = np.arange(pie + 1.0)
    game = demand_game(np.column_stack([slices, pie - slices]), [0, 0], slices, slices)
    found = all_equilibria(game)
    assert (len(found.extreme), len(found.families)) == (extreme, subsets)


def test_twelve_demands_each_are_within_reach() -> None:
    slices = np.arange(12.0)
    game = demand_game(np.column_stack([slices, 11 - slices]), [0, 0], slices, slices)
    assert len(all_equilibria(game).extreme) == 3 * 2**10


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nashpy_knows_no_equilibrium_that_is_missed_here(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n = rng.integers(2, 6, 2)
    payoffs = rng.integers(0, 4, (2, m, n)) if rng.random() < 0.5 else rng.random((2, m, n))
    unit = 1 + (payoffs - payoffs.min()) / (np.ptp(payoffs) or 1.0)  # nashpy needs it bounded
    game = Bimatrix.of(*unit)
    own = all_equilibria(game).extreme
    with np.errstate(all="ignore"):
        theirs = list(game.as_nashpy().vertex_enumeration())
    for x, y in theirs:
        if np.isfinite(x).all() and np.isfinite(y).all() and game.regret(x, y) < 1e-9:
            gaps = [max(np.abs(e.x - x).max(), np.abs(e.y - y).max()) for e in own]
            assert min(gaps) < 1e-6


@pytest.mark.parametrize("size", [5, 6, pytest.param(8, marks=pytest.mark.slow)])
def test_nashpy_agrees_where_payoffs_are_scaled_for_it(size: int) -> None:
    game = Bimatrix.of(*(1 + np.random.default_rng(size).random((2, size, size))))
    own = all_equilibria(game).extreme
    theirs = list(game.as_nashpy().vertex_enumeration())
    assert len(own) == len(theirs)
    for e in own:
        assert any(np.allclose(e.x, x) and np.allclose(e.y, y) for x, y in theirs)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_two_players_are_the_smallest_number_of_several(seed: int) -> None:
    rng = np.random.default_rng(seed)
    payoffs = rng.random((2, *rng.integers(1, 4, 2)))
    game = Bimatrix.of(*payoffs)
    two = all_equilibria(game).extreme
    several = isolated_equilibria(NormalForm.of(list(payoffs)))
    assert several.complete
    assert len(several.equilibria) == len(two)
    for x, y in several.equilibria:
        assert any(np.allclose(e.x, x) and np.allclose(e.y, y) for e in two)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_among_three_players_nobody_gains_by_a_deviation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = NormalForm.of(list(rng.normal(size=(3, 2, 2, 2))))
    found = isolated_equilibria(game)
    assert found.complete
    assert found.equilibria
    assert len(found.equilibria) % 2 == 1  # as in almost every game (Wilson 1971)
    assert max(found.regrets) <= 1e-9 * game.scale()
    pure = [tuple(int(own.argmax()) for own in p) for p in found.equilibria
            if all(own.max() == 1 for own in p)]  # fmt: skip
    assert sorted(pure) == sorted(game.pure_equilibria())
