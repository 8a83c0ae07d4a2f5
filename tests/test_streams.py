"""Every uncertain number has random numbers of its own, tied to others only where it says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest, spearmanr

from sim.preferences.streams import Streams, correlation_groups

N = 20_000


def tied(rank: float, *names: str) -> list[tuple[list[str], np.ndarray]]:
    matrix = np.full((len(names), len(names)), rank)
    np.fill_diagonal(matrix, 1)
    return [(list(names), matrix)]


def test_the_same_seed_gives_the_same_numbers_to_the_last_bit():
    assert_array_equal(Streams(7).uniform("a", 100), Streams(7).uniform("a", 100))
    assert (Streams(7).uniform("a", 100) != Streams(8).uniform("a", 100)).all()
    assert (Streams(7).uniform("a", 100) != Streams(7).uniform("b", 100)).all()


def test_a_stream_does_not_hang_on_who_drew_before():
    one, other = Streams(7), Streams(7)
    alone = one.uniform("a", 100)
    other.uniform("b", 31)
    other.of("c").standard_normal(5)
    assert_array_equal(other.uniform("a", 100), alone)


def test_a_stream_goes_on_where_it_left_off():
    streams = Streams(7)
    parts = [streams.uniform("a", 60), streams.uniform("a", 40)]
    assert_array_equal(np.concatenate(parts), Streams(7).uniform("a", 100))


def test_numbers_that_nothing_ties_are_independent():
    streams = Streams(1)
    one, other = streams.uniform("parties.ann.weights.x", N), streams.uniform("x", N)
    assert abs(spearmanr(one, other).statistic) < 5 / np.sqrt(N)


@pytest.mark.parametrize("rank", [-0.9, -0.4, 0.2, 0.7, 0.95])
def test_tied_numbers_have_the_rank_correlation_asked_for(rank: float):
    streams = Streams(3, tied(rank, "a", "b"))
    one, other = streams.uniform("a", N), streams.uniform("b", N)
    assert abs(spearmanr(one, other).statistic - rank) < 5 * (1 - rank**2 / 2) / np.sqrt(N)
    for draws in (one, other):
        assert kstest(draws, "uniform").pvalue > 1e-4


def test_a_rank_correlation_is_not_taken_for_one_of_normal_numbers():
    many = 20 * N  # as a correlation of normals 0.5 would be a rank correlation of 0.483
    streams = Streams(3, tied(0.5, "a", "b"))
    rank = spearmanr(streams.uniform("a", many), streams.uniform("b", many)).statistic
    assert abs(rank - 0.5) < 5 / np.sqrt(many)


def test_fully_tied_numbers_move_as_one():
    streams = Streams(3, tied(1.0, "a", "b", "c"))
    assert_allclose(streams.uniform("a", N), streams.uniform("c", N), atol=1e-12)
    against = Streams(3, tied(-1.0, "a", "b"))
    assert_allclose(against.uniform("a", N), 1 - against.uniform("b", N), atol=1e-12)


def test_three_numbers_can_be_tied_each_pair_in_its_own_way():
    pairs = {frozenset("ab"): 0.8, frozenset("bc"): 0.3, frozenset("ac"): -0.2}
    streams = Streams(5, correlation_groups(pairs))
    draws = np.array([streams.uniform(name, N) for name in "abc"])
    ranks = spearmanr(draws.T).statistic
    right = [[1, 0.8, -0.2], [0.8, 1, 0.3], [-0.2, 0.3, 1]]
    assert_allclose(ranks, right, atol=5 / np.sqrt(N))


def test_ties_that_cannot_all_hold_leave_each_number_its_own_distribution():
    pairs = {frozenset("ab"): 0.95, frozenset("bc"): 0.95, frozenset("ac"): -0.95}
    streams = Streams(5, correlation_groups(pairs))
    for name in "abc":
        assert kstest(streams.uniform(name, N), "uniform").pvalue > 1e-4


def test_tied_numbers_do_not_hang_on_the_order_in_which_they_are_named():
    one, other = Streams(9, tied(0.6, "a", "b", "c")), Streams(9, tied(0.6, "c", "a", "b"))
    for name in "abc":
        assert_allclose(one.uniform(name, 50), other.uniform(name, 50), atol=1e-12)


def test_a_tied_number_that_nobody_reads_changes_nothing_for_the_others():
    both, one = Streams(9, tied(0.6, "a", "b")), Streams(9, tied(0.6, "a", "b"))
    blocks = []
    for _ in range(3):
        blocks.append(both.uniform("a", 40))
        both.uniform("b", 40)
        assert_array_equal(one.uniform("a", 40), blocks[-1])
    assert len(np.unique(blocks)) == 120  # each block goes on where the last one ended


def test_pairs_that_share_a_name_are_one_group():
    pairs = {frozenset("ab"): 0.5, frozenset("de"): 0.1, frozenset("bc"): -0.3}
    groups = sorted(correlation_groups(pairs), key=lambda group: group[0])
    assert [names for names, _ in groups] == [["a", "b", "c"], ["d", "e"]]
    assert_array_equal(groups[0][1], [[1, 0.5, 0], [0.5, 1, -0.3], [0, -0.3, 1]])


@given(seed=st.integers(0, 2**40), name=st.text("abz.?é0", min_size=1, max_size=20))
def test_any_seed_and_any_name_give_uniforms(seed: int, name: str):
    draws = Streams(seed, tied(0.5, name, "another name")).uniform(name, 20)
    assert (draws >= 0).all()
    assert (draws < 1).all()
    assert len(set(draws.tolist())) == 20
