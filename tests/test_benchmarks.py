"""The benchmarks hold every figure against something, and what they compare with is right."""

from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks import listing, sweeps, table
from benchmarks.adversary import SOLVERS, cost
from benchmarks.awkward import Case, random_case
from benchmarks.instances import instance
from benchmarks.integer_programs import fewest_changes, highest_least, nash_by_cuts
from benchmarks.negmas_peer import ADVICE, WHERE, interpreter
from benchmarks.timing import Timing, asking
from benchmarks.worst_cases import WORST
from sim.feasible.amendment import smallest_amendments
from sim.solutions import egalitarian, nash


def test_a_time_is_never_shown_without_what_it_is_held_against():
    fast, slow = Timing((0.001, 0.003), 2), Timing((0.1, 0.3), 2)
    assert fast.row("zone", target=0.002).verdict == "met"
    assert fast.row("zone", target=0.002, worst=0.0025).verdict == "NOT MET"
    assert replace(fast, proven=1).row("zone", target=0.002).verdict == "NOT MET"
    assert fast.against("zone", "HiGHS", slow).verdict == "100 times faster"
    assert not doctest.testmod(table).failed


def test_a_hard_case_can_be_drawn_again_from_its_numbers():
    case = random_case(3, np.random.default_rng(5))
    again = eval(repr(case), {"Case": Case})
    for mine, other in zip(case.asking().blocks, again.asking().blocks, strict=True):
        assert_array_equal(mine.utilities, other.utilities)
    assert cost(SOLVERS["egalitarian"], replace(case, n_issues=4))[1]


def test_every_solver_that_is_attacked_has_a_worst_case_on_record():
    assert {name for name, _ in WORST} == set(SOLVERS)


@pytest.mark.parametrize("seed", range(3))
def test_integer_programs_find_what_the_solvers_find(seed):
    problem = instance("mixed", 3, np.random.default_rng(seed), n_issues=6)
    gains = nash(problem).utilities - problem.disagreement
    assert nash_by_cuts(problem) == pytest.approx(gains.prod() ** (1 / 3), abs=1e-6)
    gains = egalitarian(problem).utilities - problem.disagreement
    assert highest_least(problem) == pytest.approx(gains.min(), abs=1e-6)
    asked, start = asking(problem, -0.05), np.zeros(6, dtype=int)
    assert fewest_changes((asked, start)) == smallest_amendments(asked, start).cost


def test_listing_everything_gives_what_the_problem_lists():
    problem = instance("random", 2, np.random.default_rng(1), n_issues=4)
    utilities = problem.enumerate()[1]
    np.testing.assert_allclose(np.sort(listing.every_package(problem), axis=0),
                               np.sort(utilities, axis=0))  # fmt: skip


def test_where_negmas_is_not_installed_the_table_says_how_to(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(WHERE, raising=False)
    assert interpreter() is None
    assert "pip install negmas" in ADVICE
    monkeypatch.setenv(WHERE, "python-with-it")
    assert interpreter() == "python-with-it"


def test_where_another_runner_of_sweeps_is_not_installed_the_table_says_how_to(monkeypatch):
    monkeypatch.setattr(sweeps, "PEERS", (("Peer", "no_such_peer", None),))
    (row,) = sweeps.peers(1e-6, 100)
    assert row.verdict == "not installed: pip install no_such_peer"
    monkeypatch.setattr(sweeps, "PEERS", (("Peer", "numpy", lambda runs: 1e-4 * runs),))
    (row,) = sweeps.peers(1e-6, 100)
    assert row.verdict == "100 times faster"


def test_the_flagship_that_is_swept_is_an_experiment_that_can_be_run():
    row = sweeps.flagship(2)
    assert row.question == "compare 9 plans, flagship, 2 cases of 1,000 draws"
    assert "one by one" in row.against
