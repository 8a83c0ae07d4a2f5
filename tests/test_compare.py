"""Plan versions are judged as the definitions say, and counted draw by draw."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from reference import judge, left_open, threshold
from scipy.stats import binomtest, norm
from strategies import scenario_dicts, scenarios

from sim.comparison import Comparison, compare
from sim.comparison.acceptance import Acceptance, acceptance
from sim.comparison.contributions import contributions
from sim.comparison.differences import differences, wilson
from sim.comparison.verdict import verdict
from sim.plans import read_plans
from sim.sampling import central, sample
from sim.scenario import RedLines, Scenario

READINGS = st.sampled_from(["none", "stated", "implied"])
VALLEY: dict[str, Any] = {
    "zopa": 1,
    "title": "Two villages and a valley",
    "issues": {
        "land": {"title": "Land", "options": {"east": "…", "half": "…", "west": "…"}},
        "water": {"title": "Water", "options": {"east": "…", "west": "…"}, "status_quo": "east"},
    },
    "parties": {
        "east": {
            "name": "East",
            "values": {
                "land": {"east": 1, "half": 0.5, "west": 0},
                "water": {"east": 1, "west": 0},
            },
            "threshold": 0.4,
        },
        "west": {
            "name": "West",
            "values": {
                "land": {"east": 0, "half": 0.5, "west": 1},
                "water": {"east": 0, "west": 1},
            },
            "threshold": 0.4,
        },
    },
}  # fmt: skip


def valley(
    east: dict[str, Any] | None = None,
    west: dict[str, Any] | None = None,
    forbid: list[dict[str, Any]] | None = None,
    **plans: dict[str, Any],
) -> Scenario:
    written = deepcopy(VALLEY)
    written["parties"]["east"] |= east or {}
    written["parties"]["west"] |= west or {}
    written["constraints"] = [{"forbid": f, "why": "it cannot be"} for f in forbid or []]
    written["plans"] = {name: {"title": "Draft", "picks": p} for name, p in plans.items()}
    return Scenario.model_validate(written)


def weighed(scenario: Scenario, red_lines: RedLines = "stated", draws: int = 500) -> Comparison:
    return compare(scenario, draws=draws, seed=1, red_lines=red_lines)


def test_a_verdict_can_be_checked_on_paper():
    found = weighed(valley(deal={"land": "half", "water": "west"})).verdicts[0]
    assert_allclose(found.utility, [0.25, 0.75])
    assert_allclose(found.surplus, [-0.15, 0.35])
    assert found.accepts.tolist() == [False, True]
    assert not found.accepted_by_all
    assert not found.completable


def test_a_range_is_scored_at_its_mean_and_shown_with_its_ends():
    found = weighed(valley(deal={"land": ["half", "west"], "water": "east"})).verdicts[0]
    assert_allclose(found.utility, [0.625, 0.375])
    assert_allclose(found.low, [0.5, 0.25])
    assert_allclose(found.high, [0.75, 0.5])
    assert found.accepts.tolist() == [True, False]
    assert found.completable  # with the west of the land for the west


def test_a_pick_inside_a_range_is_what_is_scored():
    said = {"range": {"from": "east", "to": "west"}, "pick": "west"}
    comparison = weighed(valley(deal={"land": said, "water": "east"}), draws=3000)
    found = comparison.verdicts[0]
    assert_allclose(found.utility, [0.5, 0.5])
    assert_allclose(found.low, [0.5, 0])
    assert_allclose(found.high, [1, 0.5])
    assert found.accepted_by_all  # at the pick; the draws try the whole range
    assert abs(comparison.probability_all[0] - 1 / 3) < 5 * np.sqrt(2 / 9 / 3000)


def test_silence_is_scored_where_things_stand_or_is_open():
    comparison = weighed(valley(nothing={}), draws=3000)
    found = comparison.verdicts[0]
    assert_allclose(found.utility, [0.75, 0.25])  # the water stays with the east, land is open
    assert_allclose(found.high, [1, 0.5])
    assert_allclose(comparison.probability[0], [1, 1 / 3], atol=5 * np.sqrt(2 / 9 / 3000))


def test_what_silence_alone_crosses_is_listed_apart():
    lines = [
        {"when": {"water": "east"}},
        {"when": {"land": "east", "water": "east"}},
        {"when": {"land": ["east", "half"]}, "kind": "implied"},
    ]
    scenario = valley(
        west={"red_lines": lines}, some={"land": "east"}, all={"land": "half", "water": "east"}
    )
    some, every = weighed(scenario, "implied").verdicts
    assert some.crossed == ((), (1, 2))
    assert some.crossed_by_silence == ((), (0,))
    assert every.crossed == ((), (0, 2))
    assert every.crossed_by_silence == ((), ())
    assert weighed(scenario, "stated").verdicts[1].crossed == ((), (0,))
    assert weighed(scenario, "none").verdicts[1].crossed == ((), ())


def test_a_red_line_is_crossed_over_a_range_when_every_option_crosses_it():
    lines = [{"when": {"land": ["east", "half"]}}]
    picks = {"water": "west"}
    scenario = valley(
        east={"threshold": 0},
        west={"red_lines": lines},
        within={**picks, "land": ["east", "half"]},
        partly={**picks, "land": ["half", "west"]},
    )
    comparison = weighed(scenario, draws=3000)
    within, partly = comparison.verdicts
    assert within.crossed == ((), (0,))
    assert not within.completable
    assert partly.crossed == ((), ())
    assert partly.accepted_by_all
    assert partly.completable
    assert_allclose(comparison.probability_all, [0, 0.5], atol=5 * 0.5 / np.sqrt(3000))


def test_a_party_minds_its_own_red_lines_only():
    scenario = valley(
        east={"red_lines": [{"when": {"land": "half"}}]}, deal={"land": "half", "water": "west"}
    )
    comparison = weighed(scenario)
    assert comparison.verdicts[0].accepts.tolist() == [False, True]
    assert comparison.probability.tolist() == [[0, 1]]
    assert comparison.blockers(0) == [0]


def test_an_adviser_binds_nothing_until_its_consent_is_required():
    refuses = {"threshold": 1, "red_lines": [{"when": {"land": ["east", "half", "west"]}}]}
    picks = {"land": "half", "water": "east"}
    advised = weighed(valley(west={**refuses, "consent": "advisory"}, deal=picks))
    assert advised.verdicts[0].accepts.tolist() == [True, False]
    assert advised.verdicts[0].accepted_by_all
    assert advised.verdicts[0].completable
    assert advised.probability_all.tolist() == [1]
    assert advised.blockers(0) == []
    required = weighed(valley(west=refuses, deal=picks))
    assert not required.verdicts[0].accepted_by_all
    assert not required.verdicts[0].completable
    assert required.probability_all.tolist() == [0]
    assert required.blockers(0) == [1]


def test_a_plan_that_breaks_a_constraint_is_scored_and_accepted_by_none():
    comparison = weighed(
        valley(forbid=[{"land": "half", "water": "east"}], deal={"land": "half"}, none={})
    )
    found = comparison.verdicts[0]
    assert found.broken == (0,)
    assert_allclose(found.utility, [0.75, 0.25])
    assert found.accepts.tolist() == [False, False]
    assert not found.completable
    assert comparison.probability[0].tolist() == [0, 0]
    assert comparison.verdicts[1].broken == ()


def test_constraints_that_leave_a_range_no_way_break_it_between_them():
    forbid = [
        {"land": "half", "water": "west"},
        {"land": "east", "water": "west"},
        {"land": "west", "water": "east"},
    ]
    picks = {"land": ["east", "half"], "water": "west"}
    found = weighed(valley(forbid=forbid, east={"threshold": 0}, deal=picks)).verdicts[0]
    assert found.broken == (0, 1)
    assert not found.accepts.any()
    assert not found.completable
    assert_allclose([found.low[0], found.high[0]], [0.25, 0.5])  # of what cannot be


def test_completions_that_cannot_be_are_accepted_in_no_draw():
    picks = {"land": ["half", "west"], "water": "east"}
    scenario = valley(forbid=[{"land": "half", "water": "east"}], deal=picks)
    comparison = weighed(scenario, draws=3000)
    found = comparison.verdicts[0]
    assert found.broken == ()
    assert_allclose([found.low, found.high], [[0.5, 0.5], [0.5, 0.5]])
    assert found.completable
    assert abs(comparison.probability_all[0] - 0.5) < 5 * 0.5 / np.sqrt(3000)


def test_where_nobody_has_to_consent_only_what_cannot_be_stands_in_the_way():
    adviser = {"consent": "advisory", "threshold": 1}
    forbid = [{"land": "half", "water": "east"}]
    scenario = valley(adviser, adviser, forbid, free={"land": "east"}, broken={"land": "half"})
    comparison = weighed(scenario)
    free, broken = comparison.verdicts
    assert (free.accepted_by_all, free.completable) == (True, True)
    assert (broken.accepted_by_all, broken.completable) == (False, False)
    assert comparison.probability_all.tolist() == [1, 0]


def test_a_mean_over_included_articles_lets_silence_off():
    scored = {"land": {"east": 0.9, "half": 0.5}, "water": {"west": 0.1}}  # the rest are left out
    scenario = valley(
        east={"utility": "mean_of_included", "values": scored},
        both={"land": "half", "water": "west"},
        one={"land": "half"},
        none={"land": "west"},
        open={"land": ["east", "half", "west"], "water": ["east", "west"]},
    )
    found = [v.utility[0] for v in weighed(scenario).verdicts]
    of_six = [0.9, 0.5, 0.5, 0.3, 0, 0.1]  # each land without and with the water
    assert_allclose(found, [0.3, 0.5, 0, np.mean(of_six)])


@pytest.mark.parametrize(("rank", "together"), [(1, 0.5), (-1, 0.0)])
def test_joint_acceptance_is_counted_and_never_multiplied(rank: float, together: float):
    level = {"threshold": {"uniform": [0, 1]}}
    written = valley(level, level, deal={"land": "half"}).model_dump(by_alias=True)
    between = ["parties.east.threshold", "parties.west.threshold"]
    written["parties"]["east"]["weights"] = written["parties"]["west"]["weights"] = {"land": 1}
    written["correlations"] = [{"between": between, "rank": rank}]
    comparison = weighed(Scenario.model_validate(written), draws=4000)
    assert_allclose(comparison.probability[0], [0.5, 0.5], atol=5 * 0.5 / np.sqrt(4000))
    assert abs(comparison.probability_all[0] - together) < 5 * 0.5 / np.sqrt(4000)


def test_what_a_plan_leaves_open_is_settled_in_the_same_way_for_all():
    narrow = {"threshold": 0.75}
    scenario = valley(narrow, narrow, deal={"land": ["east", "west"], "water": ["east", "west"]})
    comparison = weighed(scenario, draws=4000)
    assert_allclose(comparison.probability[0], [0.25, 0.25], atol=5 * np.sqrt(3 / 16 / 4000))
    assert comparison.probability_all[0] == 0  # what one takes, the other lacks
    assert_allclose(comparison.drawn.utility[:, 0].sum(axis=1), 1)


def test_options_left_open_are_equally_likely():
    drawn = weighed(valley(deal={"land": ["east", "half", "west"]}), draws=6000).drawn
    for utility in (1.0, 0.75, 0.5):
        share = np.isclose(drawn.utility[:, 0, 0], utility).mean()
        assert abs(share - 1 / 3) < 5 * np.sqrt(2 / 9 / 6000)


def test_plans_that_leave_the_same_open_are_settled_in_the_same_way():
    scenario = valley(
        one={"land": ["east", "half"]},
        same={"land": ["half", "east"]},
        wider={"land": ["half", "east", "west"]},
    )
    utility = weighed(scenario, draws=3000).drawn.utility[:, :, 0]
    assert_array_equal(utility[:, 0], utility[:, 1])
    alike = (utility[:, 0] == utility[:, 2]).mean()  # all but where the wider one goes west
    assert abs(alike - 2 / 3) < 5 * np.sqrt(2 / 9 / 3000)


def test_contributions_are_named_apart_and_add_up():
    again = [{"when": {"land": "half", "water": "east"}, "add": add} for add in (-0.1, 0.3)]
    table = {"issues": ["water"], "utilities": {"east": 0.2, "west": 0.05}}
    scenario = valley(
        east={"interactions": again, "tables": [table]},
        west={"interactions": again[:1]},
        deal={"land": "half"},
    )
    comparison = weighed(scenario)
    parts = comparison.contributions[0]
    assert parts.terms == ("land", "water", "land: half + water: east", "table: water")
    assert parts.n_issues == 2
    assert_allclose(parts.adds[:, 0], [0.25, 0.5, 0.2, 0.2])
    assert_allclose(parts.adds[:, 1], [0.25, 0, -0.1, 0])
    assert_allclose(parts.lost[:, 0], [0.25, 0, 0.1, 0])  # two interactions, one of them bad
    assert_allclose(parts.lost[:, 1], [0.25, 0.5, 0.1, 0])
    assert parts.worst(1) == [1, 0, 2]
    assert parts.worst(0) == [0, 2]


def test_an_article_costs_a_mean_what_it_pulls_it_below_the_threshold():
    scored = {"land": {"east": 0.9, "half": 0.5}, "water": {"west": 0.1}}
    scenario = valley(
        east={"utility": "mean_of_included", "values": scored, "threshold": 0.4},
        both={"land": "half", "water": "west"},
    )
    parts = weighed(scenario).contributions[0]
    assert_allclose(parts.adds[:, 0], [0.25, 0.05])
    assert_allclose(parts.lost[:, 0], [(0.4 - 0.5) / 2, (0.4 - 0.1) / 2])


@settings(max_examples=20)
@given(scenario=scenarios())
def test_contributions_add_up_to_the_utility_of_every_party(scenario: Scenario):
    reading = central(scenario)
    for plan in read_plans(scenario):
        parts = contributions(reading, plan)
        assert len(set(parts.terms)) == len(parts.terms)
        total = reading.expected_utility(plan.central)[0]
        assert_allclose(parts.adds.sum(axis=0), total, atol=1e-9)
        weighted = ~reading.structure.averaged
        assert (parts.lost[:, weighted] >= -1e-9).all()
        assert parts.terms[: parts.n_issues] == scenario.space.issues


@given(scenario=scenarios(), reading=READINGS)
def test_a_plan_is_judged_as_the_definitions_say(scenario: Scenario, reading: RedLines):
    ensemble = central(scenario, red_lines=reading)
    names = list(scenario.parties)
    levels = [threshold(scenario, name, reading) for name in names]
    assert_allclose(ensemble.thresholds[0], levels, atol=1e-9)
    places = {line.path: k for k, line in enumerate(ensemble.structure.lines)}
    for plan in read_plans(scenario):
        found = verdict(ensemble, plan, reading)
        right = judge(scenario, scenario.plans[plan.name], reading)
        assert_allclose(found.utility, [right.utility[n] for n in names], atol=1e-9)
        assert_allclose(found.low, [right.low[n] for n in names], atol=1e-9)
        assert_allclose(found.high, [right.high[n] for n in names], atol=1e-9)
        assert_allclose(found.surplus, found.utility - levels, atol=1e-9)
        for column, name in enumerate(names):
            path = f"parties.{name}.red_lines.{{}}.binds"
            said = [places[path.format(k)] for k in right.crossed[name]]
            quiet = [places[path.format(k)] for k in right.crossed_by_silence[name]]
            assert list(found.crossed[column]) == said
            assert list(found.crossed_by_silence[column]) == quiet
        assert found.accepts.tolist() == [right.accepts[n] for n in names]
        assert list(found.broken) == right.infeasible
        assert found.completable == right.completable
        assert found.accepted_by_all == (not right.blockers and not right.infeasible)


@settings(max_examples=20)
@given(scenario=scenarios(), reading=READINGS, seed=st.integers(0, 99))
def test_every_draw_is_a_judgement_of_one_completion(
    scenario: Scenario, reading: RedLines, seed: int
):
    n, plans = 6, read_plans(scenario)
    drawn = acceptance(scenario, plans, n, seed=seed, red_lines=reading)
    (ensemble,) = sample(scenario, n, seed=seed, red_lines=reading)
    structure = ensemble.structure
    assert_array_equal(drawn.threshold, ensemble.thresholds)
    for k, plan in enumerate(plans):
        judged = np.zeros(n, dtype=bool)
        for row in product(*plan.open):
            worth = ensemble.utility([int(option) for option in row])
            accepts = worth >= ensemble.thresholds - 1e-9
            for i in structure.binding(reading, range(len(structure.parties))):
                line = structure.lines[i]
                accepts[:, line.party] &= ~(
                    ensemble.binds[:, i] & line.condition.holds(np.array(row))
                )
            if any(constraint.holds(np.array(row)) for constraint in structure.constraints):
                accepts[:] = False
            same = np.isclose(drawn.utility[:, k], worth, atol=1e-12).all(axis=1)
            judged |= same & (drawn.accepts[:, k] == accepts).all(axis=1)
        assert judged.all()
    if structure.required.any():
        assert_array_equal(drawn.by_all, drawn.accepts[:, :, structure.required].all(axis=2))


@settings(max_examples=25)
@given(written=scenario_dicts(), seed=st.integers(0, 99))
def test_dropping_red_lines_never_makes_anyone_refuse(written: dict[str, Any], seed: int):
    for party in written["parties"].values():  # else a level rises with what red lines let go
        for level in (party.get("disagreement"), party.get("threshold")):
            if isinstance(level, dict):
                level.pop("within", None)
    scenario = Scenario.model_validate(written)
    plans = read_plans(scenario)
    some = {
        reading: acceptance(scenario, plans, 25, seed=seed, red_lines=reading)
        for reading in ("none", "stated", "implied")
    }
    for fewer, more in (("none", "stated"), ("stated", "implied")):
        assert_array_equal(some[fewer].utility, some[more].utility)
        assert (some[fewer].accepts >= some[more].accepts).all()
        assert (some[fewer].by_all >= some[more].by_all).all()


@settings(max_examples=25)
@given(written=scenario_dicts(spans=False), data=st.data())
def test_the_order_of_issues_options_and_parties_changes_no_verdict(
    written: dict[str, Any], data: st.DataObject
):
    scenario = Scenario.model_validate(written)
    for name, plan in scenario.plans.items():  # spans hang on the order: written out as lists
        possible, scored, silent = left_open(scenario, plan)
        written["plans"][name]["picks"] = {
            issue: {"range": possible[issue]}
            | ({"pick": scored[issue][0]} if scored[issue] != possible[issue] else {})
            for issue in possible
            if issue not in silent
        }
    shuffled = deepcopy(written)
    for part in ("issues", "parties"):
        names = data.draw(st.permutations(list(written[part])))
        shuffled[part] = {name: written[part][name] for name in names}
    for issue in shuffled["issues"].values():
        if "grid" in issue:  # its points rise, however they are written
            continue
        names = data.draw(st.permutations(list(issue["options"])))
        issue["options"] = {name: issue["options"][name] for name in names}
    one, other = (
        compare(Scenario.model_validate(s), draws=20, seed=5) for s in (written, shuffled)
    )
    places = [other.parties.index(name) for name in one.parties]
    assert_allclose(other.drawn.utility[:, :, places], one.drawn.utility, atol=1e-9)
    assert_array_equal(other.drawn.accepts[:, :, places], one.drawn.accepts)
    assert_array_equal(other.probability_all, one.probability_all)
    for a, b in zip(one.verdicts, other.verdicts, strict=True):
        assert_allclose(b.utility[places], a.utility, atol=1e-9)
        assert_allclose(b.low[places], a.low, atol=1e-9)
        assert_array_equal(b.accepts[places], a.accepts)
        assert (b.broken, b.completable) == (a.broken, a.completable)


def test_the_same_seed_gives_the_same_bytes():
    level = {"threshold": {"uniform": [0.3, 0.6]}}
    scenario = valley(level, level, deal={"land": ["half", "west"]}, other={})
    one, other = weighed(scenario), weighed(scenario)
    for name in ("utility", "threshold", "accepts", "by_all"):
        assert getattr(one.drawn, name).tobytes() == getattr(other.drawn, name).tobytes()


def a_sample(n: int) -> Acceptance:
    rng = np.random.default_rng(4)
    accepts = rng.random((n, 2, 3)) < 0.6
    return Acceptance(rng.normal(size=(n, 2, 3)), np.zeros((n, 3)), accepts, accepts.all(axis=2))


def test_differences_are_paired_as_in_the_textbook():
    n, drawn = 400, a_sample(400)
    (found,) = differences(drawn)
    assert (found.first, found.second) == (0, 1)
    for party in range(3):
        gaps = [float(b - a) for a, b in drawn.utility[:, :, party]]
        mean = sum(gaps) / n
        error = (sum((gap - mean) ** 2 for gap in gaps) / (n - 1) / n) ** 0.5
        assert found.utility[party] == pytest.approx(mean)
        assert_allclose(found.interval[:, party], norm.interval(0.95, mean, error))
        assert found.better[party] == sum(gap > 0 for gap in gaps) / n
        assert found.worse[party] == sum(gap < 0 for gap in gaps) / n
    change = drawn.by_all[:, 1].astype(int) - drawn.by_all[:, 0]
    assert found.joint == pytest.approx(change.mean())
    error = change.std(ddof=1) / n**0.5
    assert_allclose(found.joint_interval, norm.interval(0.95, change.mean(), error))


def test_pairing_sees_what_two_separate_samples_would_not():
    noise = np.random.default_rng(1).normal(size=(50, 1, 1))
    utility = np.concatenate([noise, noise + 0.01], axis=1)
    drawn = Acceptance(utility, np.zeros((50, 1)), utility > 9, utility[:, :, 0] > 9)
    (found,) = differences(drawn)
    assert_allclose(found.interval, 0.01)
    assert found.better.tolist() == [1]


def test_one_draw_says_nothing_of_how_sure_a_difference_is():
    (found,) = differences(a_sample(1))
    assert_array_equal(found.interval[0], -np.inf)
    assert_array_equal(found.interval[1], np.inf)
    assert found.joint_interval.tolist() == [-np.inf, np.inf]


@given(n=st.integers(1, 500), data=st.data())
def test_the_interval_of_a_share_is_wilsons(n: int, data: st.DataObject):
    k = data.draw(st.integers(0, n))
    low, high = wilson(np.array([k / n]), n)
    right = binomtest(k, n).proportion_ci(method="wilson")
    assert_allclose([low[0], high[0]], [right.low, right.high], atol=1e-12)
