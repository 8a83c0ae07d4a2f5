"""The most that a party could get is what a search through all outcomes finds, draw by draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from strategies import option_names, scenario_dicts, scenarios

from sim.ensemble import Ensemble
from sim.ideal import ideal_utilities
from sim.partition import MERGED
from sim.sampling import central, sample
from sim.scenario import RedLines, Scenario


def searched(ensemble: Ensemble, column: int, reading: RedLines) -> np.ndarray:
    """Go through every outcome in every draw."""
    structure = ensemble.structure
    binding = structure.binding(reading)
    best = np.full(ensemble.n_draws, -np.inf)
    for row in np.ndindex(*structure.space.sizes):
        choices = np.array(row)
        if any(constraint.holds(choices) for constraint in structure.constraints):
            continue
        met = [k for k in binding if structure.lines[k].condition.holds(choices)]
        free = ~ensemble.binds[:, met].any(axis=1)
        worth = ensemble.utility(list(row))[:, column]
        best = np.where(free, np.maximum(best, worth), best)
    return best


def two_issues(**more: Any) -> Scenario:
    order = {"order": ["a", "b", "c"]}
    options = {"a": "…", "b": "…", "c": "…"}
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "Two issues",
            "issues": {k: {"title": k, "options": options} for k in ("land", "law")},
            "parties": {"ann": {"name": "Ann", "values": {"land": order, "law": order}, **more}},
            "constraints": [{"forbid": {"land": "a", "law": ["a", "b"]}, "why": "no"}],
        }
    )


def test_what_cannot_be_had_together_counts_against_the_best():
    ensemble = central(two_issues())
    assert ideal_utilities(ensemble, 0).tolist() == [0.75]  # b and a; a and c give a half
    assert ideal_utilities(central(two_issues(weights={"land": 9, "law": 1})), 0).tolist() == [0.9]


def test_a_red_line_takes_the_best_away_in_the_draws_in_which_it_binds():
    lines = [{"when": {"land": "b", "law": "a"}, "binds": 0.5}]
    scenario = two_issues(red_lines=lines)
    (ensemble,) = sample(scenario, 400)
    free = ideal_utilities(ensemble, 0, "none")
    within = ideal_utilities(ensemble, 0, "stated")
    holds = ensemble.binds[:, 0]
    assert 0.3 < holds.mean() < 0.7
    assert_allclose(within[~holds], free[~holds])
    assert (within[holds] < free[holds]).any()
    assert_allclose(within, searched(ensemble, 0, "stated"))


def test_where_nothing_is_allowed_there_is_no_best():
    lines = [{"when": {"land": option}} for option in ("a", "b", "c")]
    ensemble = central(two_issues(red_lines=lines))
    assert ideal_utilities(ensemble, 0, "stated").tolist() == [-np.inf]
    assert ideal_utilities(ensemble, 0, "none").tolist() == [0.75]


def test_draws_that_rank_options_differently_each_have_their_own_best():
    chance = {"uniform": [0, 1]}
    values = {k: {"a": chance, "b": chance, "c": chance} for k in ("land", "law")}
    (ensemble,) = sample(two_issues(values=values), 300)
    assert_allclose(ideal_utilities(ensemble, 0), searched(ensemble, 0, "none"))


@given(scenario=scenarios(plans=False), reading=st.sampled_from(["none", "stated", "implied"]))
def test_the_best_is_what_a_search_through_all_outcomes_finds(
    scenario: Scenario, reading: RedLines
):
    (ensemble,) = sample(scenario, 5)
    for one in (ensemble, central(scenario)):
        for column in range(one.n_parties):
            expected = searched(one, column, reading)
            for merged in (MERGED, 1):  # listed, or along a tree
                found = ideal_utilities(one, column, reading, merged=merged)
                assert_allclose(found, expected, atol=1e-12)


@settings(max_examples=25)
@given(written=scenario_dicts(plans=False, averaged=False, uncertain=False), data=st.data())
def test_the_best_of_ranked_options_tied_by_constraints_is_found(
    written: dict[str, Any], data: st.DataObject
):
    for party in written["parties"].values():  # nothing of its own ties issues: choices are pruned
        party.pop("interactions", None)
        party.pop("tables", None)
        for issue in party["values"]:
            names = data.draw(st.permutations(option_names(written["issues"][issue])))
            party["values"][issue] = {"order": names}
    (ensemble,) = sample(Scenario.model_validate(written), 20)
    for column in range(ensemble.n_parties):
        for merged in (MERGED, 1):
            found = ideal_utilities(ensemble, column, merged=merged)
            assert_allclose(found, searched(ensemble, column, "none"), atol=1e-12)
