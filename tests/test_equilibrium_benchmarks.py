"""What the benchmarks of equilibria compare with is right, and counts what each method finds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.equilibria import (
    by_listing,
    by_loop,
    by_nashpy,
    by_orders,
    by_trying,
    completeness,
    points,
    regret,
)
from sim.division.coalition_game import CoalitionGame
from sim.division.misreport import best_misreport
from sim.division.shapley import Vote, shapley
from sim.equilibria.offers.backward_induction import Rules, backward_induction
from sim.games.bimatrix import Bimatrix
from sim.games.enumeration import all_equilibria

CHICKEN = (np.array([[3.0, 2.0], [4.0, 1.0]]), np.array([[3.0, 4.0], [2.0, 1.0]]))


def test_both_find_the_three_equilibria_of_chicken() -> None:
    found = by_nashpy(CHICKEN)
    assert len(found) == 3
    assert max(regret(CHICKEN, pair) for pair in found) < 1e-9
    ours = [(e.x, e.y) for e in all_equilibria(Bimatrix.of(*CHICKEN)).extreme]
    assert completeness([CHICKEN], [ours], [found]) == "found 3 of 3, nashpy 3"


def test_what_one_method_misses_or_invents_is_counted() -> None:
    found = by_nashpy(CHICKEN)
    no_equilibrium = (np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    said = completeness([CHICKEN], [found[:2]], [[*found, no_equilibrium]])
    assert said == "found 2 of 3, nashpy 3 and 1 that are none"
    with pytest.raises(AssertionError, match="no equilibrium"):
        completeness([CHICKEN], [[no_equilibrium]], [found])


def test_the_loops_say_what_the_definition_says() -> None:
    coins = np.column_stack([np.arange(11.0), 10 - np.arange(11.0)])
    rules = Rules.of([0.9, 0.8], [0.0, 1.0])
    for rounds in (1, 2, 7):
        looped = by_loop((coins, np.array([0.0, 1.0]), np.array([0.9, 0.8])), rounds)
        np.testing.assert_allclose(looped, backward_induction(coins, rules, rounds).values[0])
    case = points(3, np.random.default_rng(0))
    assert sum(case[0]) == sum(case[1]) == 100
    small = ([5, 3, 2], [2, 2, 6])
    assert by_trying(small, 10) == best_misreport(*small, grid=10).gets
    game = CoalitionGame(np.array([0, 1, 2, 5, 1, 3, 4, 9]), 2)
    assert by_orders(game) == shapley(game)
    vote = Vote((4, 3, 2, 1), 6)
    assert by_listing(vote).worths.tolist() == vote.game.worths.tolist()
