"""What an experiment file asks of all cases together, from their outcomes to tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.experiment.analysis.asked import Analyst
from sim.experiment.analysis.tables import TABLES
from sim.experiment.cases import Design, make_design
from sim.experiment.design import Discovery, Sensitivity
from sim.experiment.factors import Listed, Ranged
from sim.experiment.weights import WeightGroup
from sim.preferences.uncertain import Uniform

THRESHOLD, READING = "parties.ann.threshold", "red_lines"
WEIGHTS = WeightGroup("parties.ann.weights", ("height", "cost"), (1.0, 1.0))
FACTORS = [Ranged(THRESHOLD, Uniform(uniform=[0.2, 0.6])), Listed(READING, ("none", "stated"))]


def outcomes(design: Design, gaps: float = 0.0) -> dict[str, Any]:
    """Make up a surplus, with gaps, and whether a zone exists."""
    settings = design.all_settings()
    surplus = 0.7 - settings[THRESHOLD] - 0.3 * (settings[READING] == "stated")
    rng = np.random.default_rng(0)
    return {
        "case": np.arange(design.n_cases),
        "ann.surplus": np.where(rng.random(design.n_cases) < gaps, np.nan, surplus),
        "zone.exists": np.ma.array(surplus > 0.1, mask=rng.random(design.n_cases) < gaps),
        "nash.words": np.full(design.n_cases, "a deal", dtype=object),
    }


SIZES = {"sobol": 64, "morris": 8, "one_at_a_time": 5, "lhs": 200, "halton": 200}


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("gaps", [0.0, 0.02, 1.0])
def test_every_analysis_comes_out_as_the_table_it_is_declared_as(name: str, gaps: float) -> None:
    design = make_design(name, SIZES[name], [*FACTORS, WEIGHTS])
    wanted = Sensitivity(resamples=10)
    found = Analyst(design, outcomes(design, gaps)).ask(wanted, [Discovery(outcome="zone.exists")])
    assert set(found["analyses"]["outcome"]) == {"ann.surplus", "zone.exists"}
    answered = [why is None for why in found["analyses"]["unanswered"]]
    methods = found["analyses"]["method"][np.array(answered, dtype=bool)]
    if gaps == 0:
        assert len(methods)
    for table, columns in found.items():
        shape = TABLES[table]
        assert list(columns) == list(shape.columns)
        assert len({len(column) for column in columns.values()}) == 1
        assert all(
            any(cell is not None for cell in np.ma.filled(column.astype(object), None))
            for key, column in columns.items()
            if key in ("outcome", "input", "factor", "first", "mean_size", "median", "coverage")
        )
        if table in ("sobol", "morris", "pawn", "tornado"):
            assert table in methods
        assert not any(np.isinf(c).any() for c in columns.values() if c.dtype.kind == "f")


def test_weights_are_one_input_and_one_bar() -> None:
    design = make_design("sobol", 64, [*FACTORS, WEIGHTS])
    found = Analyst(design, outcomes(design)).ask(Sensitivity(resamples=10), None)
    assert found["sobol"]["input"][:3].tolist() == [THRESHOLD, READING, "parties.ann.weights"]
    assert found["sobol"]["total"][2] == 0
    steps = make_design("one_at_a_time", 3, [*FACTORS, WEIGHTS])
    bars = Analyst(steps, outcomes(steps)).ask(Sensitivity(outcomes=["ann.surplus"]), None)
    assert bars["tornado"]["factor"].tolist() == [THRESHOLD, READING, "parties.ann.weights"]
    assert bars["tornado"]["threshold"].tolist() == [0, 0, 0]
    assert bars["tornado"]["flips"].tolist() == [False, False, False]


def test_what_flips_a_verdict_is_read_off_the_cases_of_a_tornado() -> None:
    steps = make_design("one_at_a_time", 9, [*FACTORS, WEIGHTS])
    made = outcomes(steps)
    made["ann.surplus"] = made["ann.surplus"] - 0.2
    found = Analyst(steps, made).ask(Sensitivity(outcomes=["ann.surplus"]), None)["break_even"]
    assert found["factor"].tolist() == [THRESHOLD]
    assert found["value"][0] == pytest.approx(0.5)
    assert found["low"][0] <= 0.5 <= found["high"][0]
    assert found["holds"].tolist() == ["below"]


def test_plan_versions_are_judged_over_all_cases_for_each_party_and_jointly() -> None:
    design = make_design("lhs", 40, FACTORS)
    surplus = outcomes(design)["ann.surplus"]
    made = {
        "first.ann.surplus": surplus,
        "first.ann.accepts": surplus >= 0,
        "second.ann.surplus": np.full(40, 0.1),
        "second.ann.accepts": np.ones(40, dtype=bool),
    }
    for plan in ("first", "second"):
        made[f"{plan}.all.accepts"] = made[f"{plan}.ann.accepts"]
        made[f"{plan}.all.probability"] = made[f"{plan}.ann.accepts"].astype(float)
    found = Analyst(design, made).ask(
        Sensitivity(resamples=5, outcomes=["first.ann.surplus"]), None
    )
    judged = found["robustness"]
    assert judged["party"].tolist() == ["ann", "ann", "all", "all"]
    assert judged["plan"].tolist() == ["first", "second"] * 2
    assert judged["worst"][0] == surplus.min()
    assert judged["accepted"].tolist() == [(surplus >= 0).mean(), 1, (surplus >= 0).mean(), 1]
    assert judged["regret_worst"][1] == pytest.approx(surplus.max() - 0.1)
    assert "Wald" in judged["chosen_by"][1]
    assert "Wald" not in (judged["chosen_by"][0] or "")


def test_repeats_are_averaged_before_anything_is_asked() -> None:
    once = make_design("lhs", 100, FACTORS)
    twice = make_design("lhs", 100, FACTORS, repeats=2)
    single = outcomes(once)
    doubled = {"ann.surplus": np.repeat(single["ann.surplus"], 2) + np.tile([0.1, -0.1], 100)}
    wanted = Sensitivity(outcomes=["ann.surplus"], resamples=10)
    asked = [Discovery(outcome="ann.surplus", above=0.1)]
    one, two = Analyst(once, single).ask(wanted, asked), Analyst(twice, doubled).ask(wanted, asked)
    np.testing.assert_allclose(one["pawn"]["median"], two["pawn"]["median"], atol=1e-12)
    assert one["boxes"]["text"].tolist() == two["boxes"]["text"].tolist()
    assert one["boxes"]["outcome"].tolist() == ["ann.surplus ≥ 0.1"]


def test_the_same_seed_gives_the_same_tables() -> None:
    design = make_design("lhs", 120, FACTORS, seed=4)
    asked = (Sensitivity(resamples=10), [Discovery(outcome="zone.exists")])
    tables = [Analyst(design, outcomes(design, 0.05), seed=4).ask(*asked) for _ in range(2)]
    for name, columns in tables[0].items():
        for key, column in columns.items():
            assert column.tolist() == tables[1][name][key].tolist() or column.dtype.kind == "f"
            if column.dtype.kind == "f":
                assert column.tobytes() == tables[1][name][key].tobytes()


def test_boxes_are_sought_in_some_of_very_many_cases_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design = make_design("lhs", 400, FACTORS)
    analyst = Analyst(design, outcomes(design, gaps=0.1))
    monkeypatch.setattr("sim.experiment.analysis.asked.MOST_SEARCHED", 300)
    found = analyst.ask(None, [Discovery(outcome="zone.exists")])["analyses"]
    assert found["cases"].tolist() == [300, 300]
    assert all(0 < undefined < 60 for undefined in found["undefined"])
    for done in found["done"]:
        assert done.startswith("sought in 300 of 400 cases, drawn at random; those were left out")


def test_a_red_lines_chance_turns_the_central_verdict_at_nought_and_nowhere_between() -> None:
    path = "parties.ann.red_lines[0].binds"
    design = make_design("full", None, [Listed(path, (0.75, 0.0, 1.0))])
    made = {
        "case": np.arange(3),
        "zone.exists": np.array([False, True, False]),
        "draft.ann.surplus": np.array([0.1, 0.1, 0.2]),
    }
    found = Analyst(design, made).ask(Sensitivity(methods=["tornado"]), None)["break_even"]
    rows = {name: [column[k] for column in found.values()][2:] for k, name in
            enumerate(found["outcome"])}  # fmt: skip
    value, *rest = rows["zone.exists"]
    assert np.isnan(value)
    assert rest == [0.0, 0.75, "below"]
