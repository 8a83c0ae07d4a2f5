"""Designs of experiments: which cases are looked at, the same in every process and every block."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SALib.analyze import morris
from scipy import stats

from sim.experiment.cases import make_design
from sim.experiment.design import SizedDesign
from sim.experiment.designs import DESIGNS
from sim.experiment.factors import Integers, Listed, Ranged, Simplex, Tabled
from sim.experiment.weights import WeightGroup, weight_group
from sim.formats import read_scenario
from sim.preferences.uncertain import Normal, Triangular, Uniform

RED_LINES = Listed("red_lines", ("none", "stated", "implied"))
PATIENCE = Ranged("patience", Uniform(uniform=(0.5, 1.0)))
AID = Ranged("aid", Integers(integers=(0, 4)))
SHARE = Ranged("share", Normal(normal=(0.9, 0.2)), (0.0, 1.0))
THRESHOLD = Ranged("threshold", Triangular(triangular=(0.2, 0.3, 0.6)))
WEIGHTS = WeightGroup("parties.ann.weights", ("a", "b", "c"), (1.0, 1.0, 1.0))
STICKS = WeightGroup("parties.bob.weights", ("a", "b", "c"), (1.0, 1.0, 1.0), grouped=False)
ALL = (RED_LINES, PATIENCE, AID, SHARE, THRESHOLD, WEIGHTS, STICKS)
SIZES = {"lhs": 30, "sobol": 8, "halton": 30, "morris": 5, "one_at_a_time": 5}


def test_a_full_design_is_every_combination_the_last_varying_fastest():
    lists = [("red_lines", ("none", "stated")), ("x", (1, 2.5, 4)), ("y", (True, False))]
    design = make_design("full", None, [Listed(*one) for one in lists])
    said = [tuple(design.settings(k).values()) for k in range(design.n_cases)]
    assert said == list(product(*(values for _, values in lists)))
    assert design.settings(0)["y"] is True
    assert design.column("x").tolist() == [float(x) for _, x, _ in said]


def test_with_nothing_to_vary_there_is_one_case():
    design = make_design("full", None, [])
    assert (design.n_cases, design.settings(0), design.table_rows(0, 1)["case"].tolist()) == (
        1, {}, [0],
    )  # fmt: skip


@pytest.mark.parametrize("name", SIZES)
def test_cases_are_the_same_in_any_block_and_in_any_process(name):
    design = make_design(name, SIZES[name], ALL, seed=3, repeats=2)
    n = design.n_cases
    whole = design.all_settings()
    assert list(whole) == list(design.columns)
    travelled = pickle.loads(pickle.dumps(design))
    for first, last in [(0, 1), (1, 4), (3, n), (n - 1, n)]:
        part = travelled.all_settings(first, last)
        assert all(part[path].tolist() == whole[path][first:last].tolist() for path in whole)
    for case in (0, n // 2, n - 1):
        assert design.settings(case) == {path: whole[path][case] for path in whole}


@pytest.mark.parametrize("name", SIZES)
def test_every_value_lies_inside_its_range(name):
    design = make_design(name, SIZES[name], ALL, seed=5)
    for factor in ALL:
        for path in factor.columns:
            values = design.column(path)
            if factor.ends is None:
                assert set(values) <= set(factor.levels)
            else:
                assert values.min() >= factor.ends[0]
                assert values.max() <= factor.ends[1]
    for group in (WEIGHTS, STICKS):
        total = sum(design.column(path) for path in group.columns)
        assert total == pytest.approx(np.ones(design.n_cases))


@pytest.mark.parametrize("name", ["lhs", "halton", "sobol", "morris"])
def test_another_seed_gives_other_cases(name):
    first, second = (make_design(name, 8, [PATIENCE, AID], seed=seed) for seed in (1, 2))
    assert first.column("patience").tolist() != second.column("patience").tolist()


def test_a_hypercube_has_each_slice_of_each_range_once():
    design = make_design("lhs", 40, [PATIENCE, THRESHOLD], seed=1)
    slices = np.floor((design.column("patience") - 0.5) / 0.5 * 40).astype(int)
    assert sorted(slices) == list(range(40))


def test_a_hypercube_shares_out_the_values_of_a_list_evenly():
    design = make_design("lhs", 30, [RED_LINES, PATIENCE], seed=1)
    assert np.bincount(design.codes("red_lines")).tolist() == [10, 10, 10]


def test_one_at_a_time_begins_at_the_centre_and_leaves_it_once_in_every_case():
    design = make_design("one_at_a_time", 2, [PATIENCE, RED_LINES, SHARE])
    cases = [tuple(design.settings(k).values()) for k in range(design.n_cases)]
    centre = cases[0]
    assert centre[:2] == (0.75, "none")
    assert [c[:2] for c in cases[1:5]] == [
        (0.5, "none"), (1.0, "none"), (0.75, "stated"), (0.75, "implied"),
    ]  # fmt: skip
    assert all(sum(a != b for a, b in zip(c, centre, strict=True)) == 1 for c in cases[1:])
    low, high = (case[2] for case in cases[5:])
    assert stats.norm.cdf(1, 0.9, 0.2) > 0.6  # the bell is cut off at 1
    assert 0.5 < low < centre[2] < high < 1


def test_a_bell_keeps_to_what_makes_sense_and_to_four_deviations():
    assert SHARE.ends == (pytest.approx(0.1), 1.0)
    drawn = make_design("lhs", 4000, [SHARE], seed=1).column("share")
    cut = stats.truncnorm(-4, 0.5, 0.9, 0.2)
    assert stats.kstest(drawn, cut.cdf).pvalue > 0.9


def test_flat_weights_are_as_likely_anywhere_on_the_simplex_whichever_way_they_are_drawn():
    for group in (WEIGHTS, STICKS):
        design = make_design("halton", 20_000, [group], seed=2)
        for path in group.columns:  # each share of a flat Dirichlet over three is Beta(1, 2)
            assert stats.kstest(design.column(path), stats.beta(1, 2).cdf).statistic < 0.005


def test_weights_stay_near_those_of_the_scenario_as_far_as_asked():
    scenario = read_scenario("water-dispute")
    for way in ("grouped", "independent"):
        law = Simplex(simplex=way, concentration=200)
        group = weight_group("parties.merin.weights", law, scenario)
        design = make_design("lhs", 4000, [group], seed=2)
        means = [design.column(path).mean() for path in group.columns]
        assert means == pytest.approx([0.2, 0.2, 0.2, 0.4], abs=0.002)
        spread = design.column("parties.merin.weights.cost").std()
        assert spread == pytest.approx(np.sqrt(0.4 * 0.6 / 201), rel=0.05)


def test_weights_of_a_raw_party_keep_their_sum_and_issues_without_weight_stay_out():
    scenario = read_scenario("water-dispute", ["parties.sel.weights.data=0"])
    law = Simplex(simplex="grouped")
    assert weight_group("parties.sel.weights", law, scenario) is None
    raw = read_scenario("water-dispute", ["parties.halden.scale=raw", "parties.halden.threshold=1"])
    group = weight_group("parties.halden.weights", law, raw)
    design = make_design("lhs", 16, [group], seed=2)
    assert sum(design.column(p) for p in group.columns) == pytest.approx(np.full(16, 10.0))


def ishigami(x, y, z):
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def test_sobol_indices_come_out_of_the_design_as_they_are_in_the_textbook():
    angle = Uniform(uniform=(-np.pi, np.pi))
    design = make_design("sobol", 4096, [Ranged(name, angle) for name in "xyz"], seed=1)
    assert design.n_cases == 4096 * 5
    outcome = ishigami(*(design.column(name) for name in "xyz"))
    parts = outcome.reshape(-1, len(design.inputs) + 2)
    a, b, ab = parts[:, 0], parts[:, -1], parts[:, 1:-1].T
    found = stats.sobol_indices(
        func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None]}, n=len(a)
    )
    assert found.first_order.ravel() == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert found.total_order.ravel() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_a_group_of_weights_is_one_input_of_sobols_design():
    design = make_design("sobol", 4, [PATIENCE, WEIGHTS], seed=1)
    assert [(i.name, len(i.coordinates)) for i in design.inputs] == [
        ("patience", 1), ("parties.ann.weights", 3),
    ]  # fmt: skip
    assert design.n_cases == 4 * 4
    a, ab_patience, ab_weights, b = design.units(4, 8)
    assert (ab_patience[1:] == a[1:]).all()
    assert ab_patience[0] == b[0] != a[0]
    assert ab_weights[0] == a[0]
    assert (ab_weights[1:] == b[1:]).all()


def test_salib_reads_the_walks_of_morris_and_finds_what_is_linear():
    factors = [Ranged(name, Uniform(uniform=(0.0, 1.0))) for name in "xyz"]
    design = make_design("morris", 6, factors, seed=1)
    assert design.n_cases == 6 * 4
    outcome = 3 * design.column("x") - design.column("y")
    problem = {"num_vars": 3, "names": list(design.coordinates), "bounds": [[0, 1]] * 3}
    found = morris.analyze(problem, design.units(), outcome, seed=1)
    assert np.asarray(found["mu"]).tolist() == pytest.approx([3, -1, 0])
    assert np.asarray(found["sigma"]).tolist() == pytest.approx([0, 0, 0], abs=1e-9)


def test_every_walk_of_morris_moves_each_input_once_a_group_together():
    design = make_design("morris", 5, [PATIENCE, WEIGHTS, AID], seed=4)
    for start in range(0, design.n_cases, 4):
        moved = [
            set(np.flatnonzero(row)) for row in np.diff(design.units(start, start + 4), axis=0)
        ]
        assert sorted(moved, key=min) == [{0}, {1, 2, 3}, {4}]


def test_a_table_gives_its_rows_in_their_order():
    numbers = Tabled("patience", "number", np.array([0.9, 0.1, 0.5]))
    lines = Tabled("red_lines", "category", np.array([1, 0, 1]), ("none", "stated"))
    design = make_design("table", 3, [numbers, lines])
    assert [tuple(design.settings(k).values()) for k in range(3)] == [
        (0.9, "stated"), (0.1, "none"), (0.5, "stated"),
    ]  # fmt: skip


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.data())
def test_a_full_design_counts_like_an_odometer(sizes, data):
    factors = [Listed(f"x{k}", tuple(range(size))) for k, size in enumerate(sizes)]
    design = make_design("full", None, factors)
    case = data.draw(st.integers(0, design.n_cases - 1))
    digits = np.unravel_index(case, sizes)
    assert list(design.settings(case).values()) == [int(d) for d in digits]


@given(st.integers(1, 10**6), st.data())
def test_a_value_of_a_long_list_is_found_again_from_its_uniform(n, data):
    k = data.draw(st.integers(0, n - 1))
    listed = Listed("x", tuple(range(n)) if n < 2000 else (0,) * n)
    assert listed.codes(np.array([[(k + 0.5) / n]])).tolist() == [k]


def test_with_common_random_numbers_repeats_differ_and_points_do_not():
    design = make_design("full", None, [RED_LINES], seed=11, repeats=3)
    seeds = [design.seed(case) for case in range(9)]
    assert seeds[0] == 11
    assert seeds[:3] == seeds[3:6] == seeds[6:]
    assert len(set(seeds)) == 3
    assert design.column("red_lines").tolist() == [v for v in RED_LINES.levels for _ in range(3)]
    assert design.table_rows(2, 5)["repeat"].tolist() == [2, 0, 1]


def test_independent_random_numbers_hang_on_the_number_of_the_case_alone():
    design, longer = (
        make_design("halton", n, [PATIENCE], seed=11, common=False) for n in (20, 2000)
    )
    seeds = [design.seed(case) for case in range(20)]
    assert len(set(seeds)) == 20
    assert seeds == [longer.seed(case) for case in range(20)]
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_million_cases_are_numbers_and_not_a_million_objects():
    lists = [Listed(f"x{k}", tuple(range(10))) for k in range(6)]
    full = make_design("full", None, lists)
    sampled = make_design("sobol", 2**17, [PATIENCE, *ALL], seed=1)
    assert full.n_cases == 10**6
    assert sampled.n_cases > 10**6
    assert len(pickle.dumps(full)) < 20_000
    sampled.units(0, 10)
    assert len(pickle.dumps(sampled)) < 20_000
    assert full.settings(123_456) == {f"x{k}": k + 1 for k in range(6)}


def test_the_table_of_cases_holds_every_setting_as_a_number_or_a_text():
    levers = Listed("levers", ([], ["aid", "troops"]))
    design = make_design("lhs", 4, [levers, PATIENCE, AID, WEIGHTS], seed=1)
    kinds = {name: column.kind for name, column in design.table.columns.items()}
    assert kinds["levers"] == "text"
    assert kinds["aid"] == "whole"
    assert kinds["parties.ann.weights.b"] == "number"
    rows = design.table_rows(0, 4)
    assert list(rows) == list(kinds)
    assert set(rows["levers"]) == {"none", "aid + troops"}


def test_every_design_of_the_shelf_has_the_name_that_files_give_it():
    assert set(DESIGNS) == {"full", *SizedDesign.model_fields}
