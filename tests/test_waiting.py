"""When waiting is rational: the boundary against the list of packages, and on the flagship."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import ROOT, shipped
from small_problems import problems

from sim.equilibria import MODELS, Prediction, Setting
from sim.equilibria.bargaining_range import staircase, whole_frontier
from sim.equilibria.war.waiting_map import AHEAD, Waiter, WaitingMap, best_given
from sim.feasible import find_acceptable
from sim.formats import read_scenario
from sim.plots import alt_text, draw
from sim.problem import TOLERANCE

NEAR = 1e-9
FLAGSHIP = "ukraine-2025-12"


@cache
def flagship(*overrides: str, red_lines: str = "stated", draws: int = 1000) -> Prediction:
    scenario = read_scenario(FLAGSHIP, overrides)
    return MODELS["waiting"](Setting(scenario, red_lines=red_lines, draws=draws))


@given(problems(n_parties=3), st.integers(0, 2**32 - 1))
def test_the_boundary_parts_no_deal_values_as_the_whole_list_does(problem, seed):
    rng = np.random.default_rng(seed)
    everything = problem.enumerate()[1]
    demand = rng.choice(everything[:, 2]) - rng.choice([0, 1e-3])
    found = whole_frontier(problem, demands=[-np.inf, -np.inf, demand])
    stairs = staircase(found.utilities)
    low, high = everything[:, :2].min(axis=0), everything[:, :2].max(axis=0)
    values = low + (high - low) * rng.uniform(-0.1, 1.1, (20, 2))
    asked = np.column_stack([values, np.full(20, demand)])
    suits = (everything[None] >= asked[:, None] - NEAR).all(axis=2).any(axis=1)
    np.testing.assert_array_equal(values[:, 1] <= best_given(stairs, 1, values[:, 0]) + NEAR, suits)
    np.testing.assert_array_equal(values[:, 0] <= best_given(stairs, 0, values[:, 1]) + NEAR, suits)


def plane(stairs: np.ndarray, *waiters: Waiter) -> WaitingMap:
    return WaitingMap(
        ("Ann", "Bob"), (0, 1), {"stated": stairs}, {}, "stated", np.array([0.1, 0.1]),
        np.zeros((0, 2)), {}, waiters, None, "month", "A pie",
    )  # fmt: skip


@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.5, 1.0),
    st.floats(0.8, 1.2),
    st.floats(0.8, 1.2),
)
def test_waiting_pays_where_its_value_exceeds_the_best_deal_of_today(seed, patience, own, other):
    rng = np.random.default_rng(seed)
    stairs = staircase(rng.uniform(0, 1, (12, 2)))
    picture = plane(stairs, Waiter(patience, (own, own)), Waiter(0.9, (other, other)))
    values = rng.uniform(0, 1.1, (50, 2))
    pays = picture.pays(0, values, 0)
    for (d, theirs), told in zip(values, pays, strict=True):
        today = best_given(stairs, 0, np.array([theirs]))[0]
        later = max(best_given(stairs, 0, np.array([theirs * other]))[0], d * own)
        kept = patience ** AHEAD[0]
        gain = max((1 - kept) * d + kept * later, d) - today
        if np.isneginf(today):
            assert told
        elif abs(gain) > 1e-6:
            assert told == (gain > 0)


def test_without_drift_waiting_pays_only_where_no_package_is_better():
    stairs = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    picture = plane(stairs, Waiter(0.9, (1.0, 1.0)), Waiter(1.0, (1.0, 1.0)))
    values = np.random.default_rng(1).uniform(0, 1, (200, 2))
    for party in (0, 1):
        for ahead in range(len(AHEAD)):
            pays = picture.pays(party, values, ahead)
            np.testing.assert_array_equal(pays, ~picture.open_at(values).astype(bool))


def test_a_rising_no_deal_value_makes_waiting_pay_before_the_boundary():
    stairs = np.array([[0.6, 0.6]])
    picture = plane(stairs, Waiter(0.9, (1.1, 1.1)), Waiter(1.0, (1.0, 1.0)))
    limit = picture.pays_from(0, np.array([0.2]), 0)[0]
    assert limit == pytest.approx(0.6 / (1 - 0.9 + 0.9 * 1.1))


# The flagship


def test_no_package_is_better_for_both_from_these_no_deal_values_on():
    found = flagship()
    limits = {h.parameter: h.flips_at for h in found.hinges}
    assert found.exact
    assert limits["no-deal value of Russia"] == pytest.approx(0.6159, abs=1e-4)
    assert limits["no-deal value of Ukraine"] == pytest.approx(0.5364, abs=1e-4)
    assert found.details["open"] == {"stated": True, "implied": False}
    assert found.details["boundary"]["implied"] == []


def test_the_boundary_of_the_flagship_is_the_one_that_the_solver_finds_point_by_point():
    setting = Setting(shipped(FLAGSHIP))
    picture = MODELS["waiting"](setting).picture
    rng = np.random.default_rng(8)
    stairs = picture.stairs["stated"]
    corners = stairs[rng.integers(0, len(stairs), 8)]
    for point in [*corners, *(corners + 2e-6), *rng.uniform([0.2, 0.3], [0.8, 0.65], (20, 2))]:
        d = np.array([*point, setting.problem.disagreement[2]])
        asked = replace(setting.problem, disagreement=d, thresholds=d)
        zone = find_acceptable(asked)
        assert zone.empty is not None
        assert bool(picture.open_at(point[None])[0]) is not zone.empty


def test_the_values_at_which_the_flagship_flips_are_where_it_flips():
    for party, name in (("ukraine", "Ukraine"), ("russia", "Russia"), ("europe", "Europe")):
        (told,) = [h for h in flagship().hinges if h.parameter == f"no-deal value of {name}"]
        for step, is_open in ((-1e-5, True), (1e-5, False)):
            change = f"parties.{party}.disagreement={told.flips_at + step}"
            found = flagship(change, draws=1)
            assert found.details["open"]["stated"] is is_open


@pytest.mark.parametrize("rounds", AHEAD)
def test_drift_flips_waiting_where_the_hinge_says(rounds):
    (told,) = [
        h
        for h in flagship().hinges
        if "drift of Russia" in h.parameter
        and h.parameter.endswith("12 months" if rounds == 12 else "a month")
    ]
    for step in (-1e-4, 1e-4):
        found = flagship(f"talks.drift.russia={told.flips_at + step}", draws=1)
        (wait,) = [
            w
            for w in found.details["waiting_pays"]
            if (w["party"], w["rounds"]) == ("russia", rounds)
        ]
        russia = found.details["no_deal"]["russia"]
        assert (russia > wait["from_no_deal_value"] + TOLERANCE) is (step > 0)


def test_the_page_on_the_flagship_gives_the_numbers_of_the_map():
    page = (ROOT / "scenarios" / f"{FLAGSHIP}.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"## What waiting would take\n(.*?)\n## ", page, re.DOTALL)
    details, hinges = flagship().details, flagship().hinges
    limits = {h.parameter: h.flips_at for h in hinges}
    assert f"{limits['no-deal value of Russia']:.3f}" in section
    assert f"{limits['no-deal value of Ukraine']:.3f}" in section
    share = details["share_of_drawn_pairs_with_none_better"]["stated"]
    own = details["share_of_draws_with_none_better"]
    assert f"{100 * share:.0f} %" in section
    assert f"{100 * own:.0f} %" in section
    (year,) = [w for w in details["waiting_pays"] if (w["party"], w["rounds"]) == ("russia", 12)]
    assert f"{year['from_no_deal_value']:.3f}" in section
    assert f"{100 * year['share_of_drawn_pairs']:.0f} %" in section


def test_the_map_is_drawn_and_told():
    picture = flagship().picture
    assert draw("waiting_map", picture).get_axes()
    words = alt_text("waiting_map", picture).replace("\N{NO-BREAK SPACE}", " ")
    assert "31 % of the drawn pairs" in words
    assert "the whole map is grey: no package is allowed" in words
    empty = flagship(red_lines="implied", draws=20).picture
    assert draw("waiting_map", empty).get_axes()
    assert "Under these red lines no package is allowed" in alt_text("waiting_map", empty)
