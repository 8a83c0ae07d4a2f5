"""Pictures of sweeps: heatmaps, distributions, parallel coordinates, boxes; true and legible."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from legibility import check_legible

from sim.errors import InputError
from sim.experiment.as_written import as_written
from sim.experiment.study import study
from sim.formats.experiments import prepare_experiment
from sim.plots import alt_text, caption, draw
from sim.plots.factor_cells import PER_CELL
from sim.plots.factor_values import factor_values
from sim.plots.found_box import shown_box
from sim.plots.outcome_grid import outcome_grid
from sim.plots.parallel_lines import MOST_LINES, parallel_lines, spread
from sim.plots.plan_outcomes import all_plans
from sim.plots.style import TINY, styled
from sim.plots.zone_heatmap import edge_lines

NAMES = ("zone_heatmap", "plan_distributions", "parallel_coordinates", "prim_box")

EXPERIMENTS = {
    "ranges": """
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.7]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
  parties.sel.consent: [required, advisory]
  red_lines: [none, stated, implied]
design: {lhs: 120}
compute: [compare, zone]
draws: 10
zone_draws: 5
sensitivity: {outcomes: [zone.probability], resamples: 20}
discovery: [{outcome: zone.probability, above: 0.9, methods: [prim]}]
""",
    "lists": """
scenario: water-dispute
vary:
  parties.halden.threshold: [0.35, 0.4, 0.5, 0.6]
  parties.merin.threshold: [0.4, 0.5, 0.7]
  red_lines: [none, stated, implied]
compute: [compare, zone]
draws: 20
zone_draws: 20
discovery: [{outcome: zone.exists, methods: [prim]}]
""",
    "levers, plans, bells": """
scenario: ukraine-2025-12
vary:
  levers: [[], [us_arms_cutoff], [oil_sanctions], [us_arms_cutoff, oil_sanctions, european_loan]]
  plans.us28.picks.army_cap: [cap_600, cap_800]
  parties.russia.disagreement: {normal: [0.3, 0.1]}
  talks.rounds: {integers: [1, 40]}
design: {halton: 32}
compute: {compare: {plans: [us28]}}
draws: 5
discovery: [{outcome: us28.russia.surplus, above: 0.3, methods: [prim]}]
""",
    "weights": """
scenario: ukraine-2025-12
vary:
  parties.ukraine.weights: {simplex: grouped}
  parties.ukraine.threshold: {uniform: [0.2, 0.6]}
  parties.us.consent: [required, advisory]
  red_lines: [none, stated, implied]
design: {lhs: 64}
compute: {compare: {plans: [us28, e3_28]}}
draws: 10
discovery: [{outcome: us28.ukraine.surplus, above: 0, methods: [prim]}]
""",
    "flagship": """
scenario: ukraine-2025-12
vary:
  parties.ukraine.threshold: {uniform: [0.1, 0.6]}
  parties.russia.threshold: {uniform: [0.1, 0.6]}
  red_lines: [none, stated, implied]
design: {lhs: 30}
compute: {compare: {plans: [ist2022, us28]}, zone: {size: false}}
draws: 5
zone_draws: 1
discovery: [{outcome: zone.exists, methods: [prim]}]
""",
    "one at a time": """
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
design: {one_at_a_time: 5}
compute: [compare]
draws: 20
""",
}


@cache
def ran(name):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.yaml"
        path.write_text("experiment: 1\n" + EXPERIMENTS[name].lstrip())
        prepared, _ = prepare_experiment(str(path))
    return study(prepared, "sweep")


def shown(name):
    without = "one at a time"  # asks for no boxes
    return [picture for picture in NAMES if name != without or picture != "prim_box"]


@pytest.mark.parametrize(
    ("scene", "picture"), [(scene, name) for scene in EXPERIMENTS for name in shown(scene)]
)
def test_every_picture_is_legible_and_says_what_it_shows(scene, picture):
    found = ran(scene)
    check_legible(draw(picture, found), TINY if picture == "plan_distributions" else 11.0)
    words = caption(picture, found)
    assert words.alt.startswith(words.title)
    assert "Conditional on these inputs" in words.subtitle
    assert words.note
    assert "nan" not in words.alt.replace("–", " ").split()


@pytest.mark.parametrize("picture", NAMES)
def test_the_same_study_gives_the_same_pixels(picture):
    assert pixels(draw(picture, ran("lists"))) == pixels(draw(picture, ran("lists")))


def pixels(figure):
    with styled():
        figure.savefig(stream := io.BytesIO(), dpi=50, metadata={"Software": None})
    return stream.getvalue()


def with_outcome(found, name, column):
    """The same study with another column in its table of outcomes, and no analyses."""
    outcomes = {**found.tables["outcomes"], name: column}
    return replace(found, tables={"cases": found.tables["cases"], "outcomes": outcomes})


# --- heatmap


def test_a_cell_is_the_mean_over_the_cases_with_its_settings():
    found = ran("lists")
    x, y = "parties.halden.threshold", "red_lines"
    grid = outcome_grid(found, x, y, "zone.probability")
    outcome = found.tables["outcomes"]["zone.probability"]
    for j, reading in enumerate(("none", "stated", "implied")):
        for i, threshold in enumerate((0.35, 0.4, 0.5, 0.6)):
            there = (found.settings[x] == threshold) & (found.settings[y] == reading)
            assert grid.counts[j, i] == there.sum() == 3
            assert grid.means[j, i] == pytest.approx(np.mean(outcome[there]))


def test_every_case_with_a_value_is_in_one_cell_of_a_range():
    found = ran("ranges")
    for x in found.settings:
        for y in set(found.settings) - {x}:
            assert outcome_grid(found, x, y, None).counts.sum() == 120


def test_fewer_cases_make_fewer_and_larger_cells():
    few, many = ran("flagship"), ran("ranges")
    x, y = (
        [f"parties.{party}.threshold" for party in pair]
        for pair in (("ukraine", "russia"), ("halden", "merin"))
    )
    assert outcome_grid(few, *x, None).counts.size < outcome_grid(many, *y, None).counts.size
    for found, sides in ((few, x), (many, y)):
        grid = outcome_grid(found, *sides, None)
        assert grid.counts.mean() >= PER_CELL or grid.counts.size == 4


def test_cells_without_a_case_are_counted_and_never_coloured():
    found = ran("one at a time")
    words = caption("zone_heatmap", found)
    assert "16 cells without a case" in words.alt
    grid = outcome_grid(found, None, None, None)
    assert int((grid.counts == 0).sum()) == 16
    assert np.isnan(grid.means[grid.counts == 0]).all()


def test_the_line_runs_where_the_chance_passes_one_half_and_nowhere_else():
    found = ran("lists")
    grid = outcome_grid(found, "parties.halden.threshold", "red_lines", "zone.probability")
    lines = {(min(line), max(line)) for line in map(tuple, edge_lines(grid))}
    yes = grid.means >= 0.5
    assert yes.any()
    assert not yes.all()
    for j in range(3):
        for i in range(3):
            assert (((i + 1, j), (i + 1, j + 1)) in lines) == (yes[j, i] != yes[j, i + 1])
    for j in range(2):
        for i in range(4):
            assert (((i, j + 1), (i + 1, j + 1)) in lines) == (yes[j, i] != yes[j + 1, i])


def test_numbers_that_differ_in_the_last_digit_alone_are_written_as_one():
    found = ran("lists")
    column = np.where(np.arange(36) < 12, 0.6, np.nextafter(0.6, 0.0))
    sides = ("parties.halden.threshold", "red_lines")
    grid = outcome_grid(with_outcome(found, "nash.halden", column), *sides, "nash.halden")
    assert len(np.unique(grid.means)) == 2
    assert {grid.write(mean) for mean in grid.means.ravel()} == {"0.60"}


def test_undefined_outcomes_are_left_out_and_said_to_be():
    found = ran("lists")
    column = np.ma.masked_array(np.arange(36.0), np.arange(36) % 9 == 0)
    grid = outcome_grid(with_outcome(found, "zone.share", column), None, None, "zone.share")
    assert grid.counts.sum() == 32
    holes = with_outcome(found, "zone.share", column)
    assert (
        "4 cases without a value left out"
        in caption("zone_heatmap", holes, outcome="zone.share").note
    )


def test_the_scenarios_own_values_are_marked_where_they_are_known():
    found = ran("ranges")
    assert as_written(found, "parties.halden.threshold") == pytest.approx(0.425)
    assert as_written(found, "parties.sel.consent") == "required"
    assert as_written(found, "red_lines") == "stated"
    weights = [path for path in ran("weights").settings if ".weights." in path]
    assert sum(as_written(ran("weights"), path) for path in weights) == pytest.approx(1)
    alt = alt_text("zone_heatmap", found, x="parties.halden.threshold", y="red_lines")
    assert "In the scenario's file: 0.425 across and “stated” upwards" in alt


def test_what_is_the_same_in_every_case_is_no_side_unless_it_is_named(tmp_path):
    (tmp_path / "sweep.yaml").write_text("""
experiment: 1
scenario: water-dispute
vary:
  red_lines: [stated]
  parties.merin.threshold: [0.36, 0.37]
  parties.halden.threshold: [0.35, 0.6]
compute: {compare: {plans: [commission_text]}}
draws: 5
""")
    found = study(prepare_experiment(str(tmp_path / "sweep.yaml"))[0], "sweep")
    grid = outcome_grid(found, None, None, "commission_text.halden.surplus")
    assert "red_lines" not in (grid.x.factor.path, grid.y.factor.path)
    assert outcome_grid(found, "red_lines", None, "commission_text.halden.surplus").x.n == 1


def test_without_names_the_two_that_matter_most_are_taken():
    grid = outcome_grid(ran("ranges"), None, None, "zone.probability")
    rows = ran("ranges").tables["pawn"]
    order = np.argsort(-np.asarray(rows["median"], dtype=float))
    assert {grid.x.factor.path, grid.y.factor.path} == set(rows["factor"][order[:2]])
    assert grid.measure == "PAWN"


def test_the_title_says_which_way_it_goes_and_how_far():
    found = ran("lists")
    title = caption("zone_heatmap", found).title
    column, threshold = (
        found.tables["outcomes"]["zone.probability"], found.settings["parties.halden.threshold"],
    )  # fmt: skip
    first, last = (round(100 * np.mean(column[threshold == v])) for v in (0.35, 0.6))
    assert f"falls from {first} % to {last} % as Halden's threshold rises" in title.replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_chance_differences_between_cells_are_not_told_of():
    found = ran("ranges")
    x, y = "parties.halden.threshold", "red_lines"
    reading = found.settings[y]
    of_y = with_outcome(found, "zone.probability", np.where(reading == "none", 0.9, 0.1))
    grid = outcome_grid(of_y, x, y, "zone.probability")
    assert grid.along(grid.x) == pytest.approx(np.full(grid.x.n, grid.along(grid.x)[0]))
    assert not grid.tells(grid.x)
    assert grid.tells(grid.y)
    title = caption("zone_heatmap", of_y, x=x, y=y, outcome="zone.probability").title
    assert "whatever Halden's threshold" in title
    noise = np.random.default_rng(3).random(120)
    grid = outcome_grid(with_outcome(found, "zone.probability", noise), x, y, "zone.probability")
    assert not grid.tells(grid.x)
    assert not grid.tells(grid.y)


# --- distributions


def test_shares_and_quantiles_are_those_of_the_cases():
    found = ran("ranges")
    outcomes = found.tables["outcomes"]
    plans = all_plans(found, "halden")
    assert [plan.title for plan in plans.plans][-1] == "The commission's text"
    text = plans.plans[-1]
    surplus = np.asarray(outcomes["commission_text.halden.surplus"], dtype=float)
    assert text.accepted == np.mean(outcomes["commission_text.halden.accepts"])
    assert text.reached == np.mean(surplus >= -1e-9)
    assert text.quantiles == pytest.approx(np.quantile(surplus, [0.05, 0.25, 0.5, 0.75, 0.95]))
    assert sorted(text.dots) == pytest.approx(sorted(surplus))


def test_the_first_party_whose_consent_is_required_is_shown_unless_another_is_named():
    assert all_plans(ran("ranges"), None).party == "halden"
    assert all_plans(ran("weights"), None).party == "ukraine"
    everyone = all_plans(ran("ranges"), "all")
    joint = ran("ranges").tables["outcomes"]["commission_text.all.probability"]
    assert np.sort(everyone.plans[-1].values) == pytest.approx(np.sort(np.asarray(joint)))


def test_a_red_line_can_stand_between_reaching_the_threshold_and_accepting():
    rows = all_plans(ran("flagship"), "ukraine").plans
    assert all(row.accepted <= row.reached for row in rows)
    assert any(row.accepted < row.reached for row in rows)


# --- parallel coordinates


def test_at_most_so_many_lines_are_drawn_and_both_kinds_are_among_them():
    found = ran("ranges")
    n = 5 * MOST_LINES
    cases = np.arange(n) % 120
    rare = np.arange(n) < 40
    outcomes = {"case": cases, "zone.exists": rare}
    many = replace(found, tables={"outcomes": outcomes})
    lines = parallel_lines(many, "zone.exists", lambda _: True)
    assert len(lines.drawn) == MOST_LINES
    assert lines.n_drawn == lines.n_interest == 40
    assert len(set(lines.drawn)) == len(lines.drawn)
    again = parallel_lines(many, "zone.exists", lambda _: True)
    assert np.array_equal(lines.drawn, again.drawn)
    assert "drawn are" in caption("parallel_coordinates", many, outcome="zone.exists").note


def test_lines_cross_axes_in_the_order_of_their_values():
    for name in ("ranges", "weights", "levers, plans, bells"):
        for path in ran(name).settings:
            factor = factor_values(ran(name), path)
            heights = spread(factor)
            assert heights.min() >= 0
            assert heights.max() <= 1
            order = np.argsort(heights)
            assert (np.diff(factor.values[order]) >= 0).all()


def test_cases_of_interest_are_those_that_the_experiment_asks_about():
    found = ran("ranges")
    lines = parallel_lines(found, None, lambda _: True)
    chance = np.asarray(found.tables["outcomes"]["zone.probability"])
    assert np.array_equal(lines.interest.cases, chance >= 0.9 - 1e-9)


def test_what_has_no_axis_is_counted():
    found = ran("weights")
    lines = parallel_lines(found, None, lambda labels: len(labels) <= 7)
    assert len(lines.factors) == 7
    assert len(lines.left_out) == len(found.settings) - 7


# --- box


@pytest.mark.parametrize("scene", ["ranges", "lists", "levers, plans, bells", "weights"])
def test_the_box_that_is_shown_holds_as_many_cases_as_its_table_says(scene):
    found = ran(scene)
    box = shown_box(found, None, 0)
    inside = np.ones(len(found.tables["outcomes"]["case"]), dtype=bool)
    for limit in box.limits:
        values = limit.factor.values
        if limit.inside:
            inside &= np.isin(values, limit.inside)
        else:
            inside &= (values >= limit.low) & (values <= limit.high)
    assert inside.sum() == box.shares["cases"]
    assert [limit.chance for limit in box.limits] == sorted(limit.chance for limit in box.limits)


def test_the_title_of_a_box_compares_its_density_with_that_of_all_cases():
    found = ran("lists")
    title = caption("prim_box", found).title.replace("\N{NO-BREAK SPACE}", " ")
    exists = np.asarray(found.tables["outcomes"]["zone.exists"])
    inside = found.settings["red_lines"] != "implied"
    assert np.mean(exists[inside]) == 1
    overall = round(100 * np.mean(exists))
    assert title == (
        f"A zone exists in 100 % of cases with red lines none or stated, against {overall} % of all"
    )


def test_a_part_of_a_design_is_said_to_be_one():
    found = ran("lists")
    part = replace(found.prepared, design=replace(found.prepared.design, first=12))
    rows = {name: column[:12] for name, column in found.tables["outcomes"].items()}
    said = caption("plan_distributions", replace(found, prepared=part, tables={"outcomes": rows}))
    assert "12 cases of 36 (every combination)" in said.subtitle


# --- what is asked wrongly


@pytest.mark.parametrize(
    ("picture", "options", "said"),
    [
        ("zone_heatmap", {"x": "red_line"}, "did you mean 'red_lines'"),
        ("zone_heatmap", {"x": "red_lines", "y": "red_lines"}, "name two things that vary"),
        ("zone_heatmap", {"outcome": "zone.exist"}, "did you mean 'zone.exists'"),
        ("plan_distributions", {"party": "haldn"}, "did you mean 'halden'"),
        ("parallel_coordinates", {"outcome": "zon.exists"}, "did you mean 'zone.exists'"),
        ("prim_box", {"box": 3}, "there is only box 0"),
        ("prim_box", {"outcome": "zone.surplus"}, "no box was asked for about 'zone.surplus'"),
    ],
)
def test_what_there_is_not_is_refused_with_what_was_meant(picture, options, said):
    with pytest.raises(InputError, match=said):
        caption(picture, ran("lists"), **options)


def test_an_analysis_that_was_not_asked_for_comes_with_the_line_to_add():
    with pytest.raises(InputError, match=r"discovery: \[\{outcome: zone.exists\}\]"):
        caption("prim_box", ran("one at a time"))


def test_an_outcome_without_any_value_is_no_picture():
    empty = np.ma.masked_all(36, dtype=float)
    found = with_outcome(ran("lists"), "zone.share", empty)
    with pytest.raises(InputError, match="no value in any case"):
        caption("zone_heatmap", found, outcome="zone.share")


def test_the_same_number_everywhere_is_said_to_be_the_same():
    found = with_outcome(ran("lists"), "zone.exists", np.ones(36, dtype=bool))
    title = caption("zone_heatmap", found, outcome="zone.exists").title
    assert title.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "Share of cases in which a zone exists: 100 % throughout"
    )
    draw("parallel_coordinates", found, outcome="zone.exists")
