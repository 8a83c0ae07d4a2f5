"""What flips a verdict, and which version is robust: against the definitions and the literature."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sim.errors import InputError
from sim.experiment.analysis import (
    BreakEven,
    Outcome,
    Robustness,
    Unanswered,
    break_even,
    break_even_in_table,
    robustness,
)


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=3, unique=True), st.booleans())
def test_bisection_finds_every_flip_and_says_on_which_side_it_holds(
    flips: list[float], starts: bool
) -> None:
    flips = sorted(flips)
    if any(b - a < 0.02 for a, b in pairwise(flips)):
        flips = flips[:1]
    found = break_even(
        lambda x: starts ^ bool(sum(x > flip for flip in flips) % 2), 0, 1, probes=101
    )
    assert isinstance(found, BreakEven)
    assert_allclose([flip.value for flip in found.flips], flips, atol=1e-6)
    holds = ["below" if starts ^ bool(k % 2) else "above" for k in range(len(flips))]
    assert [flip.holds for flip in found.flips] == holds
    assert found.always is None
    assert all(f.between[0] <= f.value <= f.between[1] for f in found.flips)


def test_what_nothing_flips_is_an_answer_and_what_is_undefined_is_no_flip() -> None:
    never = break_even(lambda x: x >= -1, 0, 1)
    assert isinstance(never, BreakEven)
    assert (never.flips, never.always) == ((), True)
    assert "nothing from 0 to 1 flips it: yes throughout" in str(never)
    lost = break_even(lambda x: None if x > 0.4 else True, 0, 1)
    assert isinstance(lost, BreakEven)
    assert (lost.flips, len(lost.gaps)) == ((), 1)
    hidden = break_even(lambda x: None if 0.5 < x < 0.56 else x < 0.52, 0, 1)
    assert isinstance(hidden, BreakEven)
    assert hidden.flips == ()
    ((before, after),) = hidden.gaps
    assert before <= 0.5
    assert after >= 0.56
    assert isinstance(break_even(lambda _: None, 0, 1), Unanswered)
    with pytest.raises(InputError, match="no range from 1 to 0"):
        break_even(lambda x: x > 0, 1, 0)


def test_a_table_is_read_in_any_order_but_never_across_a_gap() -> None:
    found = break_even_in_table([0.6, 0.4, 0.5], Outcome.of([-0.1, 0.3, 0.1]))
    assert isinstance(found, BreakEven)
    (flip,) = found.flips
    assert flip.value == pytest.approx(0.55)
    assert (flip.between, flip.holds, flip.interpolated) == ((0.5, 0.6), "below", True)
    gap = break_even_in_table([0.4, 0.5, 0.6], Outcome.of([0.3, None, -0.1]))
    assert isinstance(gap, BreakEven)
    assert gap.flips == ()
    assert gap.gaps == ((0.4, 0.5), (0.5, 0.6))
    assert gap.always is None
    assert "undefined in 1 of 3" in str(gap.account)
    with pytest.raises(InputError, match="stands twice"):
        break_even_in_table([0.4, 0.4], Outcome.of([1.0, -1.0]))


def test_the_rules_part_as_in_milnors_game_against_nature() -> None:
    """Milnor (1954), "Games against Nature"; Luce, Raiffa (1957), Games and Decisions, 13.2."""
    payoffs = np.array([[2, 2, 0, 1], [1, 1, 1, 1], [0, 4, 0, 0], [1, 3, 0, 0]]).T
    found = robustness(["a1", "a2", "a3", "a4"], payoffs)
    assert isinstance(found, Robustness)
    assert found.choices["Laplace"] == ("a1",)
    assert found.choices["Wald"] == ("a2",)
    assert found.choices["Hurwicz"] == ("a3",)
    assert found.choices["Savage"] == ("a4",)
    assert found.regret_worst.tolist() == [2, 3, 2, 1]


@given(st.integers(0, 2**16), st.integers(1, 130), st.integers(1, 4), st.sampled_from([0.0, 0.1]))
def test_robustness_is_what_the_definitions_say(
    seed: int, states: int, versions: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    payoffs = rng.normal(size=(states, versions)).round(1)
    gone = rng.random(payoffs.shape) < share
    names = [f"v{k}" for k in range(versions)]
    found = robustness(names, np.where(gone, np.nan, payoffs))
    kept = [row for row, lost in zip(payoffs.tolist(), gone, strict=True) if not lost.any()]
    assert found.account.undefined == states - len(kept)
    if not kept:
        assert isinstance(found, Unanswered)
        return
    assert isinstance(found, Robustness)
    for v in range(versions):
        own = sorted(row[v] for row in kept)
        regrets = [max(row) - row[v] for row in kept]
        assert found.worst[v] == own[0]
        assert found.accepted[v] == pytest.approx(np.mean([x >= 0 for x in own]))
        assert found.accepted_low[v] <= found.accepted[v] <= found.accepted_high[v]
        assert found.regret_worst[v] == pytest.approx(max(regrets))
        assert found.regret_mean[v] == pytest.approx(np.mean(regrets))
        assert found.best_share[v] == pytest.approx(np.mean([r == 0 for r in regrets]))
        least = min(x for x in own if sum(y <= x for y in own) >= 0.05 * len(own) - 1e-9)
        assert found.tail[v] == least
        parts = np.repeat(own, 100)[: 5 * len(own)]  # each state in a hundred equal parts
        assert found.tail_mean[v] == pytest.approx(parts.mean())
    best = max(np.mean([row[v] >= 0 for row in kept]) for v in range(versions))
    assert found.choices["Starr"] == tuple(
        n for v, n in enumerate(names) if found.accepted[v] == pytest.approx(best)
    )


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="each of 2 versions"):
        robustness(["a", "b"], [[1.0], [2.0]])
    with pytest.raises(InputError, match="infinite"):
        robustness(["a"], [[np.inf]])
    with pytest.raises(InputError, match="acceptance is yes or no"):
        robustness(["a"], [[1.0]], accepted=[[1.0]])
