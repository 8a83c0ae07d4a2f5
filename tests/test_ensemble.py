"""Many readings of a scenario: each is one reading of it, whatever the order it is written in."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from strategies import scenario_dicts, scenarios, uncertain_paths

from sim.ensemble import Ensemble
from sim.sampling import BLOCK, central, sample
from sim.scenario import Scenario

LAND: dict[str, Any] = {
    "zopa": 1,
    "title": "Land for peace",
    "tiers": {"1": [1, 2], "2": [2, 4]},
    "issues": {
        "land": {"title": "Land", "options": {"kept": "…", "shared": "…", "ceded": "…"}},
        "army": {"title": "Army", "options": {"big": "Big", "small": "Small"}},
    },
    "parties": {
        "ann": {
            "name": "Ann",
            "weights": {"land": {"tier": [1, 2]}, "army": {"uniform": [1, 3]}},
            "values": {
                "land": {"order": ["kept", "shared", "ceded"]},
                "army": {"big": 1, "small": {"uniform": [0, 0.5]}},
            },
            "interactions": [
                {"when": {"land": "ceded", "army": "small"}, "add": {"normal": [-0.2, 0.1]}}
            ],
            "tables": [
                {"issues": ["army"], "utilities": {"big": 0, "small": {"uniform": [0, 0.1]}}}
            ],
            "disagreement": {"uniform": [0.1, 0.5]},
            "threshold": {"uniform": [0.2, 0.4]},
            "red_lines": [{"when": {"land": "ceded"}, "binds": {"uniform": [0.5, 0.9]}}],
        },
        "bob": {
            "name": "Bob",
            "values": {
                "land": {"order": ["ceded", "shared", "kept"]},
                "army": {"big": 0, "small": 1},
            },
            "disagreement": {"share_of_best": {"uniform": [0.2, 0.4]}},
            "threshold": {"above_disagreement": {"uniform": [0, 0.2]}},
        },
    },
}  # fmt: skip


def land() -> dict[str, Any]:
    return deepcopy(LAND)


def drawn(written: dict[str, Any], n: int = 200, seed: int = 1) -> Ensemble:
    (ensemble,) = sample(Scenario.model_validate(written), n, seed=seed)
    return ensemble


def everything(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Every number that was drawn, by what it is."""
    space, parties = ensemble.structure.space, ensemble.structure.parties
    found = {}
    for (issue, options), term in zip(space.options.items(), ensemble.terms, strict=True):
        for option, party in product(options, parties):
            place = options.index(option), parties.index(party)
            found[f"{party} {issue} {option}"] = term[:, place[0], place[1]]
    for k, party in enumerate(parties):
        found[f"{party} disagreement"] = ensemble.disagreement[:, k]
        found[f"{party} threshold"] = ensemble.thresholds[:, k]
    for line, binds in zip(ensemble.structure.lines, ensemble.binds.T, strict=True):
        found[line.path] = binds
    for k, bonus in enumerate(ensemble.bonuses):
        found[f"interaction {k}"] = bonus.amount
    for k, table in enumerate(ensemble.tables):
        found[f"table {k}"] = table.utilities
    return found


def test_the_same_seed_gives_the_same_bytes():
    one, other = everything(drawn(land())), everything(drawn(land()))
    assert all(other[name].tobytes() == draws.tobytes() for name, draws in one.items())
    another = everything(drawn(land(), seed=2))
    assert not np.array_equal(another["ann disagreement"], one["ann disagreement"])


def test_draws_come_in_blocks_that_go_on_from_one_another():
    scenario = Scenario.model_validate(land())
    first, second = sample(scenario, BLOCK + 50, seed=1)
    (alone,) = sample(scenario, BLOCK, seed=1)
    assert (first.n_draws, second.n_draws) == (BLOCK, 50)
    for name, draws in everything(alone).items():
        assert_array_equal(everything(first)[name], draws)
    later = everything(second)["ann disagreement"]
    assert not np.isin(later, everything(first)["ann disagreement"]).any()


@pytest.mark.parametrize(
    ("path", "number", "changed"),
    [
        (["disagreement"], 0.3, {"ann disagreement", "ann threshold"}),
        (["threshold"], {"normal": [0.4, 0.1]}, {"ann threshold"}),
        (["interactions", 0, "add"], -0.1, {"interaction 0"}),
        (["tables", 0, "utilities", "small"], {"uniform": [0.5, 0.6]}, {"table 0"}),
        (["values", "army", "small"], {"triangular": [0, 0, 1]}, {"ann army small"}),
        (["red_lines", 0, "binds"], 0.3, {"parties.ann.red_lines.0.binds"}),
        (["red_lines", 0, "binds"], {"normal": [0.5, 1]}, {"parties.ann.red_lines.0.binds"}),
        (
            ["values", "land"],
            {"order": ["kept", ["shared", "ceded"]]},
            {"ann land shared", "ann land ceded"},
        ),
    ],
)
def test_a_number_that_is_edited_leaves_all_other_draws_as_they_were(
    path: list[Any], number: Any, changed: set[str]
):
    edited = land()
    part = edited["parties"]["ann"]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = number
    before, after = everything(drawn(land())), everything(drawn(edited))
    moved = {name for name in before if before[name].tobytes() != after[name].tobytes()}
    assert moved <= changed
    assert moved


def test_a_party_or_an_issue_more_leaves_the_draws_of_the_others_as_they_were():
    larger = land()
    law = {"title": "Law", "options": {"old": "Old", "new": "New"}}
    cat = {"name": "Cat", "say": ["law"], "values": {"law": {"order": ["old", "new"]}}}
    larger["issues"] = {"law": law} | larger["issues"]
    larger["parties"] = {"cat": cat} | larger["parties"]
    larger["parties"]["ann"]["say"] = ["land", "army"]
    before, after = everything(drawn(land())), everything(drawn(larger))
    assert all(np.array_equal(after[name], before[name]) for name in before if "bob" not in name)


def test_a_threshold_is_never_below_the_disagreement_value_of_its_draw():
    ensemble = drawn(land(), n=2000)
    d, r = ensemble.disagreement[:, 0], ensemble.thresholds[:, 0]
    assert (r >= d).all()
    raised = r == d  # where the draw of d is above that of r
    assert abs(raised.mean() - 0.5) < 5 * 0.5 / np.sqrt(2000)
    assert ((r[~raised] >= 0.2) & (r[~raised] <= 0.4)).all()


def test_a_margin_is_over_the_disagreement_value_of_its_draw():
    ensemble = drawn(land())
    margin = ensemble.thresholds[:, 1] - ensemble.disagreement[:, 1]
    assert margin.min() >= 0
    assert margin.max() <= 0.2
    assert (ensemble.disagreement[:, 1] >= 0.2).all()  # of a best that is 1 in every draw
    assert (ensemble.disagreement[:, 1] <= 0.4).all()


def test_numbers_tied_by_the_scenario_move_together():
    paths = ["parties.ann.disagreement", "parties.bob.disagreement", "parties.ann.weights.land"]
    tied = {**land(), "correlations": [{"between": paths, "rank": 0.8}]}
    ensemble = drawn(tied, n=4000)
    d = ensemble.disagreement
    assert abs(spearmanr(d[:, 0], d[:, 1]).statistic - 0.8) < 0.05
    weight = ensemble.terms[0][:, 0, 0]  # Ann's best option on the issue: its weight
    assert 0.5 < spearmanr(weight, d[:, 0]).statistic < 0.8  # the other weight blurs it
    free = drawn(land(), n=4000).disagreement
    assert abs(spearmanr(free[:, 0], free[:, 1]).statistic) < 0.08


def test_where_red_lines_leave_nothing_levels_look_to_the_constraints():
    torn = land()
    torn["parties"]["ann"]["red_lines"] = [{"when": {"army": "big"}}]
    torn["parties"]["bob"]["red_lines"] = [{"when": {"army": "small"}}]
    level = {"share_of_best": 0.5, "within": "red_lines"}
    torn["parties"]["bob"] |= {"disagreement": level, "threshold": level}
    for ensemble in (central(Scenario.model_validate(torn)), drawn(torn)):
        assert_allclose(ensemble.thresholds[:, 1], 0.5)


def test_issues_on_which_a_party_has_no_say_count_for_nothing():
    limited = land()
    limited["parties"]["ann"]["say"] = ["army"]  # the interaction and the red line are on land
    ensemble = drawn(limited)
    for choices in ([0, 0], [2, 0]):
        assert_allclose(ensemble.utility(choices)[:, 0], 1)
    assert not ensemble.bonuses
    assert not ensemble.structure.lines
    limited["parties"]["ann"]["say"] = ["land"]
    assert not drawn(limited).tables


SOME = st.lists(st.integers(0, 2), min_size=4, max_size=4)


@settings(max_examples=20)
@given(scenario=scenarios(plans=False), data=st.data())
def test_utility_adds_up_draw_by_draw(scenario: Scenario, data: st.DataObject):
    (ensemble,) = sample(scenario, 6, seed=data.draw(st.integers(0, 9)))
    sizes = scenario.space.sizes
    every = np.array(list(np.ndindex(*sizes)))
    one_by_one = np.stack([ensemble.utility(list(row)) for row in every], axis=1)
    mixed = data.draw(st.lists(st.integers(0, len(every) - 1), min_size=6, max_size=6))
    choices: list[Any] = list(every[mixed].T)
    assert_allclose(ensemble.utility(choices), one_by_one[np.arange(6), mixed], atol=1e-12)
    choices[0] = int(every[mixed[0], 0])  # one option for all draws, among choices that differ
    for k in range(6):
        alone = ensemble.draw(k).utility([c if np.ndim(c) == 0 else int(c[k]) for c in choices])
        assert_allclose(ensemble.utility(choices)[k], alone[0], atol=1e-12)
    columns = data.draw(st.permutations(range(ensemble.n_parties)))
    rows = ensemble.row_utilities(range(len(sizes)), every, columns)
    assert_allclose(rows, one_by_one[:, :, columns], atol=1e-12)


@settings(max_examples=20)
@given(scenario=scenarios(plans=False), data=st.data())
def test_an_open_issue_is_worth_its_mean(scenario: Scenario, data: st.DataObject):
    (ensemble,) = sample(scenario, 3)
    sizes = scenario.space.sizes
    open_ = [data.draw(st.sets(st.integers(0, n - 1), min_size=1)) for n in sizes]
    options = [np.array(sorted(some)) for some in open_]
    mean = np.mean([ensemble.utility(list(row)) for row in product(*options)], axis=0)
    assert_allclose(ensemble.expected_utility(options), mean, atol=1e-12)


@given(scenario=scenarios(plans=False))
def test_the_central_reading_is_what_the_definitions_say(scenario: Scenario):
    ensemble = central(scenario)
    for k, outcome in enumerate(reference.outcomes(scenario)):
        choices = [scenario.issues[i].index(option) for i, option in outcome.items()]
        assert scenario.space.number(outcome) == k
        right = [reference.utility(scenario, name, outcome) for name in scenario.parties]
        assert_allclose(ensemble.utility(choices)[0], right, atol=1e-9)


@settings(max_examples=20)
@given(written=scenario_dicts(plans=False, spans=False), data=st.data())
def test_the_order_of_issues_options_and_parties_changes_no_draw(
    written: dict[str, Any], data: st.DataObject
):
    shuffled = deepcopy(written)
    for part in ("issues", "parties"):
        names = data.draw(st.permutations(list(written[part])))
        shuffled[part] = {name: written[part][name] for name in names}
    for issue in shuffled["issues"].values():
        if "grid" in issue:  # its points rise, however they are written
            continue
        names = data.draw(st.permutations(list(issue["options"])))
        issue["options"] = {name: issue["options"][name] for name in names}
    one, other = drawn(written, n=8), drawn(shuffled, n=8)
    places = [other.structure.parties.index(name) for name in one.structure.parties]
    assert_allclose(other.thresholds[:, places], one.thresholds, atol=1e-9)
    space, turned = one.structure.space, other.structure.space
    for row in np.ndindex(*space.sizes):
        picks = space.name(row)
        choices = [turned.options[issue].index(picks[issue]) for issue in turned.issues]
        assert_allclose(other.utility(choices)[:, places], one.utility(list(row)), atol=1e-9)
    binds = {
        line.path: draws for line, draws in zip(other.structure.lines, other.binds.T, strict=True)
    }
    for line, draws in zip(one.structure.lines, one.binds.T, strict=True):
        assert_array_equal(binds[line.path], draws)


@settings(max_examples=25)
@given(written=scenario_dicts(plans=False, averaged=False, grids=False), data=st.data())
def test_whatever_number_is_edited_the_other_draws_stay(
    written: dict[str, Any], data: st.DataObject
):
    paths = [p for p in uncertain_paths(written["parties"], "parties") if ".weights." not in p]
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    edited = deepcopy(written)
    part: Any = edited
    for step in path.split(".")[:-1]:
        part = part[int(step)] if isinstance(part, list) else part[step]
    last: Any = path.split(".")[-1]
    kind = next((k for k in ("share_of_best", "above_disagreement") if k in part[last]), None)
    if kind:
        part[last] = {**part[last], kind: 0.9}
    else:
        part[last] = 0.9
    before, after = drawn(written, n=20), drawn(edited, n=20)
    _, party, what, *rest = path.split(".")
    moved = {
        name
        for (name, one), two in zip(
            everything(before).items(), everything(after).values(), strict=True
        )
        if one.tobytes() != two.tobytes()
    }
    mine = {name for name in moved if name.startswith((f"{party} ", f"parties.{party}."))}
    levels = {name for name in moved if name.endswith((" threshold", " disagreement"))}
    kinds = {"interactions": "interaction", "tables": "table"}
    own = {name for name in moved if name.split()[0] == kinds.get(what)}
    if what == "red_lines":  # another party's best may hang on what binds
        assert moved <= mine | levels
    elif what in ("disagreement", "threshold"):
        assert moved <= {f"{party} disagreement", f"{party} threshold"}
    elif what == "values":
        options = {f"{party} {rest[0]} {rest[1]}"}
        assert moved <= options | {f"{party} disagreement", f"{party} threshold"}
    else:
        assert len(own) <= 1
        assert moved <= own | {f"{party} disagreement", f"{party} threshold"}
