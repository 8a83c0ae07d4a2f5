"""Where clauses leave nothing, a smallest set that cannot stand together is named."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import conditions

from sim.condition import Condition
from sim.feasible.clash import smallest_clash
from sim.issues import OutcomeSpace

OPTIONS = {"land": ["low", "mid", "high"], "army": ["low", "high"], "law": ["low", "mid", "high"]}
SPACE = OutcomeSpace(OPTIONS)
EVERY = np.array(list(np.ndindex(*SPACE.sizes)))


def clash(*refused: dict[str, Any]) -> tuple[int, ...] | None:
    return smallest_clash([Condition.of(when, SPACE) for when in refused], SPACE.sizes)


def leave_nothing(clauses: list[Condition]) -> bool:
    return bool(np.any([clause.holds(EVERY) for clause in clauses], axis=0).all())


def test_clauses_that_leave_something_do_not_clash():
    assert clash() is None
    assert clash({"land": "low"}, {"land": ["mid"], "army": "low"}) is None


def test_two_parties_that_refuse_each_others_only_option_clash():
    assert clash({"law": "low"}, {"army": "low"}, {"army": "high"}) == (1, 2)


def test_one_clause_that_refuses_everything_clashes_alone():
    everything = {"land": ["low", "mid", "high"]}
    assert clash({"army": "low"}, {"army": "high"}, everything) == (2,)


def test_a_clash_may_run_through_several_issues():
    assert clash(
        {"land": "low"},
        {"law": "mid"},
        {"land": ["mid", "high"], "army": "low"},
        {"army": "high", "law": ["low", "high"]},
        {"army": "high", "law": "mid", "land": "high"},
    ) == (0, 1, 2, 3)


def test_a_smaller_clash_elsewhere_is_preferred():
    three = [{"land": option} for option in OPTIONS["land"]]
    assert clash(*three, {"army": "high"}, {"army": "low"}) == (3, 4)


@given(
    refused=st.lists(conditions(OPTIONS, most=3), max_size=7),
    more=st.sampled_from([[], OPTIONS["army"]]),
)
def test_the_clash_named_is_one_and_none_is_smaller(refused: list[Any], more: list[str]):
    clauses = [Condition.of(when, SPACE) for when in refused]
    clauses += [Condition.of({"army": o, "law": ["low", "mid"]}, SPACE) for o in more]
    found = smallest_clash(clauses, SPACE.sizes)
    if found is None:
        assert not leave_nothing(clauses)
        return
    assert list(found) == sorted(set(found))
    assert leave_nothing([clauses[k] for k in found])
    for smaller in combinations(clauses, len(found) - 1):
        assert not leave_nothing(list(smaller))


def test_a_long_chain_of_clauses_is_followed_without_listing_packages():
    space = OutcomeSpace({f"i{k}": ["low", "mid", "high"] for k in range(16)})  # 43 million
    refused: list[dict[str, Any]] = [{"i0": "low"}, {"i15": ["mid", "high"]}]
    for k in range(15):  # what is up on one issue stays up on the next
        refused.append({f"i{k}": ["mid", "high"], f"i{k + 1}": "low"})
        refused.append({f"i{k}": "high", f"i{k + 1}": "mid"})
    clauses = [Condition.of(when, space) for when in refused]
    needed = (0, 1, *range(2, 32, 2))
    assert smallest_clash(clauses, space.sizes) == needed
    assert smallest_clash(clauses[:-2], space.sizes) is None
