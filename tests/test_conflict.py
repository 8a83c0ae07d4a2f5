"""Which demands cannot stand together, and none of them is there for nothing."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import scenarios

from benchmarks.instances import instance
from sim.ensemble import Ensemble
from sim.feasible.conflict import minimal_conflicts, smallest_conflict
from sim.feasible.demands import Demand, compatible, demands_of
from sim.feasible.red_line_prices import Standpoint, red_line_prices
from sim.feasible.standing import Standing
from sim.sampling import central
from sim.scenario import Scenario
from sim.structure import Structure
from tests.small_problems import NEAR


def fence(**changes: object) -> Scenario:
    """Two neighbours, two issues; who pays is all that Ann cares about."""
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "Fence",
            "issues": {
                "height": {"title": "Height", "options": {"low": "1 m", "high": "2 m"}},
                "cost": {"title": "Cost", "options": {"ann": "Ann", "half": "both", "bob": "Bob"}},
            },
            "parties": {
                "ann": {
                    "name": "Ann",
                    "threshold": 0.5,
                    "weights": {"cost": 1},
                    "values": {"cost": {"ann": 0, "half": 0.6, "bob": 1}},
                    "red_lines": [{"when": {"height": "low"}}],
                },
                "bob": {
                    "name": "Bob",
                    "threshold": 0.5,
                    "values": {
                        "height": {"low": 1, "high": 0},
                        "cost": {"ann": 1, "half": 0.5, "bob": 0},
                    },
                },
            },
        }
        | changes
    )


def asked(scenario: Scenario, red_lines: str = "stated") -> tuple[Ensemble, list[Demand]]:
    one = central(scenario, red_lines=red_lines)
    columns = np.flatnonzero(one.structure.required).tolist()
    return one, demands_of(one, red_lines=red_lines, columns=columns)


def test_a_high_fence_that_bob_would_only_want_for_nothing():
    one, demands = asked(fence())
    conflicts = minimal_conflicts(one, demands)
    texts = [[demand.text for demand in conflict] for conflict in conflicts.sets]
    assert texts == [
        ["ann wants at least 0.5", "bob wants at least 0.5", "ann refuses height: low (stated)"]
    ]
    assert conflicts.complete
    assert smallest_conflict(one, demands) == conflicts.sets[0]


def test_where_all_can_be_met_nothing_conflicts():
    one, demands = asked(fence(), "none")
    assert smallest_conflict(one, demands) is None
    conflicts = minimal_conflicts(one, demands)
    assert (conflicts.sets, conflicts.complete, conflicts.why) == ((), True, None)


def test_a_frozen_issue_is_no_demand_but_makes_others_conflict():
    one, demands = asked(fence(), "none")
    only_bob_pays = [np.arange(2), np.array([2])]
    assert smallest_conflict(one, demands, options=only_bob_pays) is None
    high_and_bob_pays = [np.array([1]), np.array([2])]
    conflict = smallest_conflict(one, demands, options=high_and_bob_pays)
    assert conflict is not None
    assert [demand.party for demand in conflict] == ["bob"]


def test_what_wishes_alone_make_impossible_comes_before_what_needs_a_fact():
    one, demands = asked(fence(constraints=[
        {"forbid": {"height": "high"}, "why": "a by-law"},
    ]))  # fmt: skip
    conflicts = minimal_conflicts(one, demands)
    kinds = [[demand.kind for demand in conflict] for conflict in conflicts.sets]
    assert kinds == [["threshold", "threshold", "red_line"], ["red_line", "constraint"]]
    smallest = smallest_conflict(one, demands)
    assert smallest is not None
    assert [demand.kind for demand in smallest] == ["red_line", "constraint"]


def test_a_list_cut_short_says_why():
    one, demands = asked(fence(constraints=[
        {"forbid": {"height": "high"}, "why": "a by-law"},
    ]))  # fmt: skip
    short = minimal_conflicts(one, demands, most=1)
    assert (len(short), short.complete, short.why) == (1, False, "number")
    hurried = minimal_conflicts(one, demands, time_limit=0.0)
    assert (len(hurried), hurried.complete, hurried.why) == (0, False, "time")
    assert smallest_conflict(one, demands, time_limit=0.0) is None


def test_a_long_chain_of_constraints_is_followed_without_listing_packages() -> None:
    chain = [f"i{k}" for k in range(16)]  # 43 million packages
    forbidden = [{"i0": "low"}, {"i15": ["mid", "high"]}]
    for here, there in pairwise(chain):  # what is up on one issue stays up on the next
        forbidden.append({here: ["mid", "high"], there: "low"})
        forbidden.append({here: "high", there: "mid"})
    issue = {"title": "One of many", "options": dict.fromkeys(["low", "mid", "high"], "so high")}
    ann = {
        "name": "Ann",
        "disagreement": 0,
        "values": {i: {"order": ["low", "mid", "high"]} for i in chain},
    }
    made = {
        "zopa": 1,
        "title": "A chain",
        "issues": dict.fromkeys(chain, issue),
        "parties": {"ann": ann},
        "constraints": [{"forbid": when, "why": "it cannot be"} for when in forbidden],
    }
    one, demands = asked(Scenario.model_validate(made))
    found = smallest_conflict(one, demands)
    assert found is not None
    assert [demands.index(d) - 1 for d in found] == [0, 1, *range(2, 32, 2)]
    assert smallest_conflict(one, demands[:-2]) is None


def raised(one: Ensemble, demands: list[Demand], share: float) -> list[Demand]:
    """Thresholds that ask for a share of what there is at most, so that few packages do."""
    outcomes = np.array(list(np.ndindex(*one.structure.space.sizes)))
    most = np.max([one.utility(outcome)[0] for outcome in outcomes], axis=0)
    return [
        demand if demand.level is None else replace(
            demand, level=max(demand.level, share * float(most[demand.column])))
        for demand in demands
    ]  # fmt: skip


def respected(one: Ensemble, demands: list[Demand]) -> set[int]:
    """For every package the demands that it respects, as bits of a number."""
    found = set()
    for outcome in np.ndindex(*one.structure.space.sizes):
        utilities = one.utility(outcome)[0]
        bits = 0
        for k, demand in enumerate(demands):
            if demand.condition is not None:
                kept = not demand.condition.holds(np.array(outcome))
            else:
                kept = utilities[demand.column] >= demand.level - NEAR
            bits |= int(kept) << k
        found.add(bits)
    return found


def conflicts_by_definition(one: Ensemble, demands: list[Demand]) -> set[tuple[int, ...]]:
    """Every set that no package respects, all of whose parts some package does."""
    packages = respected(one, demands)
    found: list[tuple[int, ...]] = []
    for size in range(len(demands) + 1):
        for chosen in combinations(range(len(demands)), size):
            if any(set(smaller) <= set(chosen) for smaller in found):
                continue
            bits = sum(1 << k for k in chosen)
            if not any(bits & package == bits for package in packages):
                found.append(chosen)
    return set(found)


@given(
    scenario=scenarios(uncertain=False, plans=False),
    reading=st.sampled_from(["stated", "implied"]),
    share=st.sampled_from([0.0, 0.6, 0.85, 1.01]),
)
def test_the_conflicts_are_those_of_the_definition(scenario: Scenario, reading: str, share: float):
    one, demands = asked(scenario, reading)
    demands = raised(one, demands, share)
    expected = conflicts_by_definition(one, demands)
    found = minimal_conflicts(one, demands, most=1000)
    places = {id(demand): k for k, demand in enumerate(demands)}
    named = [tuple(places[id(demand)] for demand in conflict) for conflict in found.sets]
    assert len(set(named)) == len(named)
    assert set(named) == expected
    assert found.complete
    facts = [sum(d.kind == "constraint" for d in conflict) for conflict in found.sets]
    order = [(n > 0, len(conflict)) for n, conflict in zip(facts, found.sets, strict=True)]
    assert order == sorted(order)
    smallest = smallest_conflict(one, demands)
    sizes = [(len(conflict), n) for n, conflict in zip(facts, found.sets, strict=True)]
    if expected:
        assert smallest is not None
        assert (len(smallest), sum(d.kind == "constraint" for d in smallest)) == min(sizes)
    else:
        assert smallest is None


@given(
    scenario=scenarios(uncertain=False, plans=False),
    seed=st.integers(0, 2**32 - 1),
    share=st.sampled_from([0.0, 0.7]),
)
def test_what_stands_together_is_what_a_fresh_look_says(
    scenario: Scenario, seed: int, share: float
):
    one, demands = asked(scenario, "implied")
    demands = raised(one, demands, share)
    standing = Standing(one, demands)
    rng = np.random.default_rng(seed)
    for _ in range(5):
        places = frozenset(np.flatnonzero(rng.random(len(demands)) < 0.6).tolist())
        able, kept = standing.respected(places)
        assert able is compatible(one, [demands[k] for k in sorted(places)])
        assert kept >= places if able else not kept


@given(
    scenario=scenarios(uncertain=False, plans=False), share=st.sampled_from([0.0, 0.5, 0.8, 1.0])
)
def test_the_price_of_a_line_is_the_difference_between_two_looks(scenario: Scenario, share: float):
    one, demands = asked(scenario, "implied")
    demands = raised(one, demands, share)
    every = Standing(one, demands).problem(frozenset(range(len(demands))))
    whole = math.prod(one.structure.space.sizes)
    before = Standpoint.of(every, whole=whole)
    prices = red_line_prices(one, demands, before, whole=whole)
    assert [price.line for price in prices] == [d for d in demands if d.kind == "red_line"]
    packages = [np.array(outcome) for outcome in np.ndindex(*one.structure.space.sizes)]
    for price in prices:
        rest = [demand for demand in demands if demand is not price.line]
        able = [
            outcome for outcome in packages
            if all(_keeps(one, demand, outcome) for demand in rest)
        ]  # fmt: skip
        assert price.after.size.outcomes == len(able)
        assert price.after.zone.empty is (not able)
        assert price.opens is (bool(able) and before.zone.empty)
        assert price.after.size.outcomes >= before.size.outcomes  # never a smaller zone
        assert price.after.surplus(every.thresholds) >= before.surplus(every.thresholds) - NEAR
        for column, reach in enumerate(price.after.reach):
            if able:
                party = [demand.column for demand in demands if demand.kind == "threshold"][column]
                own = [one.utility(outcome)[0, party] for outcome in able]
                assert reach.best.utilities[column] == pytest.approx(max(own), abs=1e-8)
                assert reach.worst.utilities[column] == pytest.approx(min(own), abs=1e-8)


def _keeps(one: Ensemble, demand: Demand, outcome: np.ndarray) -> bool:
    if demand.condition is not None:
        return not demand.condition.holds(outcome)
    return bool(one.utility(outcome)[0, demand.column] >= demand.level - NEAR)


@pytest.mark.parametrize("n_parties", [3, 5])
def test_among_ten_to_the_sixteen_packages_all_conflicting_thresholds_are_found(n_parties: int):
    """Everybody asks for nearly all there is: which of them cannot be right together?"""
    one = large(n_parties)
    demands = [
        Demand("threshold", f"p{k}", k, float(one.thresholds[0, k])) for k in range(n_parties)
    ]
    started = time.monotonic()
    found = minimal_conflicts(one, demands)
    assert time.monotonic() - started < 5
    assert found.complete
    assert found.sets
    for conflict in found.sets:
        assert compatible(one, conflict) is False
        for aside in conflict:
            assert compatible(one, [d for d in conflict if d is not aside]) is True
    pairs = [set(pair) for pair in combinations(demands, 2) if compatible(one, pair) is False]
    listed = [set(conflict) for conflict in found.sets]
    assert all(pair in listed for pair in pairs)


def large(n_parties: int) -> Ensemble:
    """28 issues with four options, thresholds at four fifths of the way to the best."""
    problem = instance("mixed", n_parties, np.random.default_rng(5))
    options = [f"o{k}" for k in range(4)]
    scenario = Scenario.model_validate({
        "zopa": 1, "title": "Large",
        "issues": {f"i{k}": {"title": "…", "options": dict.fromkeys(options, "…")}
                   for k in range(28)},
        "parties": {f"p{k}": {"name": "…"} for k in range(n_parties)},
    })  # fmt: skip
    terms = tuple(block.utilities[None, :, :] for block in problem.blocks)
    level = (problem.worst() + 4 * problem.best())[None, :] / 5
    none = np.zeros((1, n_parties))
    included = tuple(np.zeros((4, n_parties), dtype=bool) for _ in terms)
    return Ensemble(
        Structure(scenario), terms, included, (), (), none, level, np.zeros((1, 0), bool)
    )
