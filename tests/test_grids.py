"""Numeric issues: points that are called by their numbers, lines through them, boxes over them."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError
from reference import on_the_line

from sim.cli import run_command
from sim.comparison import compare
from sim.errors import ScenarioError
from sim.formats import parse_scenario
from sim.issues import Grid, Issue, numeral
from sim.plans import read_plan
from sim.problem import Problem
from sim.sampling import central, sample
from sim.scenario import Scenario

TOLL: dict[str, Any] = {
    "zopa": 1,
    "title": "A toll",
    "issues": {
        "toll": {
            "title": "Toll",
            "grid": {"from": -2.5, "to": 10, "step": 2.5, "unit": "EUR"},
            "status_quo": 0,
        },
        "lanes": {"title": "Lanes", "options": {"one": "one", "two": "two", "four": "four"}},
    },
    "parties": {
        "town": {
            "name": "Town",
            "weights": {"toll": 3, "lanes": 1},
            "values": {
                "toll": {"line": {10: 1, 2.5: {"uniform": [0.4, 0.8]}, -2.5: 0}},
                "lanes": {"order": ["four", "two", "one"]},
            },
        },
        "club": {
            "name": "Club",
            "scale": "raw",
            "disagreement": 1,
            "interactions": [
                {"when": {"toll": {"from": -2.5, "to": 2.5}, "lanes": ["two", "four"]}, "add": 4},
                {"when": {"toll": {"from": 2.5, "to": 10}}, "add": -1},
                {"when": {"lanes": {"from": "one", "to": "two"}, "toll": [0, 10]}, "add": 2},
            ],
            "red_lines": [{"when": {"toll": {"from": 7.5, "to": 10}}}],
        },
    },
    "constraints": [{"forbid": {"toll": -2.5, "lanes": {"from": "two", "to": "four"}}, "why": "…"}],
    "plans": {
        "draft": {"title": "Draft", "picks": {"toll": {"from": 0, "to": 5}, "lanes": "two"}},
        "quiet": {"title": "Quiet", "picks": {"lanes": ["one", "four"]}},
    },
}


def toll(**more: Any) -> Scenario:
    return Scenario.model_validate({**deepcopy(TOLL), **more})


def as_file(scenario: Scenario | dict[str, Any]) -> str:
    """Return a scenario as the text of a file: JSON is YAML."""
    if isinstance(scenario, Scenario):
        scenario = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps(scenario)


# Points -------------------------------------------------------------------------------------------


def test_points_are_called_by_their_shortest_numerals_and_said_with_the_unit():
    assert toll().issues["toll"].options == {
        "-2.5": "-2.5 EUR",
        "0": "0 EUR",
        "2.5": "2.5 EUR",
        "5": "5 EUR",
        "7.5": "7.5 EUR",
        "10": "10 EUR",
    }


def test_tenths_come_out_as_written():
    grid = Grid(**{"from": 0.1, "to": 0.7, "step": 0.1})
    assert grid.points == ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7")
    assert grid.text == "0.1 to 0.7 in steps of 0.1"


@given(
    start=st.integers(-10_000, 10_000),
    step=st.integers(1, 500),
    steps=st.integers(1, 200),
    places=st.integers(0, 6),
)
def test_the_points_of_any_grid_are_its_multiples_to_the_last_digit(
    start: int, step: int, steps: int, places: int
):
    ends = (float(Decimal(n).scaleb(-places)) for n in (start, start + steps * step, step))
    grid = Grid(**dict(zip(("from", "to", "step"), ends, strict=True)))
    right = [Decimal(start + k * step).scaleb(-places) for k in range(steps + 1)]
    assert [Decimal(point) for point in grid.points] == right
    assert list(grid.points) == [numeral(float(point)) for point in grid.points]
    for k, point in enumerate(grid.points):
        assert grid.nearest(float(point)) == [point]
        between = (right[k] + right[min(k + 1, steps)]) / 2
        assert grid.nearest(float(between)) == list(dict.fromkeys(grid.points[k : k + 2]))


def test_runs_of_points_are_said_as_one():
    issue = toll().issues["toll"]
    assert issue.labels([1, 2, 3, 5]) == ["0 to 5 EUR", "10 EUR"]
    assert issue.labels([1, 2]) == ["0 EUR", "2.5 EUR"]
    plain = Issue(title="Lanes", options={"one": "one lane", "two": "two", "four": "four"})
    assert plain.labels([0, 1, 2]) == ["one lane", "two", "four"]


def test_ten_thousand_points_are_the_most():
    most = {"from": 0, "to": 9999, "step": 1}
    assert len(Grid(**most).points) == 10_000
    with pytest.raises(ValidationError, match="10,001 points"):
        Grid(**{**most, "to": 10_000})


# Values -------------------------------------------------------------------------------------------


def test_a_line_goes_straight_from_each_given_point_to_the_next():
    values = central(toll()).terms[0][0, :, 0] / 0.75
    assert_allclose(values, [0, 0.3, 0.6, 0.6 + 0.4 / 3, 0.6 + 0.8 / 3, 1], atol=1e-12)


def test_a_drawn_line_runs_through_what_was_drawn():
    (drawn,) = sample(toll(), 500, seed=3)
    values = drawn.terms[0][:, :, 0] / 0.75
    kink = values[:, 2]
    assert 0.4 <= kink.min() < 0.45
    assert 0.75 < kink.max() <= 0.8
    assert_allclose(values[:, 1], kink / 2, atol=1e-12)
    assert_allclose(values[:, 4], kink + (1 - kink) * 2 / 3, atol=1e-12)


def test_a_point_of_a_line_has_a_stream_of_its_own():
    more = deepcopy(TOLL)
    more["parties"]["town"]["values"]["toll"]["line"] |= {7.5: {"uniform": [0.8, 0.9]}}
    (one,), (other,) = (sample(Scenario.model_validate(s), 50) for s in (TOLL, more))
    assert_array_equal(one.terms[0][:, :4, :][:, :3], other.terms[0][:, :4, :][:, :3])
    assert (one.terms[0][:, 4, 0] != other.terms[0][:, 4, 0]).all()


def test_points_of_a_line_may_be_tied_to_other_numbers():
    tied = deepcopy(TOLL)
    tied["parties"]["town"]["disagreement"] = {"uniform": [0, 0.2]}
    paths = ["parties.town.values.toll.line.2.5", "parties.town.disagreement"]
    tied["correlations"] = [{"between": paths, "rank": 1.0}]
    scenario = parse_scenario(as_file(tied))
    (drawn,) = sample(scenario, 50)
    kink = drawn.terms[0][:, 2, 0] / 0.75
    assert_allclose((kink - 0.4) / 0.4, drawn.disagreement[:, 0] / 0.2, atol=1e-9)


@given(
    points=st.dictionaries(st.integers(1, 19), st.integers(0, 10), max_size=5),
    ends=st.tuples(st.integers(0, 10), st.integers(0, 10)),
)
def test_a_line_is_what_the_definition_says(points: dict[int, int], ends: tuple[int, int]):
    given = {0: ends[0], 20: ends[1]} | points
    issue = {"title": "Toll", "grid": {"from": 0, "to": 10, "step": 0.5}}
    line = {"line": {numeral(k / 2): worth for k, worth in given.items()}}
    town = {"name": "Town", "scale": "raw", "values": {"toll": line}}
    scenario = toll(issues={"toll": issue}, parties={"town": town}, constraints=[], plans={})
    values = central(scenario).terms[0][0, :, 0]
    right = [on_the_line({k / 2: float(v) for k, v in given.items()}, k / 2) for k in range(21)]
    assert_allclose(values, right, atol=1e-12)


# Conditions ---------------------------------------------------------------------------------------


def test_boxes_alone_make_a_utility():
    ensemble = central(toll())
    worth = [[ensemble.utility([toll, lanes])[0, 1] for toll in range(6)] for lanes in range(3)]
    assert worth == [
        [0, 2, -1, -1, -1, 1],  # one lane: the third box at 0 and 10, the second from 2.5 on
        [4, 6, 3, -1, -1, 1],  # two: the first as well, up to 2.5
        [4, 4, 3, -1, -1, -1],  # four
    ]


def test_spans_forbid_and_refuse_all_between():
    problem = Problem.from_scenario(toll())
    left = {tuple(row) for row in problem.enumerate()[0].tolist()}
    refused = {(t, lanes) for t in (4, 5) for lanes in range(3)}
    forbidden = {(0, 1), (0, 2)}
    assert left == {(t, lanes) for t in range(6) for lanes in range(3)} - refused - forbidden


def test_plans_speak_in_numbers():
    scenario = toll()
    assert read_plan(scenario, "draft").open[0].tolist() == [1, 2, 3]
    assert read_plan(scenario, "quiet").open[0].tolist() == [1]  # silence: the status quo
    found = compare(scenario, draws=50)
    assert found.verdicts[0].utility[1] == pytest.approx((6 + 3 - 1) / 3)


# Files --------------------------------------------------------------------------------------------


def test_a_scenario_with_grids_is_written_and_read_back_the_same():
    assert parse_scenario(as_file(toll())) == toll()


@pytest.mark.parametrize(
    ("setting", "where", "right"),
    [
        ("plans.draft.picks.toll=7.5", ["plans", "draft", "picks", "toll"], "7.5"),
        ("plans.draft.picks.toll=[5, 1e1]", ["plans", "draft", "picks", "toll"], ["5", "10"]),
        ("issues.toll.status_quo=-2.5", ["issues", "toll", "status_quo"], "-2.5"),
        (
            "parties.town.values.toll.line.2.5=0.1",
            ["parties", "town", "values", "toll", "line"],
            {"10": 1, "2.5": 0.1, "-2.5": 0},
        ),
        (
            "parties.town.values.toll.line.-2.5=0.1",
            ["parties", "town", "values", "toll", "line", "-2.5"],
            0.1,
        ),
        (
            "parties.town.values.toll.line.5=0.7",
            ["parties", "town", "values", "toll", "line", "5"],
            0.7,
        ),
        (
            "parties.town.values.toll.line.7.5=0.9",
            ["parties", "town", "values", "toll", "line", "7.5"],
            0.9,
        ),
    ],
)
def test_settings_take_numbers_where_a_grid_has_them(setting: str, where: list[str], right: Any):
    changed: Any = parse_scenario(as_file(toll()), "toll", [setting])
    for step in where:
        changed = changed[step] if isinstance(changed, dict) else getattr(changed, step)
    assert changed == right


def test_a_setting_off_the_grid_is_told_with_the_nearest_points():
    with pytest.raises(ScenarioError) as error:
        parse_scenario(as_file(toll()), "toll", ["plans.draft.picks.toll=3"])
    assert str(error.value).endswith(
        "plans.draft.picks.toll: toll has no 3 (-2.5 to 10 EUR in steps of 2.5): "
        "the nearest are 2.5 and 5"
    )


def test_a_grid_is_shown_in_a_few_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "toll.yaml"
    path.write_text(as_file(toll()), encoding="utf-8")
    assert run_command(["show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "-2.5 to 10 EUR in steps of 2.5 · status quo 0 EUR" in shown
    assert "3 interactions" in shown
    assert run_command(["show", str(path), "--plan", "draft"]) == 0
    assert "0 to 5 EUR" in capsys.readouterr().out


def test_grids_that_would_fill_the_memory_are_refused_at_once():
    grid = {"from": 0, "to": 9999, "step": 1}
    issues = {f"i{k}": {"title": "…", "grid": grid} for k in range(1000)}
    start = time.process_time()
    with pytest.raises(ScenarioError, match="more than 500,000 points between them"):
        parse_scenario(as_file({**TOLL, "issues": issues}))
    assert time.process_time() - start < 1


# Speed --------------------------------------------------------------------------------------------


def test_a_thousand_points_are_read_and_valued_in_a_blink():
    large = deepcopy(TOLL)
    large["issues"]["toll"]["grid"] = {"from": -2.5, "to": 2497.5, "step": 2.5}
    large["parties"]["town"]["values"]["toll"]["line"] = {"-2.5": 0, "500": 0.8, "2497.5": 1}
    text = as_file(large)
    times = []
    for _ in range(3):
        start = time.process_time()
        scenario = parse_scenario(text)
        central(scenario)
        times.append(time.process_time() - start)
    assert len(scenario.issues["toll"].options) == 1001
    assert min(times) < 0.1


def test_the_most_points_there_can_be_are_drawn_without_filling_the_memory():
    large = deepcopy(TOLL)
    large["issues"]["toll"]["grid"] = {"from": -2.5, "to": 24_995, "step": 2.5}
    large["parties"]["town"]["values"]["toll"]["line"] = {"-2.5": 0, "24995": 1}
    for ensemble in sample(Scenario.model_validate(large), 900):
        assert sum(term.nbytes for term in ensemble.terms) < 2e8
        assert_allclose(ensemble.terms[0][:, -1, 0], 0.75)
    assert np.isfinite(ensemble.thresholds).all()
