"""The problem as a sum of blocks holds exactly the outcomes and utilities of the definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import conditions, scenario_dicts, scenarios

from sim.assembly import assemble
from sim.condition import Condition
from sim.errors import InputError
from sim.issues import OutcomeSpace
from sim.partition import allowed_choices, groups, meets
from sim.problem import Block, Problem
from sim.sampling import central, sample
from sim.scenario import RedLines, Scenario

READINGS = st.sampled_from(["none", "stated", "implied"])
FENCE: dict[str, Any] = {
    "zopa": 1,
    "title": "Two neighbours and a fence",
    "issues": {
        "height": {"title": "Height", "options": {"low": "1 m", "mid": "1.5 m", "high": "2 m"}},
        "cost": {"title": "Who pays", "options": {"ann": "Ann", "half": "Half each"}},
    },
    "parties": {
        "ann": {
            "name": "Ann",
            "weights": {"height": 3, "cost": 1},
            "values": {
                "height": {"low": 0, "mid": 0.6, "high": 1},
                "cost": {"order": ["half", "ann"]},
            },
            "interactions": [{"when": {"height": "high", "cost": "ann"}, "add": -0.25}],
            "disagreement": 0.2,
            "threshold": {"above_disagreement": 0.1},
            "red_lines": [{"when": {"height": "low"}}],
        },
        "bob": {
            "name": "Bob",
            "values": {
                "height": {"order": ["low", ["mid", "high"]]},
                "cost": {"ann": 1, "half": 0},
            },
            "disagreement": {"share_of_best": 0.4},
            "red_lines": [{"when": {"height": "high"}, "kind": "implied"}],
        },
        "eve": {
            "name": "Eve",
            "consent": "advisory",
            "say": ["height"],
            "values": {"height": {"high": 1, "mid": 0, "low": 0}},
            "red_lines": [{"when": {"height": "mid"}}],
        },
    },
    "constraints": [{"forbid": {"height": "low", "cost": "half"}, "why": "too small to share"}],
}  # fmt: skip


def fence() -> Scenario:
    return Scenario.model_validate(FENCE)


def test_the_fence_can_be_checked_on_paper():
    problem = Problem.from_scenario(fence(), red_lines="none")
    choices, utilities = problem.enumerate()
    assert choices.tolist() == [[0, 0], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert_allclose(utilities[:, 0], [0, 0.45, 0.7, 0.75 - 0.25, 1])  # 3/4 height, 1/4 cost
    assert_allclose(utilities[:, 1], [1, 0.5, 0, 0.5, 0])  # half each
    assert_allclose(problem.disagreement, [0.2, 0.4])
    assert_allclose(problem.thresholds, [0.3, 0.4])
    assert len(problem.blocks) == 1


@pytest.mark.parametrize(
    ("reading", "heights"),
    [("none", {0, 1, 2}), ("stated", {1, 2}), ("implied", {1})],
)
def test_red_lines_of_signatories_rule_outcomes_out(reading: RedLines, heights: set[int]):
    choices, _ = Problem.from_scenario(fence(), red_lines=reading).enumerate()
    assert set(choices[:, 0].tolist()) == heights  # Eve only advises: hers rules nothing out


def test_an_issue_that_nothing_ties_is_a_block_of_its_own():
    plain = {**FENCE, "constraints": []}
    problem = Problem.from_scenario(Scenario.model_validate(plain), parties=["bob", "eve"])
    assert [block.issues for block in problem.blocks] == [(0,), (1,)]
    assert len(problem.blocks[0]) == 2  # Ann's red line holds whoever is looked at
    assert problem.n_outcomes == 4


def test_parties_stand_in_the_order_asked_for():
    problem = Problem.from_scenario(fence(), parties=["eve", "ann"], red_lines="none")
    assert_allclose(problem.utility([2, 1]), [1, 1])
    assert_allclose(problem.utility([1, 1]), [0, 0.7])
    assert_allclose(problem.for_parties([1]).utility([1, 1]), [0.7])


def test_a_party_that_is_unknown_is_named_with_the_nearest():
    with pytest.raises(InputError, match="no party is called 'an'; did you mean 'ann'"):
        Problem.from_scenario(fence(), parties=["an"])


def test_without_a_signatory_parties_have_to_be_named():
    parties = {k: {**p, "consent": "advisory"} for k, p in FENCE["parties"].items()}
    advised = Scenario.model_validate({**FENCE, "parties": parties})
    with pytest.raises(InputError, match="no party's consent is required"):
        Problem.from_scenario(advised)
    assert Problem.from_scenario(advised, parties=["bob"]).n_outcomes == 5


def test_an_outcome_that_is_not_allowed_has_no_utility():
    problem = Problem.from_scenario(fence(), red_lines="none")
    with pytest.raises(KeyError, match="not allowed"):
        problem.utility([0, 1])


def test_more_outcomes_than_can_be_listed_are_refused():
    with pytest.raises(ValueError, match="too many to list"):
        Problem.from_scenario(fence()).enumerate(limit=3)


def tied_issues(pairs: list[tuple[int, int]]) -> Scenario:
    """Eight issues of ten options, of which some pairs interact."""
    options = dict.fromkeys([f"o{k}" for k in range(10)], "…")
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "Tied",
            "issues": {f"i{k}": {"title": "…", "options": options} for k in range(8)},
            "parties": {"ann": {"name": "Ann", "interactions": [
                {"when": {f"i{a}": "o0", f"i{b}": "o0"}, "add": 1} for a, b in pairs
            ]}},
        }
    )  # fmt: skip


def test_a_long_chain_of_interactions_is_no_longer_to_list_than_its_links():
    problem = Problem.from_scenario(tied_issues([(k, k + 1) for k in range(7)]))
    assert sum(map(len, problem.blocks)) == 700
    assert problem.n_outcomes == 10**8
    assert_array_equal(problem.best(), [7])


def test_issues_all_tied_to_all_are_refused_by_name_where_they_must_be_listed():
    everything = central(tied_issues([(a, b) for b in range(8) for a in range(b)]))
    with pytest.raises(InputError) as refusal:
        assemble(everything, [0], [])
    said = str(refusal.value)
    assert "8 issues are tied together" in said
    assert "100,000,000 joint choices" in said
    assert "i0, i1, i2, i3, i4, i5, i6, i7" in said


def test_a_space_of_any_size_is_counted_to_the_last_outcome():
    blocks = tuple(Block((k,), np.arange(7)[:, None], np.zeros((7, 2))) for k in range(40))
    assert Problem(blocks, np.zeros(2), np.zeros(2)).n_outcomes == 7**40


def test_a_problem_without_outcomes_says_that_nothing_can_be_had():
    none = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    some = Block((1,), np.arange(2)[:, None], np.ones((2, 2)))
    problem = Problem((none, some), np.zeros(2), np.zeros(2))
    assert problem.n_outcomes == 0
    assert problem.best().tolist() == [-np.inf, -np.inf]
    assert problem.worst().tolist() == [np.inf, np.inf]
    choices, utilities = problem.enumerate()
    assert (choices.shape, utilities.shape) == ((0, 2), (0, 2))


def test_a_plain_list_of_outcomes_is_a_problem_of_one_block():
    problem = Problem.enumerated([[3, 0], [1, 2]], [0.5, 1], thresholds=[0, 1.5])
    assert problem.thresholds.tolist() == [0.5, 1.5]  # never below the disagreement value
    assert problem.utility([1]).tolist() == [1, 2]
    assert problem.within_zone().least.tolist() == [0.5, 1.5]
    assert problem.within_zone().disagreement.tolist() == [0.5, 1]
    assert problem.at_thresholds().disagreement.tolist() == [0.5, 1.5]


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), data=st.data())
def test_outcomes_are_numbered_with_the_last_issue_fastest(sizes: list[int], data: st.DataObject):
    space = OutcomeSpace({f"i{k}": [f"o{j}" for j in range(n)] for k, n in enumerate(sizes)})
    number = data.draw(st.integers(0, space.size - 1))
    outcome = space.outcome(number)
    assert list(outcome) == list(space.issues)
    assert space.number(outcome) == number
    picks = np.unravel_index(number, sizes)
    assert outcome == space.name(np.array(picks))


@given(data=st.data())
def test_a_condition_is_met_where_each_of_its_issues_is(data: st.DataObject):
    options = {"land": ["low", "mid", "high"], "army": ["low", "high"], "law": ["low", "mid"]}
    space = OutcomeSpace(options)
    when = data.draw(conditions(options, most=3))
    condition = Condition.of(when, space)
    every = np.array([list(np.ndindex(*space.sizes))])[0]
    right = [reference.met(space.name(row), when) for row in every]
    assert condition.holds(every).tolist() == right
    assert condition.met(list(every.T)).tolist() == right
    assert [bool(condition.met(list(row))) for row in every] == right
    assert meets(condition, range(3), every).tolist() == right
    assert condition.share([np.arange(n) for n in space.sizes]) == pytest.approx(np.mean(right))
    open_ = [np.arange(n) for n in space.sizes]
    left = allowed_choices(range(3), open_, [condition])
    assert left.tolist() == every[~np.array(right)].tolist()


@given(ties=st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True), max_size=5))
def test_issues_are_grouped_by_what_ties_them(ties: list[list[int]]):
    found = groups(7, [tuple(tie) for tie in ties])
    assert sorted(issue for group in found for issue in group) == list(range(7))
    home = {issue: group for group in found for issue in group}
    assert all(len({home[issue] for issue in tie}) == 1 for tie in ties)
    touching = [{k for k, tie in enumerate(ties) if set(tie) & set(group)} for group in found]
    joined = [group for group, here in zip(found, touching, strict=True) if len(group) > 1]
    for group in joined:  # nothing in a group can be split off
        reached, rest = {group[0]}, [set(tie) for tie in ties]
        while any(tie & reached and tie - reached for tie in rest):
            reached |= set.union(*(tie for tie in rest if tie & reached))
        assert reached == set(group)


@given(scenario=scenarios(plans=False), reading=READINGS)
def test_blocks_hold_the_outcomes_and_the_utilities_of_the_definitions(
    scenario: Scenario, reading: RedLines
):
    names = list(scenario.parties)
    problem = Problem.from_scenario(scenario, red_lines=reading, parties=names)
    choices, utilities = problem.enumerate()
    signatories = reference.required(scenario)
    right = [
        outcome
        for outcome in reference.outcomes(scenario)
        if reference.allowed(scenario, outcome)
        and not any(reference.crosses(scenario, s, outcome, reading) for s in signatories)
    ]
    assert [scenario.space.name(row) for row in choices] == right
    assert problem.n_outcomes == len(right)
    worth = [[reference.utility(scenario, n, outcome) for n in names] for outcome in right]
    assert_allclose(utilities, np.array(worth).reshape(len(right), len(names)), atol=1e-9)
    for name, d, r in zip(names, problem.disagreement, problem.thresholds, strict=True):
        assert d == pytest.approx(reference.disagreement(scenario, name, reading), abs=1e-9)
        assert r == pytest.approx(reference.threshold(scenario, name, reading), abs=1e-9)
    if right:
        assert_allclose(problem.best(), np.max(worth, axis=0), atol=1e-9)
        assert_allclose(problem.worst(), np.min(worth, axis=0), atol=1e-9)
        assert_allclose(problem.utility(choices[-1]), utilities[-1], atol=1e-12)


@settings(max_examples=25)
@given(scenario=scenarios(plans=False), reading=READINGS, seed=st.integers(0, 99))
def test_a_draw_of_an_ensemble_is_a_problem(scenario: Scenario, reading: RedLines, seed: int):
    (ensemble,) = sample(scenario, 4, seed=seed, red_lines=reading)
    structure = ensemble.structure
    for k in range(4):
        problem = Problem.from_draw(ensemble, k, red_lines=reading, parties=structure.parties)
        choices, utilities = problem.enumerate()
        for row, worth in zip(choices, utilities, strict=True):
            assert_allclose(ensemble.utility(list(row))[k], worth, atol=1e-9)
        hold = [i for i in structure.binding(reading) if ensemble.binds[k, i]]
        every = np.array(list(np.ndindex(*structure.space.sizes)))
        out = np.zeros(len(every), dtype=bool)
        for condition in [*structure.constraints, *(structure.lines[i].condition for i in hold)]:
            out |= condition.holds(every)
        assert_array_equal(choices, every[~out])
        assert_array_equal(problem.thresholds, ensemble.thresholds[k])


@settings(max_examples=25)
@given(scenario=scenarios(uncertain=False, plans=False), data=st.data())
def test_what_is_settled_narrows_the_problem(scenario: Scenario, data: st.DataObject):
    names = list(scenario.parties)
    sizes = scenario.space.sizes
    open_ = [np.array(sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1)))) for n in sizes]
    ensemble = central(scenario)
    narrow = Problem.from_draw(ensemble, parties=names, options=open_)
    choices, utilities = Problem.from_draw(ensemble, parties=names).enumerate()
    inside = np.all([np.isin(choices[:, k], o) for k, o in enumerate(open_)], axis=0)
    assert_array_equal(narrow.enumerate()[0], choices[inside])
    assert_allclose(narrow.enumerate()[1], utilities[inside], atol=1e-12)


@settings(max_examples=25)
@given(written=scenario_dicts(uncertain=False, plans=False, raw=False), factor=st.integers(2, 9))
def test_weights_count_in_proportion_only(written: dict[str, Any], factor: int):
    before = Problem.from_scenario(Scenario.model_validate(written))
    for party in written["parties"].values():
        for issue, weight in party.get("weights", {}).items():
            party["weights"][issue] = factor * weight
    after = Problem.from_scenario(Scenario.model_validate(written))
    assert_allclose(after.enumerate()[1], before.enumerate()[1], atol=1e-9)
    assert_allclose(after.thresholds, before.thresholds, atol=1e-9)


def scaled(part: Any, factor: float) -> Any:
    """Multiply every number in a part of a scenario, but for the points of a grid."""
    if isinstance(part, dict):
        return {k: v if k == "when" else scaled(v, factor) for k, v in part.items()}
    if isinstance(part, list):
        return [scaled(inner, factor) for inner in part]
    return part * factor if isinstance(part, int | float) else part


@settings(max_examples=25)
@given(
    written=scenario_dicts(uncertain=False, plans=False, averaged=False),
    factor=st.sampled_from([0.5, 2.0, 8.0]),
)
def test_raw_utilities_scale_with_their_numbers(written: dict[str, Any], factor: float):
    for party in written["parties"].values():
        party["scale"] = "raw"
    before = Problem.from_scenario(Scenario.model_validate(written))
    for party in written["parties"].values():
        party["weights"] = scaled(party["weights"], factor)
        for part in ("disagreement", "threshold", "interactions", "tables"):
            relative = isinstance(party.get(part), dict) and "share_of_best" in party[part]
            if part in party and not relative:
                party[part] = scaled(party[part], factor)
    after = Problem.from_scenario(Scenario.model_validate(written))
    assert_allclose(after.enumerate()[1], factor * before.enumerate()[1], atol=1e-8)
    assert_allclose(after.thresholds, factor * before.thresholds, atol=1e-8)
