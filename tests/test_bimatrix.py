"""Equilibria of two-player games: the published ones, and the definition on random games."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix
from sim.games.constant_sum import solve_constant_sum
from sim.games.correlated import correlated_equilibrium
from sim.games.enumeration import all_equilibria
from sim.games.lemke_howson import one_equilibrium
from sim.games.quantal import quantal_path, quantal_response

HERE = Path(__file__).parent / "published"
GAMES = json.loads((HERE / "bimatrix.json").read_text(encoding="utf-8"))
OTHERS = json.loads((HERE / "quantal_and_correlated.json").read_text(encoding="utf-8"))


def table(rows: list[list[str]]) -> list[list[float]]:
    return [[float(Fraction(v)) for v in row] for row in rows]


def game_of(case: dict[str, Any]) -> Bimatrix:
    return Bimatrix.of(table(case["A"]), table(case["B"]))


def close(found: np.ndarray, wanted: list[str]) -> bool:
    return bool(np.allclose(found, [float(Fraction(p)) for p in wanted], atol=1e-7))


@pytest.mark.parametrize("case", GAMES, ids=[case["id"] for case in GAMES])
def test_every_published_equilibrium_is_found_and_no_other(case: dict[str, Any]) -> None:
    found = all_equilibria(game_of(case))
    wanted = case["extreme_equilibria"]
    assert len(found.extreme) == len(wanted)
    for x, y in wanted:
        assert any(close(e.x, x) and close(e.y, y) for e in found.extreme)
    if "n_maximal_nash_subsets" in case:
        assert len(found.families) == case["n_maximal_nash_subsets"]
    place = [
        next(k for k, e in enumerate(found.extreme) if close(e.x, x) and close(e.y, y))
        for x, y in wanted
    ]
    assert sorted(sorted(place[k] for k in f) for f in case["families"]) == sorted(
        map(list, found.families)
    )
    for k, payoffs in zip(place, case["payoffs"], strict=True):
        assert close(np.array(found.extreme[k].payoffs), payoffs)
    if case["degenerate"] is not None:
        assert found.degenerate == case["degenerate"]
    pure = sorted(list(e.pure) for e in found.extreme if e.pure is not None)
    assert pure == sorted(case["pure_equilibria"])


WHOLE = [
    case
    for case in GAMES
    if all(Fraction(v).denominator == 1 for t in "AB" for row in case[t] for v in row)
]


@pytest.mark.parametrize("case", WHOLE, ids=[case["id"] for case in WHOLE])
def test_whole_payoffs_give_exact_fractions(case: dict[str, Any]) -> None:
    found = {e.exact for e in all_equilibria(game_of(case), exact=True).extreme}
    assert found == {
        (tuple(map(Fraction, x)), tuple(map(Fraction, y))) for x, y in case["extreme_equilibria"]
    }


CONSTANT = [case for case in GAMES if case["constant_sum"]]


@pytest.mark.parametrize("case", CONSTANT, ids=[case["id"] for case in CONSTANT])
def test_what_one_loses_of_a_published_game_the_other_gains(case: dict[str, Any]) -> None:
    found = solve_constant_sum(game_of(case))
    assert close(np.array(found.payoffs), case["payoffs"][0])


@pytest.mark.parametrize("case", GAMES, ids=[case["id"] for case in GAMES])
def test_one_equilibrium_is_always_found(case: dict[str, Any]) -> None:
    game = game_of(case)
    found = one_equilibrium(game)
    assert found is not None
    assert found.regret <= 1e-8 * game.scale()


def games(most: int = 4) -> st.SearchStrategy[Bimatrix]:
    def draw(seed: int) -> Bimatrix:
        rng = np.random.default_rng(seed)
        shape = tuple(rng.integers(1, most + 1, 2))
        if rng.random() < 0.5:  # full of ties, as games between negotiators are
            return Bimatrix.of(*rng.integers(0, 3, (2, *shape)))
        return Bimatrix.of(*rng.normal(size=(2, *shape)))

    return st.integers(0, 2**32 - 1).map(draw)


@given(games())
def test_no_deviation_gains_and_pure_equilibria_are_those_of_the_definition(game: Bimatrix) -> None:
    found = all_equilibria(game)
    assert found.extreme
    assert max(e.regret for e in found.extreme) <= 1e-8 * game.scale()
    best_row = game.row >= game.row.max(axis=0, keepdims=True)
    best_column = game.column >= game.column.max(axis=1, keepdims=True)
    pure = sorted(map(tuple, np.argwhere(best_row & best_column).tolist()))
    assert sorted(e.pure for e in found.extreme if e.pure is not None) == pure


@given(games(), st.integers(0, 2**32 - 1))
def test_any_mixture_within_a_family_is_an_equilibrium(game: Bimatrix, seed: int) -> None:
    found = all_equilibria(game)
    rng = np.random.default_rng(seed)
    for family in found.families:
        xs = np.array([found.extreme[k].x for k in family])
        ys = np.array([found.extreme[k].y for k in family])
        x = rng.dirichlet(np.ones(len(xs))) @ xs
        y = rng.dirichlet(np.ones(len(ys))) @ ys
        assert game.regret(x, y) <= 1e-7 * game.scale()
    assert sorted({k for component in found.components for k in component}) == list(
        range(len(found.extreme))
    )


@settings(max_examples=50)
@given(games())
def test_payoffs_in_other_units_leave_the_equilibria_as_they_are(game: Bimatrix) -> None:
    other = Bimatrix.of(3.0 * game.row - 7.0, 0.25 * game.column + 100.0)
    first, second = all_equilibria(game).extreme, all_equilibria(other).extreme
    assert len(first) == len(second)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_allclose(np.append(one.x, one.y), np.append(two.x, two.y), atol=1e-6)


@given(games())
def test_what_one_gains_the_other_loses_has_one_value(game: Bimatrix) -> None:
    zero_sum = Bimatrix.of(game.row, -game.row)
    found = solve_constant_sum(zero_sum)
    assert found.regret <= 1e-8 * zero_sum.scale()
    for e in all_equilibria(zero_sum).extreme:
        assert e.payoffs[0] == pytest.approx(found.payoffs[0], abs=1e-7)


@given(games())
def test_a_mediator_never_does_worse_than_the_best_equilibrium(game: Bimatrix) -> None:
    found = correlated_equilibrium(game)
    assert found.regret <= 1e-7 * game.scale()
    best = max(sum(e.payoffs) for e in all_equilibria(game).extreme)
    assert sum(found.payoffs) >= best - 1e-6 * game.scale()


WEIGHTS = {"utilitarian": (1, 1), "max_player1": (1, 0), "max_player2": (0, 1)}


@pytest.mark.parametrize("case", [c for c in OTHERS["correlated"] if c["objective"] in WEIGHTS])
def test_published_correlated_equilibria(case: dict[str, Any]) -> None:
    weights = WEIGHTS[case["objective"]]
    found = correlated_equilibrium(Bimatrix.of(case["A"], case["B"]), weights)
    assert np.dot(found.payoffs, weights) == pytest.approx(np.dot(case["u"], weights), abs=1e-6)


@pytest.mark.parametrize("case", OTHERS["qre"])
def test_published_quantal_responses(case: dict[str, Any]) -> None:
    x, y = quantal_response(Bimatrix.of(case["A"], case["B"]), case["lam"])
    np.testing.assert_allclose(np.append(x, y), case["profile"], atol=1e-6)


@settings(max_examples=25)
@given(games(3))
def test_the_quantal_path_starts_at_random_and_answers_itself(game: Bimatrix) -> None:
    path = quantal_path(game, 3.0)
    assert path.precision[0] == 0
    assert np.ptp(path.x[0]) < 1e-12
    assert path.residual.max() < 1e-7


@pytest.mark.parametrize("size", [30, 60])
def test_a_large_game_has_an_equilibrium_that_can_be_checked(size: int) -> None:
    game = Bimatrix.of(*np.random.default_rng(size).random((2, size, size)))
    found = one_equilibrium(game)
    assert found is not None
    assert found.regret < 1e-8


def test_what_is_no_game_or_too_large_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="differ in shape"):
        Bimatrix.of([[1, 2]], [[1], [2]])
    with pytest.raises(InputError, match="finite"):
        Bimatrix.of([[np.nan]], [[0]])
    with pytest.raises(InputError, match="too large to list"):
        all_equilibria(Bimatrix.of(np.eye(13), np.eye(13)))
    with pytest.raises(InputError, match="add up to the same"):
        solve_constant_sum(Bimatrix.of([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
