"""Long work that is stopped, by a limit or by the user, says what is known by then."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from benchmarks.instances import instance
from sim.clock import gently, interrupted, late
from sim.feasible import count_acceptable
from sim.frontier import OutOfReach, pareto_frontier
from sim.search.pace import Pace


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_first_interrupt_winds_up_and_a_second_one_breaks_off() -> None:
    told: list[bool] = []
    with gently(lambda: told.append(interrupted())):
        assert not late(None)
        interrupt()
        assert late(None)
        assert told == [True]
        with pytest.raises(KeyboardInterrupt):
            interrupt()
    assert not interrupted()


def test_after_winding_up_the_next_work_is_not_late() -> None:
    with gently():
        interrupt()
        assert late(None)
    assert not late(None)


def test_a_frontier_that_is_interrupted_says_how_far_it_had_come() -> None:
    with gently():
        interrupt()
        answer = pareto_frontier(instance("mixed", 3, np.random.default_rng(0)))
    assert isinstance(answer, OutOfReach)
    assert "you asked to stop" in answer.why


def test_a_count_that_is_interrupted_becomes_an_estimate_that_says_what_was_counted() -> None:
    problem = instance("random", 3, np.random.default_rng(0), disagreement=0.45)
    with gently():
        interrupt()
        size = count_acceptable(problem, rng=np.random.default_rng(0))
    assert size.outcomes is None
    assert size.rest > 0
    low, high = size.share_interval
    assert 0 < low <= size.share <= high


def test_work_that_doubles_at_every_step_is_told_to_take_as_long_as_doubling_does() -> None:
    pace = Pace(None)
    for step in range(8):
        pace.too_late(20_000 * 2**step)
    pace.pace = 1e-6  # a second for a million sums
    last = 20_000 * 2**7 * 1e-6
    assert sum(last * 2**k for k in range(6)) == pytest.approx(161.28)
    assert "at least 2.7 minutes" in pace.outlook(6)
    assert Pace(1.0).outlook(6) == ""
