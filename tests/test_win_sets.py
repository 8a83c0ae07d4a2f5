"""Ratifiers on a line, on a pie and by vote: published shares, and every coalition tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.equilibria.ratification.agenda_setter import agenda_setter, core, shared_win_set, win_set
from sim.equilibria.ratification.two_level import offers_to_ratify, ratified_bargain
from sim.equilibria.ratification.win_set import VotingRule
from sim.errors import InputError

CASES = json.loads(
    (Path(__file__).parent / "published" / "ratification.json").read_text(encoding="utf-8")
)
NEAR = 1e-9


def cases(model: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in CASES if c["model"] == model]


def exactly(text: str | float) -> Fraction:
    return Fraction(str(text))


@pytest.mark.parametrize("case", cases("setter_veto_1d"))
def test_a_setter_takes_the_nearest_point_that_the_veto_player_prefers(case: Any) -> None:
    names = ("setter_ideal", "veto_ideal", "status_quo")
    setter, veto, quo = (exactly(case["parameters"][name]) for name in names)
    found = agenda_setter(setter, [veto], quo)
    assert list(found.win_set) == [exactly(end) for end in case["expected"]["winset"]]
    assert found.outcome == exactly(case["expected"]["outcome"])
    assert found.gridlock == case["expected"]["gridlock"]


@pytest.mark.parametrize("case", cases("veto_players_1d"))
def test_what_several_veto_players_prefer_is_what_each_of_them_does(case: Any) -> None:
    ideals = [exactly(ideal) for ideal in case["parameters"]["ideals"]]
    shared = shared_win_set(ideals, exactly(case["parameters"]["status_quo"]))
    assert list(shared) == [exactly(end) for end in case["expected"]["unanimity_winset"]]
    assert (shared[0] == shared[1]) == case["expected"]["empty_interior"]
    assert list(core(ideals)) == [exactly(end) for end in case["expected"]["core"]]


@given(st.lists(st.fractions(0, 1), min_size=1, max_size=4), st.fractions(0, 1), st.fractions(0, 1))
def test_nobody_with_a_veto_loses_by_what_a_setter_proposes(
    ideals: list[Fraction], setter: Fraction, quo: Fraction
) -> None:
    found = agenda_setter(setter, ideals, quo)
    assert all(abs(found.outcome - ideal) <= abs(quo - ideal) for ideal in ideals)
    assert abs(found.outcome - setter) <= abs(quo - setter)
    low, high = core(ideals)
    assert found.gridlock == (found.outcome == quo)
    if low <= quo <= high:
        assert found.win_set == (quo, quo)


def test_somebody_must_hold_a_veto() -> None:
    with pytest.raises(InputError, match="somebody must hold a veto"):
        core([])
    with pytest.raises(InputError, match="somebody must hold a veto"):
        shared_win_set([], 0.5)


@pytest.mark.parametrize("case", cases("two_level_rubinstein"))
def test_ratifiers_matter_beyond_what_bargaining_gives_anyway(case: Any) -> None:
    given_, expected = case["parameters"], case["expected"]
    delta = exactly(given_["delta"])
    least = (exactly(given_["ratifier_min_share_1"]), exactly(given_["ratifier_min_share_2"]))
    found, free = offers_to_ratify((delta, delta), least), offers_to_ratify((delta, delta))
    assert found is not None
    assert free is not None
    assert found.second == exactly(expected["share2"])
    assert free.second == exactly(expected["unconstrained_share2"])
    assert found.second_binds == expected["binding"]


@given(
    st.tuples(st.fractions(0, Fraction(99, 100)), st.fractions(0, Fraction(99, 100))),
    st.tuples(st.fractions(0, 1), st.fractions(0, 1)),
)
def test_no_offer_to_ratify_can_be_bettered(
    patience: tuple[Fraction, Fraction], least: tuple[Fraction, Fraction]
) -> None:
    found = offers_to_ratify(patience, least)
    if sum(least) > 1:
        assert found is None
        return
    assert found is not None
    x = Fraction(found.first)
    y = 1 - max(least[0], patience[0] * x)
    assert x == 1 - max(least[1], patience[1] * y)
    assert found.second >= least[1]
    assert x >= least[0]


def test_offers_to_ratify_need_discount_factors_and_shares() -> None:
    with pytest.raises(InputError, match="below 1"):
        offers_to_ratify((1, 0.5))
    with pytest.raises(InputError, match="less than nothing"):
        offers_to_ratify((0.5, 0.5), (-0.1, 0))


@pytest.mark.parametrize("case", cases("two_level_win_sets"))
def test_putnams_win_sets_on_a_line(case: Any) -> None:
    for given_, expected in zip(case["inputs"], case["expected"], strict=True):
        low, high, a, b = (exactly(given_[key]) for key in ("dA", "dB", "a", "b"))
        found = ratified_bargain((low, high), (a, b))
        if expected["zopa"] is None:
            assert found is None
            continue
        assert found is not None
        assert list(found.overlap) == [exactly(end) for end in expected["zopa"]]
        assert found.share == exactly(expected["nash"])


def test_a_ratifier_who_replaces_the_negotiator_earns_more_than_one_who_constrains() -> None:
    """The note of two_level_win_sets_1d.json: .55 in the second case instead of .5."""
    limits = (Fraction(1, 5), Fraction(3, 5)), (Fraction(1, 2), Fraction(1))
    found = ratified_bargain(*limits, treat_as="disagreement")
    assert found is not None
    assert found.share == Fraction(11, 20)


@pytest.mark.parametrize("case", cases("two_level_nash"))
def test_schellings_conjecture_on_a_pie(case: Any) -> None:
    given_, expected = case["parameters"], case["expected"]
    win_sets = (
        exactly(given_.get("min_share_1", 0)),
        1 - exactly(given_.get("min_share_2", 0)),
    )
    found = ratified_bargain((Fraction(0), Fraction(1)), win_sets)
    if expected.get("feasible") is False:
        assert found is None
        return
    assert found is not None
    assert (found.share, 1 - found.share) == (
        exactly(expected["share1"]), exactly(expected["share2"])
    )  # fmt: skip


RULES = st.tuples(
    st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(any),
    st.integers(1, 20),
    st.integers(0, 31),
    st.integers(0, 2**32 - 1),
)


def coalitions(n: int) -> Iterator[tuple[int, ...]]:
    for size in range(n + 1):
        yield from combinations(range(n), size)


@given(RULES)
def test_a_body_is_as_willing_as_its_best_winning_coalition(
    drawn: tuple[list[int], int, int, int],
) -> None:
    weights, quota, vetoes, seed = drawn
    n = len(weights)
    held = [bool(vetoes >> k & 1) for k in range(n)]
    rule = VotingRule.of(weights, quota=quota / 20, vetoes=held)
    gains = np.random.default_rng(seed).integers(-3, 4, (7, n)) / 10
    winning = [
        group
        for group in coalitions(n)
        if sum(weights[k] for k in group) >= quota / 20 * sum(weights) - NEAR
        and all(k in group for k in range(n) if held[k])
    ]
    for row, level, at in zip(gains, rule.level(gains), rule.pivotal(gains), strict=True):
        assert level == max(min(row[list(group)]) for group in winning if group)
        assert row[at] == level
    assert (rule.ratified(gains) == (rule.level(gains) >= 0)).all()
    smallest = [g for g in winning if not any(set(o) < set(g) for o in winning)]
    assert rule.minimal_winning() == smallest


def test_votes_need_weights_and_a_quota() -> None:
    with pytest.raises(InputError, match="not all 0"):
        VotingRule.of([0, 0], quota=0.5)
    with pytest.raises(InputError, match="above 0"):
        VotingRule.of([1, 1], quota=0.0)
    with pytest.raises(InputError, match="too many to list"):
        VotingRule.of(np.ones(17), quota=0.5).minimal_winning()


def test_a_win_set_is_as_wide_as_the_status_quo_is_bad() -> None:
    assert win_set(0.5, 0.5) == (0.5, 0.5)
    low, high = win_set(0.5, 0.1)
    assert high - low == pytest.approx(0.8)
