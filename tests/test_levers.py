"""What a third party could do: which levers open the zone, at what cost, and which close it."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from rich.console import Console

from sim.cli import levers, screen
from sim.comparison import compare
from sim.errors import InputError
from sim.feasible.chance import zone_chance
from sim.feasible.lever_choice import cheapest_first, efficient_budgets, smallest_among
from sim.formats.answers.levers import levers_json
from sim.levers import LeverStudy, study_levers
from sim.levers.asking import Question, signs
from sim.levers.paying import CLASH
from sim.levers.wording import budgets_finding, hazard_findings, opening_finding
from sim.preferences.uncertain import expected
from sim.problem import Problem
from sim.sampling import central, central_under, sample, sample_under
from sim.scenario import Scenario
from sim.structure import Structure
from tests.strategies import scenario_dicts, scenarios

NEAR = 1e-9


def pie(levers: dict, **parts) -> Scenario:
    """Ten slices between Ann, who must have six of them, and Bob, who must have seven."""
    slices = {f"s{k}": f"{k} slices for Ann" for k in range(11)}
    file = {
        "zopa": 1,
        "title": "A pie",
        "issues": {"pie": {"title": "Slices", "options": slices, "status_quo": "s0"}},
        "parties": {
            "ann": {
                "name": "Ann", "disagreement": 0.6,
                "values": {"pie": {f"s{k}": k / 10 for k in range(11)}},
            },
            "bob": {
                "name": "Bob", "disagreement": 0.5, "threshold": 0.7,
                "values": {"pie": {f"s{k}": 1 - k / 10 for k in range(11)}},
            },
        },
        "levers": levers,
    } | parts  # fmt: skip
    return Scenario.model_validate(file)


def lever(cost: float = 0.0, **effects) -> dict:
    return {"by": "the baker", "effects": effects, "cost": cost}


def levels(scenario: Scenario, *levers: str) -> tuple[list[float], list[float]]:
    one = central(scenario, levers=levers)
    return one.disagreement[0].round(12).tolist(), one.thresholds[0].round(12).tolist()


# --- what a lever does to the numbers


def test_a_threshold_left_out_follows_the_disagreement_value():
    scenario = pie({"hunger": lever(ann={"disagreement": -0.2})})
    assert levels(scenario) == ([0.6, 0.5], [0.6, 0.7])
    assert levels(scenario, "hunger") == ([0.4, 0.5], [0.4, 0.7])


def test_a_threshold_of_its_own_does_not_follow_until_no_deal_is_worth_more():
    scenario = pie(
        {"hunger": lever(bob={"disagreement": -0.2}), "alms": lever(bob={"disagreement": 0.3})}
    )
    assert levels(scenario, "hunger") == ([0.6, 0.3], [0.6, 0.7])
    assert levels(scenario, "alms") == ([0.6, 0.8], [0.6, 0.8])


def test_levers_on_one_number_add_up():
    scenario = pie(
        {"vote": lever(bob={"threshold": -0.1}), "oath": lever(bob={"threshold": -0.05})}
    )
    assert levels(scenario, "vote", "oath")[1] == [0.6, 0.55]


def test_a_share_of_the_best_and_a_margin_follow_what_a_lever_makes_of_the_best():
    shared = {
        "name": "Ann", "disagreement": {"share_of_best": 0.5},
        "threshold": {"above_disagreement": 0.1}, "values": {"pie": {"s0": 0, "s10": 0.8}},
    }  # fmt: skip
    base = pie({"cream": lever(ann={"values": {"pie": {"s10": 0.2}}})})
    dumped = base.model_dump(by_alias=True, exclude_none=True)
    dumped["issues"]["pie"] = {"title": "Slices", "options": {"s0": "none", "s10": "all"}}
    dumped["parties"] = {
        "ann": shared,
        "bob": {"name": "Bob", "values": {"pie": {"s0": 1, "s10": 0}}},
    }
    scenario = Scenario.model_validate(dumped)
    assert levels(scenario) == ([0.4, 0.0], [0.5, 0.0])
    assert levels(scenario, "cream") == ([0.5, 0.0], [0.6, 0.0])


def test_a_shift_of_a_value_counts_with_the_weight_of_the_issue():
    issues = {
        name: {"title": name, "options": {"no": "no", "yes": "yes"}} for name in ("land", "peace")
    }
    values = {name: {"no": 0.0, "yes": 1.0} for name in issues}
    weights = {"land": 3, "peace": 1}
    scenario = Scenario.model_validate(
        {
            "zopa": 1, "title": "Two issues", "issues": issues,
            "parties": {"ann": {"name": "Ann", "weights": weights, "values": values}},
            "levers": {"pact": lever(ann={"values": {"peace": {"yes": 0.4}}})},
        }
    )  # fmt: skip
    before, after = (central(scenario, levers=names) for names in ((), ("pact",)))
    change = [b - a for a, b in zip(before.terms, after.terms, strict=True)]
    assert_allclose(change[0], 0)
    assert_allclose(change[1][0, :, 0], [0, 0.25 * 0.4])


def test_who_has_no_say_on_an_issue_gains_nothing_from_a_lever_on_it():
    scenario = pie({"cream": lever(bob={"values": {"pie": {"s0": 1}}})})
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    dumped["issues"]["tip"] = {"title": "Tip", "options": {"no": "no", "yes": "yes"}}
    dumped["parties"]["bob"] |= {"say": ["tip"], "values": {"tip": {"no": 1, "yes": 0}}}
    silent = Scenario.model_validate(dumped)
    for a, b in zip(central(silent).terms, central(silent, levers=["cream"]).terms, strict=True):
        assert_array_equal(a, b)


def test_an_unknown_lever_is_named_with_the_nearest_one():
    with pytest.raises(InputError, match="no lever is called 'hungr'; did you mean 'hunger'"):
        central(pie({"hunger": lever(ann={"disagreement": -0.2})}), levers=["hungr"])


@given(scenario_dicts(levers=True, uncertain=False, shares=False), st.integers(0, 15))
def test_a_lever_does_what_writing_its_shifts_into_the_file_does(file: dict, which: int):
    names = [name for k, name in enumerate(file["levers"]) if which >> k & 1]
    scenario = Scenario.model_validate(file)
    for name in names:
        for party, shift in file["levers"][name]["effects"].items():
            write_into(file["parties"][party], shift, scenario)
    baked, pushed = central(Scenario.model_validate(file)), central(scenario, levers=names)
    assert_allclose(pushed.disagreement, baked.disagreement, atol=1e-12)
    assert_allclose(pushed.thresholds, baked.thresholds, atol=1e-12)
    for a, b in zip(pushed.terms, baked.terms, strict=True):
        assert_allclose(a, b, atol=1e-12)


def number(written) -> float:
    return written["value"] if isinstance(written, dict) else written


def write_into(party: dict, shift: dict, scenario: Scenario) -> None:
    d, r = (number(shift.get(level, 0)) for level in ("disagreement", "threshold"))
    if "threshold" in party or r:
        own = party.get("threshold", {"above_disagreement": 0})
        relative = isinstance(own, dict) and "above_disagreement" in own
        margin = number(own["above_disagreement"]) if relative else number(own)
        party["threshold"] = {"above_disagreement": margin + r} if relative else margin + r
    party["disagreement"] = number(party.get("disagreement", 0)) + d
    for issue, options in shift.get("values", {}).items():
        if issue in party["values"]:
            values = spelled_out(party["values"][issue], scenario, issue)
            for option, by in options.items():
                if option in values:
                    values[option] = number(values[option]) + number(by)
            party["values"][issue] = values


def spelled_out(values: dict, scenario: Scenario, issue: str) -> dict:
    """Write the central reading of an order or a line option by option."""
    if "order" in values and len(values["order"]) > 1:
        levels = [level if isinstance(level, list) else [level] for level in values["order"]]
        steps = len(levels) - 1
        return {str(o): 1 - k / steps for k, level in enumerate(levels) for o in level}
    if "line" in values:
        places = sorted(values["line"], key=float)
        heights = [number(values["line"][place]) for place in places]
        points = scenario.issues[issue].options
        at = np.interp([float(p) for p in points], [float(p) for p in places], heights)
        return dict(zip(points, at.tolist(), strict=True))
    return values


# --- common random numbers


SOME = {"uncertain": True, "levers": True, "averaged": False}


@settings(max_examples=12)
@given(scenarios(**SOME), st.integers(0, 100))
def test_combinations_differ_by_their_levers_alone(scenario: Scenario, seed: int):
    names = list(scenario.levers)
    some = np.array(list(product([False, True], repeat=len(names))))
    (under,) = sample_under(scenario, 7, seed=seed)
    stacked = under.ensemble(some)
    assert stacked.n_draws == 7 * len(some)
    for k, members in enumerate(some):
        chosen = [name for name, inside in zip(names, members, strict=True) if inside]
        (alone,) = sample(scenario, 7, seed=seed, levers=chosen)
        here = stacked.take(slice(7 * k, 7 * k + 7))
        assert_allclose(here.thresholds, alone.thresholds, atol=1e-12)
        assert_allclose(here.disagreement, alone.disagreement, atol=1e-12)
        assert_array_equal(here.binds, alone.binds)
        for a, b in zip(here.terms, alone.terms, strict=True):
            assert_allclose(a, b, atol=1e-12)
        for a, b in zip(here.bonuses, alone.bonuses, strict=True):
            assert_array_equal(a.amount, b.amount)


def test_what_a_lever_does_is_drawn_apart_from_everything_else():
    unsure = {"disagreement": {"uniform": [-0.3, 0.0]}}
    base = pie({"hunger": lever(ann=unsure), "thirst": lever(ann=unsure)})
    (without,) = sample(base, 50)
    (hungry,) = sample(base, 50, levers=["hunger"])
    (both,) = sample(base, 50, levers=["thirst", "hunger"])
    fell = hungry.disagreement - without.disagreement
    assert ((fell[:, 0] <= 0) & (fell[:, 0] >= -0.3)).all()
    assert fell[:, 0].std() > 0.05
    assert_array_equal(fell[:, 1], 0)
    more = both.disagreement[:, 0] - hungry.disagreement[:, 0]
    assert abs(np.corrcoef(more, fell[:, 0])[0, 1]) < 0.5  # thirst has draws of its own


# --- which open the zone


def test_the_cheapest_levers_that_open_the_pie():
    # Ann insists on 0.6 and Bob on 0.7: three tenths are missing
    scenario = pie(
        {
            "hunger": lever(0.2, ann={"disagreement": -0.2}),
            "vote": lever(0.1, bob={"threshold": -0.1}),
            "feast": lever(0.3, ann={"disagreement": -0.3}),
            "alms": lever(0.0, bob={"disagreement": 0.25}),
        }
    )
    study = study_levers(scenario, draws=0)
    choice = study.choice
    assert choice.without.empty is True
    assert choice.without.surplus == pytest.approx(-0.2)  # ten slices do not halve three tenths
    assert [opening.levers for opening in choice.opening] == [("feast",), ("hunger", "vote")]
    assert choice.least == pytest.approx(0.3)
    assert choice.exact
    assert (choice.looked_at, choice.combinations) == (16, 16)
    feast, both = choice.opening
    assert_allclose(feast.utilities, [0.3, 0.7])
    assert_allclose(both.utilities, [0.4, 0.6])
    said = opening_finding(study)
    assert said.endswith("A zone would be opened at least cost, 0.30, by feast or hunger + vote.")


def test_aid_that_makes_no_deal_more_bearable_closes_what_other_levers_open():
    scenario = pie(
        {
            "feast": lever(0.3, ann={"disagreement": -0.3}),
            "alms": lever(0.0, bob={"disagreement": 0.35}),
        }
    )
    study = study_levers(scenario, draws=0)
    feast, alms = study.effects
    assert feast.opens
    assert not feast.shrinks
    assert alms.shrinks
    assert not alms.closes  # there was no zone to close
    assert alms.closed_when_added == (("feast",),)
    assert [added.levers for added in alms.added] == [("feast", "alms")]
    assert "alms closes the zone that feast would open." in hazard_findings(study)


def test_a_lever_that_closes_a_zone_that_exists():
    scenario = pie({"alms": lever(0.1, bob={"disagreement": 0.3})}, parties=pie({}).parties)
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    dumped["parties"]["ann"]["disagreement"] = 0.3
    study = study_levers(Scenario.model_validate(dumped), draws=20)
    assert study.choice.opening[0].levers == ()
    assert study.choice.least == 0
    (alms,) = study.effects
    assert alms.closes
    assert alms.shrinks
    assert study.budgets.changed((), ("alms",)) == (0, 20)
    assert opening_finding(study).startswith("A zone exists without any lever.")


def test_where_nothing_opens_the_zone_the_nearest_combination_has_no_needless_lever():
    scenario = pie(
        {
            "vote": lever(0.1, bob={"threshold": -0.05}),
            "oath": lever(0.1, bob={"threshold": -0.05}),
            "alms": lever(0.0, bob={"disagreement": 0.25}),
            "song": lever(0.0, ann={"values": {"pie": {"s0": 0.01}}}),
        }
    )
    choice = study_levers(scenario, draws=0).choice
    assert choice.opening == ()
    assert choice.exact
    assert choice.nearest.levers == ("vote", "oath")
    assert choice.nearest.surplus == pytest.approx(-0.1)
    assert choice.nearest_exact


def test_no_lever_acts_on_red_lines():
    scenario = pie({"feast": lever(0.3, ann={"disagreement": -0.3})})
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    low, high = [f"s{k}" for k in range(6)], [f"s{k}" for k in range(6, 11)]
    dumped["parties"]["ann"]["red_lines"] = [{"when": {"pie": low}}]
    dumped["parties"]["bob"]["red_lines"] = [{"when": {"pie": high}}]
    study = study_levers(Scenario.model_validate(dumped), draws=10)
    assert study.choice.opening == ()
    assert study.choice.exact
    assert study.choice.nearest is None
    assert study.payments.least is None
    assert (study.budgets.chances == 0).all()
    assert "no lever acts on red lines" in opening_finding(study)
    json.dumps(levers_json(study), allow_nan=False)


def by_definition(scenario: Scenario, red_lines: str) -> tuple[list, dict]:
    """Ask of every combination, one by one, whether some package is acceptable to all."""
    names = list(scenario.levers)
    costs = {name: expected(item.cost) for name, item in scenario.levers.items()}
    surplus = {}
    for size in product([False, True], repeat=len(names)):
        chosen = tuple(name for name, inside in zip(names, size, strict=True) if inside)
        one = central(scenario, red_lines=red_lines, levers=chosen)
        _, utilities = Problem.from_draw(one, red_lines=red_lines).enumerate()
        who = one.structure.columns()
        over = (utilities - one.thresholds[0, who]).min(axis=1)
        surplus[chosen] = over.max(initial=-np.inf)
    cost = {chosen: sum(costs[name] for name in chosen) for chosen in surplus}
    able = [chosen for chosen, most in surplus.items() if most >= -NEAR]
    least = min((cost[chosen] for chosen in able), default=np.inf)
    tied = [set(chosen) for chosen in able if cost[chosen] <= least + NEAR]
    smallest = [one for one in tied if not any(other < one for other in tied)]
    return smallest, surplus


@settings(max_examples=20)
@given(scenarios(levers=True), st.sampled_from(["none", "stated", "implied"]))
def test_no_combination_opens_the_zone_for_less(scenario: Scenario, red_lines: str):
    smallest, surplus = by_definition(scenario, red_lines)
    choice = study_levers(scenario, red_lines=red_lines, draws=0).choice
    assert choice.exact
    assert sorted(map(sorted, smallest)) == sorted(sorted(o.levers) for o in choice.opening)
    for opening in choice.opening:
        assert opening.empty is False
        assert opening.surplus == pytest.approx(surplus[opening.levers], abs=1e-8)
    if choice.nearest is not None:
        assert choice.nearest.surplus == pytest.approx(max(surplus.values()), abs=1e-8)


@settings(max_examples=15)
@given(scenarios(levers=True), st.sampled_from(["none", "stated"]), st.integers(0, 100))
def test_every_draw_under_every_combination_is_answered_as_if_asked_alone(
    scenario: Scenario, red_lines: str, seed: int
):
    study = study_levers(scenario, red_lines=red_lines, draws=9, seed=seed)
    budgets = study.budgets
    assert budgets.exact
    without = zone_chance(scenario, 9, seed=seed, red_lines=red_lines)
    assert budgets.chances[budgets.place(())] == pytest.approx(without.share)
    for place in range(len(budgets.combinations)):
        chosen = budgets.levers(place)
        (drawn,) = sample(scenario, 9, seed=seed, red_lines=red_lines, levers=chosen)
        for k in range(9):
            problem = Problem.from_draw(drawn, k, red_lines=red_lines)
            _, utilities = problem.enumerate()
            over = (utilities - problem.thresholds).min(axis=1).max(initial=-np.inf)
            if abs(over) > 1e-7:
                assert budgets.answers[place, k] == (over > 0)


# --- budgets


def test_the_chance_of_a_zone_grows_with_the_budget():
    # Bob's threshold is anything from 0.4 to 0.8: a zone exists where both fit into the pie
    unsure = {"threshold": {"uniform": [0.4, 0.8]}, "disagreement": 0.0}
    scenario = pie(
        {
            "hunger": lever({"uniform": [0.1, 0.3]}, ann={"disagreement": -0.1}),
            "feast": lever(0.3, ann={"disagreement": -0.3}),
            "alms": lever(0.05, bob={"disagreement": 0.9}),
        }
    )
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    dumped["parties"]["bob"] |= unsure
    study = study_levers(Scenario.model_validate(dumped), draws=2000, seed=3)
    budgets = study.budgets
    ways = [budgets.levers(k) for k in budgets.efficient]
    # 0.4 is left for Bob: never enough; then 0.5: a quarter; 0.7: three quarters; 0.8: always
    assert ways == [(), ("hunger",), ("feast",), ("hunger", "feast")]
    assert_allclose(budgets.combinations.costs[budgets.efficient], [0, 0.2, 0.3, 0.5])
    for place, chance in zip(budgets.efficient, [0, 0.25, 0.75, 1], strict=True):
        low, high = budgets.interval(place)
        assert low <= chance <= high
    assert budgets.changed((), ("alms",)) == (0, 0)
    assert "0 % of 2,000 draws" in budgets_finding(study).replace("\N{NO-BREAK SPACE}", " ")


def test_of_combinations_that_cost_the_same_only_the_likeliest_counts():
    places = efficient_budgets(np.array([0.0, 0.1, 0.1, 0.2]), np.array([0.2, 0.3, 0.5, 0.5]))
    assert places.tolist() == [0, 2]


@given(st.lists(st.integers(-2, 5), min_size=0, max_size=7), st.integers(1, 140))
def test_combinations_are_listed_by_rising_cost_without_listing_all(costs: list[int], most: int):
    every = sorted(sum(c for c, b in zip(costs, bits, strict=True) if b)
                   for bits in product([0, 1], repeat=len(costs)))  # fmt: skip
    listed = cheapest_first(np.array(costs, dtype=float), most=most)
    assert listed.complete is (len(every) <= most)
    assert_allclose(listed.costs, every[:most])
    assert_allclose(listed.members @ np.array(costs, dtype=float), listed.costs)
    assert len({tuple(m) for m in listed.members.tolist()}) == len(listed)


@given(st.integers(0, 2**16))
def test_what_is_kept_holds_nothing_that_is_kept(seed: int):
    members = np.unique(np.random.default_rng(seed).random((9, 4)) < 0.5, axis=0)
    sets = [set(np.flatnonzero(m)) for m in members]
    kept = smallest_among(members)
    assert kept.tolist() == [
        k for k, own in enumerate(sets) if not any(other < own for other in sets)
    ]


def test_only_what_can_do_nothing_else_is_taken_to_help_or_to_hurt():
    scenario = pie(
        {
            "helps": lever(
                ann={"disagreement": {"uniform": [-0.2, 0]}, "values": {"pie": {"s1": 1}}}
            ),
            "hurts": lever(bob={"threshold": {"triangular": [0, 0.1, 0.2]}}),
            "either": lever(bob={"threshold": {"uniform": [-0.1, 0.1]}}),
            "unsure": lever(ann={"disagreement": {"normal": [-0.5, 0.1]}}),
            "mixed": lever(ann={"disagreement": -0.1}, bob={"disagreement": 0.1}),
            "idle": lever(bob={}),
        }
    )  # fmt: skip
    question = Question(Structure(scenario), "stated", ("ann", "bob"), np.inf)
    helps, hurts = signs(question)
    names = np.array(list(scenario.levers))
    assert names[helps].tolist() == ["helps", "idle"]
    assert names[hurts].tolist() == ["hurts", "idle"]


def test_a_value_is_not_taken_to_help_who_asks_for_a_share_of_the_best():
    # ann's half of the best grows faster than what the others can give her
    scenario = pie({"cream": lever(ann={"values": {"pie": {"s10": 1.0}}})})
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    dumped["parties"]["ann"]["disagreement"] = {"share_of_best": 0.3}
    study = study_levers(Scenario.model_validate(dumped), draws=5)
    (cream,) = study.effects
    assert cream.closes
    assert study.budgets.chances.tolist() == [1, 0]


# --- paying for plans


def test_red_lines_and_constraints_cannot_be_paid_for():
    scenario = pie(
        {},
        plans={
            "even": {"title": "Even", "picks": {"pie": "s5"}},
            "all": {"title": "All for Ann", "picks": {"pie": "s10"}},
        },
        constraints=[{"forbid": {"pie": "s9"}, "why": "nine is unlucky"}],
    )
    dumped = scenario.model_dump(by_alias=True, exclude_none=True)
    dumped["parties"]["bob"]["red_lines"] = [{"when": {"pie": "s10"}}]
    dumped["plans"]["nine"] = {"title": "Nine", "picks": {"pie": "s9"}}
    payments = study_levers(Scenario.model_validate(dumped), draws=0).payments
    even, all_, nine = payments.plans
    assert_allclose(even.payments, [0.1, 0.2])
    assert even.stands_in_the_way == ()
    assert all_.stands_in_the_way == ("bob refuses pie: s10 (stated)",)
    assert nine.stands_in_the_way == ("constraint: never pie: s9",)
    assert payments.budgets == [(pytest.approx(0.3), ["even"])]
    assert payments.least_payments.sum() == pytest.approx(0.3)
    assert payments.own.enough is False  # one pie, and thirteen tenths are asked for
    assert payments.own.balance == pytest.approx(-0.3)


@settings(max_examples=25)
@given(scenarios(uncertain=False), st.sampled_from(["none", "stated", "implied"]))
def test_a_plan_needs_no_payment_exactly_where_all_accept_it(scenario: Scenario, red_lines: str):
    study = study_levers(scenario, red_lines=red_lines, draws=0)
    verdicts = compare(scenario, draws=1, red_lines=red_lines).verdicts
    for paid, verdict in zip(study.payments.plans, verdicts, strict=True):
        free = paid.total == 0 and not paid.stands_in_the_way
        if paid.stands_in_the_way == (CLASH,):
            assert verdict.plan.unsettled
        else:
            assert free == verdict.accepted_by_all


def test_a_plan_that_red_lines_leave_no_way_to_settle_cannot_be_paid_for():
    plans = {"open": {"title": "Either", "picks": {"pie": ["s2", "s8"]}}}
    dumped = pie({}, plans=plans).model_dump(by_alias=True, exclude_none=True)
    dumped["parties"]["ann"]["red_lines"] = [{"when": {"pie": "s2"}}]
    one_way = study_levers(Scenario.model_validate(dumped), draws=0)
    assert one_way.payments.plans[0].stands_in_the_way == ()
    dumped["parties"]["bob"]["red_lines"] = [{"when": {"pie": "s8"}}]
    no_way = study_levers(Scenario.model_validate(dumped), draws=0)
    assert no_way.payments.plans[0].stands_in_the_way == (CLASH,)
    assert no_way.payments.budgets == []


# --- limits, words, keys


def test_a_study_that_runs_out_of_time_says_what_it_does_not_know():
    scenario = pie({f"l{k}": lever(0.1, bob={"threshold": -0.01}) for k in range(12)})
    study = study_levers(scenario, draws=3000, time_limit=0.0)
    budgets = study.budgets
    assert not budgets.exact
    assert budgets.unsettled.max() == 1
    assert budgets.interval(0) == pytest.approx((0, 1))
    assert not study.choice.exact


def test_more_levers_than_can_be_combined_are_looked_at_from_the_cheapest_on():
    fall = {"disagreement": -0.2, "threshold": -0.2}
    scenario = pie({f"l{k}": lever(0.1 * (k + 1), bob=fall) for k in range(18)})
    choice = study_levers(scenario, draws=0).choice
    assert choice.combinations == 2**18
    assert choice.exact  # nothing that was left out is as cheap
    assert [opening.levers for opening in choice.opening] == [("l0", "l1")]


def test_that_nothing_opens_is_proven_without_looking_at_every_combination():
    scenario = pie({f"l{k}": lever(0.1, bob={"threshold": -0.2}) for k in range(18)})
    choice = study_levers(scenario, draws=0).choice
    assert choice.opening == ()
    assert choice.looked_at < choice.combinations
    assert choice.exact  # all levers at once bring Bob down to 0.5, what no deal gives him
    assert len(choice.nearest.levers) == 1
    assert choice.nearest.surplus == pytest.approx(-0.1)


def test_what_opens_the_zone_beyond_the_combinations_listed_is_shown_but_not_called_cheapest():
    fall = {"disagreement": -0.021, "threshold": -0.021}
    study = study_levers(pie({f"l{k}": lever(0.1, bob=fall) for k in range(18)}), draws=0)
    choice = study.choice
    assert not choice.exact
    (opening,) = choice.opening
    assert len(opening.levers) == 15  # 0.3 is missing, and 14 levers take 0.294
    assert opening.empty is False
    assert "not settled" in opening_finding(study)


def study_of(scenario: Scenario) -> LeverStudy:
    return study_levers(scenario, draws=10)


@settings(max_examples=15)
@given(scenarios(levers=True))
def test_the_answer_is_json_and_has_an_entry_for_every_lever(scenario: Scenario):
    answer = levers_json(study_of(scenario))
    json.dumps(answer, allow_nan=False)
    assert [entry["lever"] for entry in answer["levers"]] == list(scenario.levers)
    curve = [point["probability"] for point in answer["budgets"]["efficient"]]
    assert curve == sorted(curve)
    assert set(answer) == {"levers", "opening", "budgets", "side_payments", "pressure"}


def test_a_study_is_printed_for_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setattr(screen, "answers", Console(width=80, highlight=False))
    scenario = pie(
        {
            "feast": lever(0.3, ann={"disagreement": {"uniform": [-0.4, -0.2]}}),
            "alms": lever(0.0, bob={"disagreement": 0.25}),
        },
        plans={"even": {"title": "Even", "picks": {"pie": "s5"}}},
    )
    levers.print_levers(study_of(scenario))
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    printed = " ".join(printed.split())
    assert "not advice, not a forecast" in printed
    assert "alms closes the zone that feast would open" in printed
    assert "Ann's no-deal value −0.30 (−0.40 to −0.20)" in printed


def test_at_the_centre_a_combination_is_what_reading_with_its_levers_gives():
    scenario = pie({"a": lever(ann={"disagreement": -0.1}), "b": lever(bob={"threshold": -0.1})})
    stacked = central_under(scenario).ensemble(np.array([[False, True], [True, True]]))
    assert_allclose(stacked.thresholds, [[0.6, 0.6], [0.5, 0.6]])
