"""What survives inside the zone: options, and the least and most of each party."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from sim.feasible.extremes import highest
from sim.feasible.survival import reach_inside, surviving_options
from sim.problem import Block, Problem
from tests.small_problems import NEAR, problems
from tests.test_listing import acceptable_by_definition, talk


def sizes_of(problem: Problem) -> list[int]:
    most = np.zeros(problem.n_issues, dtype=int)
    for block in problem.blocks:
        most[list(block.issues)] = block.choices.max(axis=0, initial=0) + 1
    return most.tolist()


@given(problem=problems())
def test_an_option_survives_when_some_acceptable_package_has_it(problem: Problem):
    sizes = sizes_of(problem)
    choices, _ = acceptable_by_definition(problem)
    every, _ = problem.enumerate()
    found = surviving_options(problem, sizes)
    assert found.exact
    for issue, size in enumerate(sizes):
        expected = tuple(bool((choices[:, issue] == o).any()) for o in range(size))
        assert found.options[issue] == expected
        refused = tuple(not (every[:, issue] == o).any() for o in range(size))
        assert found.refused[issue] == refused
        states = ("ruled out", "settled", "open")
        assert found.state(issue) == states[min(sum(expected), 2)]


@pytest.mark.parametrize("seed", range(3))
def test_in_a_large_space_the_survivors_are_those_of_the_list(seed: int):
    problem = talk(seed)
    choices, _ = acceptable_by_definition(problem)
    found = surviving_options(problem, [4] * 9, known=choices[:3])
    assert found.exact
    for issue in range(9):
        assert found.options[issue] == tuple(bool((choices[:, issue] == o).any()) for o in range(4))


def test_without_time_what_is_not_known_is_not_claimed():
    problem = talk(0)
    choices, _ = acceptable_by_definition(problem)
    found = surviving_options(problem, [4] * 9, known=choices[:1], time_limit=0.0)
    assert not found.exact
    for issue, option in enumerate(choices[0]):
        assert found.options[issue][option] is True
        assert found.options[issue].count(None) == 3
        assert found.state(issue) == "unknown"


@given(problem=problems())
def test_each_party_gets_between_its_worst_and_its_best(problem: Problem):
    choices, utilities = acceptable_by_definition(problem)
    found = reach_inside(problem)
    for party, reach in enumerate(found):
        for end in (reach.worst, reach.best):
            assert (end.outcome is not None) == bool(len(choices))
        if len(choices):
            own = utilities[:, party]
            assert reach.worst.utilities[party] == pytest.approx(own.min(), abs=1e-8)
            assert reach.best.utilities[party] == pytest.approx(own.max(), abs=1e-8)
            for end in (reach.worst, reach.best):
                assert end.certificate.exact
                assert (end.utilities >= problem.thresholds - NEAR).all()


def crowded(seed: int) -> Problem:
    """Ten to the twelve packages, of which millions are acceptable."""
    rng = np.random.default_rng(seed)
    options = np.arange(4)[:, None]
    blocks = tuple(Block((k,), options, rng.random((4, 3)) / 20) for k in range(20))
    free = Problem(blocks, np.zeros(3), np.zeros(3))
    return Problem(blocks, np.zeros(3), (free.worst() + free.best()) / 2)


@pytest.mark.parametrize("seed", range(2))
def test_in_a_crowded_zone_the_worst_is_as_near_the_threshold_as_was_asked(seed: int):
    """Somewhere among so many there is a package that leaves a party just its threshold."""
    problem = crowded(seed)
    for party in range(3):
        answer = highest(problem, -np.eye(3)[party], enough=1e-4)
        surplus = answer.utilities - problem.thresholds
        assert (surplus >= -NEAR).all()
        assert 0 <= answer.certificate.bound <= 1e-4
        assert surplus[party] <= answer.certificate.bound + NEAR
