"""What must hold between the parts of a scenario, and what may well not hold."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import scenarios

from sim.consistency import inconsistencies
from sim.consistency.correlated import numbers_by_path
from sim.consistency.impossible import some_outcome
from sim.consistency.levels import utility_bounds
from sim.errors import Mistake
from sim.formats import parse_scenario, starter_scenario
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import is_uncertain
from sim.sampling import central, sample
from sim.scenario import Scenario

FENCE = {
    "zopa": 1,
    "title": "A fence",
    "issues": {
        "height": {"title": "Height", "options": {"low": "1 m", "high": "2 m"}},
        "cost": {"title": "Cost", "options": {"ann": "Ann", "bob": "Bob"}},
    },
    "parties": {
        "ann": {
            "name": "Ann",
            "values": {"height": {"low": 0, "high": 1}, "cost": {"ann": 0, "bob": 1}},
        },
        "bob": {
            "name": "Bob",
            "values": {"height": {"low": 1, "high": 0}, "cost": {"ann": 1, "bob": 0}},
        },
    },
}


def told(**more: object) -> list[str]:
    """Return what is inconsistent in the fence once ``more`` is added; ``ann`` adds to Ann."""
    ann = {**FENCE["parties"]["ann"], **more.pop("ann", {})}
    parties = {"ann": ann, "bob": FENCE["parties"]["bob"]}
    scenario = Scenario.model_validate({**FENCE, "parties": parties, **more})
    return [str(mistake) for mistake in inconsistencies(scenario)]


# What has an answer is no mistake -----------------------------------------------------------------


def test_a_party_may_refuse_everything():
    assert told(ann={"red_lines": [{"when": {"height": ["low", "high"]}}]}) == []


def test_a_plan_may_break_a_constraint():
    assert told(
        constraints=[{"forbid": {"height": "high", "cost": "bob"}, "why": "the bank"}],
        plans={"draft": {"title": "Draft", "picks": {"height": "high", "cost": "bob"}}},
    ) == []  # fmt: skip


def test_a_war_may_be_worth_more_than_any_deal():
    assert told(ann={"disagreement": 1.5}) == []


def test_a_threshold_of_zero_accepts_anything_by_design():
    assert told(ann={"threshold": 0, "values": {"height": {"low": 0.5, "high": 1},
                                                "cost": {"ann": 0.5, "bob": 1}}}) == []  # fmt: skip


def test_a_threshold_that_only_bonuses_can_reach_is_reached():
    bonus = {"when": {"height": "high"}, "add": {"uniform": [-1, 0.5]}}
    assert told(ann={"threshold": 1.4, "interactions": [bonus]}) == []
    (message,) = told(ann={"threshold": 1.6, "interactions": [bonus]})
    assert "at most 1.5" in message


def test_an_issue_may_be_valued_by_a_table_instead():
    cells = {"ann": {"low": 0, "high": 0.1}, "bob": {"low": 0.2, "high": 0.3}}
    table = {"issues": ["cost", "height"], "utilities": cells}
    assert told(ann={"values": {"height": {"low": 0, "high": 1}}, "tables": [table]}) == []


def test_a_party_needs_no_values_where_it_has_no_say():
    assert told(ann={"say": ["height"], "values": {"height": {"low": 0, "high": 1}}}) == []


def test_what_refers_to_something_unreadable_is_not_reported():
    scenario = Scenario.model_validate(
        {**FENCE, "plans": {"draft": {"title": "Draft", "picks": {"gate": "open"}}}}
    )
    assert len(list(inconsistencies(scenario))) == 1
    assert list(inconsistencies(scenario, [("issues", "gate")])) == []
    assert list(inconsistencies(scenario, [("issues",)])) == []


# Constraints that leave nothing -------------------------------------------------------------------

SIZES = {"a": 2, "b": 3, "c": 2, "d": 3}
BOXES = st.lists(
    st.dictionaries(st.sampled_from(list(SIZES)), st.integers(1, 7), min_size=1, max_size=3),
    max_size=14,
)


@given(boxes=BOXES)
def test_the_search_finds_an_outcome_exactly_when_listing_does(boxes):
    named = [{i: mask & (1 << SIZES[i]) - 1 for i, mask in box.items()} for box in boxes]
    outcomes = [dict(zip(SIZES, o, strict=True)) for o in product(*map(range, SIZES.values()))]
    listed = any(
        not any(all(mask >> outcome[i] & 1 for i, mask in box.items()) for box in named)
        for outcome in outcomes
    )
    assert some_outcome(dict(enumerate(named)), SIZES) is listed


def test_a_clash_in_a_space_of_ten_to_the_fifteenth_is_found_at_once():
    issues = {f"i{k}": {"title": "?", "options": dict.fromkeys("abcde", "?")} for k in range(22)}
    chain = [
        {"forbid": {f"i{k}": option, f"i{k + 1}": [o for o in "abcde" if o != option]}, "why": "?"}
        for k in range(21)
        for option in "abcde"
    ]  # every issue follows the one before
    ends = [{"forbid": {"i0": o, "i21": o}, "why": "but the last differs"} for o in "abcde"]
    party = {"name": "Ann", "values": {i: dict.fromkeys("abcde", 0.5) for i in issues}}
    made = {**FENCE, "issues": issues, "parties": {"ann": party}}
    fine = Scenario.model_validate({**made, "constraints": chain})
    assert list(inconsistencies(fine)) == []
    (clash,) = inconsistencies(Scenario.model_validate({**made, "constraints": chain + ends}))
    assert clash.path[:2] == ("constraints", len(chain) + 4)


def test_a_search_too_long_claims_nothing():
    pigeons, holes = 9, 8  # each pigeon in a hole, no two in one: no outcome, and hard to prove
    sizes = {f"p{k}": holes for k in range(pigeons)}
    pairs = [(a, b) for a in range(pigeons) for b in range(a)]
    boxes = [{f"p{a}": 1 << h, f"p{b}": 1 << h} for a, b in pairs for h in range(holes)]
    assert some_outcome(dict(enumerate(boxes)), sizes) is None


# Levels ----------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(scenario=scenarios(plans=False))
def test_no_utility_of_any_draw_lies_beyond_the_bounds(scenario):
    for ensemble in (central(scenario), *sample(scenario, 50, seed=1)):
        sizes = ensemble.structure.space.sizes
        utilities = [ensemble.utility(choice) for choice in product(*map(range, sizes))]
        for column, party in enumerate(scenario.parties.values()):
            low, high = utility_bounds(scenario, party)
            found = np.stack(utilities)[:, :, column]
            assert low - 1e-9 <= found.min() <= found.max() <= high + 1e-9


@pytest.mark.parametrize(
    ("weights", "best"),
    [
        ({"height": 1, "cost": 1}, 0.75),
        ({"height": 1, "cost": 3}, 0.625),
        ({"height": {"uniform": [1, 3]}, "cost": 1}, 0.875),
        ({"height": 1, "cost": {"normal": [1, 1]}}, 1.0),
        ({"height": 0, "cost": 1}, 0.5),
    ],
)
def test_the_most_that_a_party_can_get_follows_its_weights(weights, best):
    values = {"height": {"low": 0, "high": 1}, "cost": {"ann": 0, "bob": 0.5}}
    ann = {"name": "Ann", "weights": weights, "values": values}
    scenario = Scenario.model_validate({**FENCE, "parties": {"ann": ann}})
    assert utility_bounds(scenario, scenario.parties["ann"])[1] == pytest.approx(best)


# Correlations -------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(scenario=scenarios(plans=False))
def test_every_number_that_is_drawn_can_be_tied_to_another_by_its_path(scenario):
    numbers = dict(numbers_by_path(scenario))
    drawn = [p for p, number in numbers.items() if is_uncertain(number)]
    drawn = [p for p in drawn if not isinstance(numbers[p], Order)][:2]
    if len(drawn) == 2:
        tied = scenario.model_copy(
            update={"correlations": Scenario.model_validate(
                {**FENCE, "correlations": [{"between": drawn, "rank": 0.5}]}).correlations}
        )  # fmt: skip
        assert list(inconsistencies(tied)) == []


@pytest.mark.parametrize(("rank", "possible"), [(-0.45, True), (-0.5, False), (1.0, True)])
def test_three_numbers_can_run_against_one_another_only_so_far(rank, possible):
    ends = {"uniform": [0.1, 0.9]}
    cost = {"ann": ends, "bob": ends}
    between = ["parties.ann.values.cost.ann", "parties.ann.values.cost.bob",
               "parties.ann.values.height.high"]  # fmt: skip
    said = told(ann={"values": {"height": {"low": 0, "high": ends}, "cost": cost}},
                correlations=[{"between": between, "rank": rank}])  # fmt: skip
    assert (said == []) is possible


# Cascades -----------------------------------------------------------------------------------------


@given(place=st.integers(0, 10**6))
def test_one_slip_in_a_name_is_told_with_the_name_that_was_meant(place):
    """Misspell one field or name where it is used: the first message names what was meant."""
    text = starter_scenario()
    words = ["weights:", "values:", "red_lines:", "consent:", "disagreement:", "picks:"]
    words += ["bob, half", "height: high", "status_quo: half", "interactions:", "[deed1987]"]
    word = words[place % len(words)]
    name = word.strip("[]").split(",")[0].split(":")[0]
    slip = name[:2] + name[1:] if place % 2 else name[:-2] + name[-1] + name[-2]
    start = text.index(word) + word.index(name)
    broken = text[:start] + slip + text[start + len(name) :]
    with pytest.raises(ValueError, match="did you mean") as error:
        parse_scenario(broken)
    (mistake,) = error.value.mistakes
    assert f"did you mean '{name}'?" in mistake.text
    assert mistake.line == text[:start].count("\n") + 1


def test_a_mistake_says_where_it_stands():
    mistake = Mistake(("parties", "ann", "red_lines", 0), "is wrong")
    assert str(mistake) == "parties.ann.red_lines[0]: is wrong"
