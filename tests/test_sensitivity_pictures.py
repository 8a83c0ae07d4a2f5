"""Pictures of sensitivity: they say what the tables say, legibly, whatever the number of inputs."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from legibility import check_legible, written

from sim.errors import InputError
from sim.experiment.labels import factor_label
from sim.experiment.study import Study, study
from sim.formats.experiments import prepare_experiment
from sim.plots import PICTURES, alt_text, caption, draw
from sim.plots.answers import answer, rows_of
from sim.plots.plan_ranks import ranked
from sim.plots.style import PAPER, styled
from sim.plots.tornado import OVER, UNDER

METHODS = {
    "tornado": "tornado",
    "sobol_bars": "sobol",
    "morris_screening": "morris",
    "pawn_bars": "pawn",
}
DESIGNS = {
    "tornado": "{one_at_a_time: 5}",
    "sobol": "{sobol: 16}",
    "morris": "{morris: 10}",
    "pawn": "{lhs: 64}",
}
RIVER = """
experiment: 1
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
  parties.merin.threshold: {uniform: [0.35, 0.65]}
  parties.halden.red_lines[1].binds: {uniform: [0.1, 0.9]}
  parties.merin.weights: {simplex: grouped}
  red_lines: [stated, none, implied]
compute: {compare: {}, zone: {size: false}}
zone_draws: 20
draws: 20
sensitivity: {resamples: 50}
"""
PLAN = """
experiment: 1
scenario: ukraine-2025-12
vary:
  parties.ukraine.threshold.above_disagreement: {uniform: [0, 0.1]}
  parties.russia.threshold.above_disagreement: {uniform: [0, 0.1]}
  parties.ukraine.weights: {simplex: grouped, concentration: 60}
compute: [compare]
draws: 5
sensitivity: {resamples: 50, outcomes: [us28.ukraine.surplus, geneva19.all.probability]}
"""
SCENES = {"river": RIVER, "plan": PLAN}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """Return what makes a study of a scene under the design that a method needs."""

    @cache
    def of(scene: str, method: str) -> Study:
        file = tmp_path_factory.mktemp(scene) / "asked.yaml"
        file.write_text(f"{SCENES[scene]}design: {DESIGNS[method]}\n", "utf-8")
        return study(prepare_experiment(file)[0])

    return of


SHOWN = [*(("river", name) for name in METHODS), ("plan", "sobol_bars")]


def said_in(figure) -> str:
    texts = [" ".join(text.get_text().split()) for text in written(figure)]
    return " | ".join(texts).replace("\N{NO-BREAK SPACE}", " ")


def titled(name, made, **options) -> str:
    return caption(name, made, **options).title.replace("\N{NO-BREAK SPACE}", " ")


def table(**columns):
    """Lay out a table; what is ``None`` is missing."""
    return {
        name: np.array(cells, dtype=object if isinstance(cells[0], str) else float)
        if any(cell is None for cell in cells) or isinstance(cells[0], str)
        else np.array(cells)
        for name, cells in columns.items()
    }


def with_answer(made: Study, method: str, **columns) -> Study:
    """Return the study with another answer to one analysis of the outcome ``zone.exists``."""
    n = len(next(iter(columns.values())))
    analyses = table(outcome=["zone.exists"], method=[method], cases=[100], undefined=[0])
    analyses |= {"done": np.array([None]), "unanswered": np.array([None])}
    rows = table(outcome=["zone.exists"] * n, **columns)
    return replace(made, tables={**made.tables, "analyses": analyses, method: rows})


# --- what all of them have in common


@pytest.mark.parametrize(("scene", "name"), SHOWN)
def test_every_picture_is_legible_and_says_in_words_what_it_shows(studied, scene, name):
    made = studied(scene, METHODS[name])
    check_legible(draw(name, made))
    words = caption(name, made)
    assert words.alt.startswith(words.title)
    assert "onditional on these inputs" in words.subtitle
    assert "nan" not in words.alt.lower().split()
    found = answer(made, METHODS[name])
    for row in found.rows:
        path = row.get("input") or row.get("factor")
        assert factor_label(made, path) in words.alt


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("party", ["all", 0, 1])
def test_ranks_of_plan_versions_are_legible_for_all_and_for_each_party(studied, scene, party):
    made = studied(scene, "sobol")
    who = party if party == "all" else list(made.scenario.parties)[party]
    check_legible(draw("plan_ranks", made, party=who))
    words = caption("plan_ranks", made, party=who)
    assert words.alt.startswith(words.title)
    for plan in made.scenario.plans.values():
        assert plan.title in words.alt


def test_the_same_study_gives_the_same_pixels(studied):
    made = studied("river", "morris")
    first, second = (pixels(draw("morris_screening", made)) for _ in range(2))
    assert first == second


def pixels(figure) -> bytes:
    with styled():
        figure.savefig(stream := io.BytesIO(), metadata={"Software": None})
    return stream.getvalue()


def test_whether_there_is_a_zone_is_shown_first_and_any_other_outcome_when_asked_for(studied):
    river, plan = studied("river", "sobol"), studied("plan", "sobol")
    assert titled("sobol_bars", river).startswith("The share of draws with a zone")
    asked = titled("sobol_bars", river, outcome="zone.exists")
    assert asked.startswith("Whether a zone exists")
    surplus = "The surplus of Ukraine under US draft in 28 points"
    assert titled("sobol_bars", plan).startswith(surplus)


# --- a tornado


def test_a_tornado_names_what_turns_the_verdict_alone_and_draws_where_it_turns(studied):
    made = studied("river", "tornado")
    rows = answer(made, "tornado", "zone.exists").rows
    turning = [row["factor"] for row in rows if row["flips"]]
    assert turning == ["red_lines"]
    words = caption("tornado", made, outcome="zone.exists")
    assert words.title == "Moved alone, 1 of 5 inputs changes whether a zone exists: red lines"
    said = said_in(draw("tornado", made, outcome="zone.exists"))
    assert "← no | yes →" in said
    assert "base case: yes" in said
    assert "stated and implied" in said
    assert said.count("no effect") == 4
    assert (
        "red lines: from no (stated and implied) to yes (stated), which turns the verdict"
        in words.alt
    )


def test_a_tornado_writes_the_settings_at_the_ends_of_its_bars(studied):
    made = studied("river", "tornado")
    outcome = "commission_text.merin.surplus"
    longest = answer(made, "tornado", outcome).rows[0]
    assert longest["factor"] == "parties.merin.threshold"
    assert longest["high"] - longest["low"] == pytest.approx(0.3)  # as wide as the range
    assert (longest["at_low"], longest["at_high"]) == ("0.65", "0.35")
    title = titled("tornado", made, outcome=outcome)
    assert title.startswith("Moved alone, no input turns the verdict; Merin's threshold changes")
    assert title.endswith(f"most: from {longest['low']:.2f} to {longest['high']:.2f}")
    said = said_in(draw("tornado", made, outcome=outcome))
    assert "below the threshold" in said
    assert "| 0.65 |" in said
    assert "| 0.35 |" in said


def test_without_a_threshold_a_tornado_draws_none_and_speaks_of_no_verdict(studied):
    made = studied("river", "tornado")
    words = caption("tornado", made, outcome="zone.probability")
    assert "verdict" not in words.title + words.note
    assert "below the threshold" not in said_in(draw("tornado", made, outcome="zone.probability"))


def test_settings_at_which_an_outcome_has_no_value_are_named(studied):
    made = with_answer(
        studied("river", "tornado"), "tornado",
        factor=["red_lines", "parties.merin.threshold"], base=[0.2, 0.2], threshold=[0.0, 0.0],
        low=[None, -0.1], high=[None, 0.2], at_low=["", "0.6"], at_high=["", "0.5"],
        undefined=["stated; implied", ""], flips=[False, True],
    )  # fmt: skip
    words = caption("tornado", made)
    assert "No value with red lines at stated and stated and implied." in words.note
    figure = draw("tornado", made)
    check_legible(figure)
    assert "undefined" in said_in(figure)


def test_parts_of_a_bar_on_either_side_of_the_threshold_differ_in_black_and_white_too():
    def light(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))

    assert light(UNDER) - light(OVER) > 0.3
    assert light(PAPER) - light(OVER) > 0.3


# --- Sobol' indices


def test_shares_of_single_inputs_and_of_interactions_are_those_of_the_table(studied):
    made = studied("river", "sobol")
    rows = answer(made, "sobol").rows
    alone = max(sum(row["first"] for row in rows), 0.0)  # an estimate: it may fall below 0
    most = max(rows, key=lambda row: row["total"])
    title, alt = titled("sobol_bars", made), alt_text("sobol_bars", made)
    assert f"about {100 * alone:.0f} % of its variance" in title
    assert f"interactions {100 * (1 - alone):.0f} %" in title
    assert factor_label(made, most["input"]).partition(": ")[2] in title
    for row in rows:
        first = f"{row['first']:.2f}".replace("-", "−")
        assert f"{factor_label(made, row['input'])}: alone {first} (" in alt


@pytest.mark.parametrize(("second", "verb"), [(0.5, "hangs most"), (0.65, "seems to hang most")])
def test_the_title_is_sure_of_the_first_input_only_if_its_interval_is_apart(studied, second, verb):
    made = with_answer(
        studied("river", "sobol"), "sobol",
        input=["red_lines", "parties.merin.threshold"], first=[0.6, 0.2], first_low=[0.5, 0.1],
        first_high=[0.7, 0.3], total=[0.7, 0.4], total_low=[0.6, 0.3],
        total_high=[0.8, second], points=[64, 64],
    )  # fmt: skip
    said = f"Whether a zone exists {verb} on red lines: one by one"
    assert caption("sobol_bars", made).title.startswith(said)


def test_what_was_dropped_because_it_has_no_value_is_said_below(studied):
    made = with_answer(
        studied("river", "sobol"), "sobol",
        input=["red_lines", "parties.merin.threshold"], first=[0.7, 0.3], first_low=[0.6, 0.2],
        first_high=[0.8, 0.4], total=[0.7, 0.3], total_low=[None, 0.2], total_high=[None, 0.4],
        points=[62, 62],
    )  # fmt: skip
    made.tables["analyses"]["undefined"] = np.array([3])
    made.tables["analyses"]["done"] = np.array(["2 of 64 comparisons were dropped"], dtype=object)
    words = caption("sobol_bars", made)
    assert words.title.endswith("of its variance, no interactions show")
    assert "No value in 3 of 100 cases: 2 of 64 comparisons were dropped." in words.note
    assert "from 62 base points" in words.note.replace("\N{NO-BREAK SPACE}", " ")
    check_legible(draw("sobol_bars", made))


# --- Morris's screening


def test_screening_ranks_inputs_and_counts_those_that_hardly_matter(studied):
    made = studied("river", "morris")
    rows = sorted(answer(made, "morris").rows, key=lambda row: -row["mean_size"])
    size = 100 * rows[0]["mean_size"]
    assert f"by {size:.0f} percentage points on average" in titled("morris_screening", made)
    few = sum(row["mean_size"] < 0.1 * rows[0]["mean_size"] for row in rows)
    assert ("hardly matter" in titled("morris_screening", made)) == (few > 0)
    said = said_in(draw("morris_screening", made))
    assert "σ = μ*" in said
    assert "σ = μ*/2" in said
    assert "Merin: weights (group)" in said


def test_of_a_group_no_sigma_is_made_up(studied):
    words = caption("morris_screening", studied("river", "morris"))
    assert "Merin: weights: mu* " in words.alt
    assert words.alt.partition("Merin: weights: ")[2].startswith("mu* ")
    assert words.alt.count("no sigma") == 1
    assert "Groups have no σ" in words.note


def test_effects_without_any_spread_still_make_a_plane(studied):
    made = with_answer(
        studied("river", "morris"), "morris",
        input=["red_lines", "parties.merin.threshold"], mean=[0.2, 0.1], mean_size=[0.2, 0.1],
        low=[0.2, 0.1], high=[0.2, 0.1], spread=[1e-17, 0.0], walks=[10, 10],
    )  # fmt: skip
    check_legible(draw("morris_screening", made))


# --- PAWN


def test_inputs_beyond_chance_are_counted_and_named(studied):
    made = studied("river", "pawn")
    rows = sorted(answer(made, "pawn").rows, key=lambda row: -row["median"])
    beyond = [row["factor"] for row in rows if row["median"] > row["by_chance"]]
    assert 0 < len(beyond) < len(rows)
    title = titled("pawn_bars", made)
    assert title.startswith(f"{len(beyond)} of {len(rows)} inputs move")
    for row in rows:
        assert f"by chance {row['by_chance']:.2f}" in alt_text("pawn_bars", made)


def test_if_nothing_exceeds_chance_the_title_says_that_nothing_is_shown(studied):
    made = with_answer(
        studied("river", "pawn"), "pawn",
        factor=["red_lines", "parties.merin.threshold"], median=[0.1, 0.2], low=[0.0, 0.1],
        high=[0.2, 0.3], largest=[0.2, 0.3], by_chance=[0.2, 0.3], slices=[3, 10],
    )  # fmt: skip
    said = "No input is shown to move whether a zone exists farther than chance would"
    assert caption("pawn_bars", made).title == said


# --- many inputs

MANY = [
    f"parties.{party}.weights.{issue}"
    for party in ("ukraine", "russia")
    for issue in (
        "donetsk_unoccupied", "kherson_zaporizhzhia", "other_oblasts", "recognition_donbas_south",
        "crimea", "army_cap", "long_range", "western_arms", "foreign_troops", "nato_ukraine",
        "nato_enlargement", "guarantee_form", "guarantee_years",
    )
][:25]  # fmt: skip


def many(made: Study, method: str, rng: np.random.Generator) -> Study:
    """Give a study of the plan 25 inputs whose effects crowd near 0."""
    size = np.sort(rng.exponential(0.2, 25))[::-1]
    low, high = (size * part for part in (0.6, 1.5))
    columns = {
        "tornado": {
            "base": np.full(25, 0.1), "threshold": np.zeros(25), "low": 0.1 - size,
            "high": 0.1 + size / 2, "at_low": ["0.123"] * 25, "at_high": ["9.87"] * 25,
            "undefined": [""] * 25, "flips": size > 0.1,
        },
        "sobol": {
            "first": size * 0.8, "first_low": low, "first_high": high, "total": size,
            "total_low": low, "total_high": high, "points": np.full(25, 64),
        },
        "morris": {
            "mean": size, "mean_size": size, "low": low, "high": high,
            "spread": size * rng.uniform(0.1, 1.4, 25), "walks": np.full(25, 20),
        },
        "pawn": {
            "median": size, "low": low, "high": high, "largest": high,
            "by_chance": np.full(25, 0.2), "slices": np.full(25, 10),
        },
    }[method]  # fmt: skip
    key = "factor" if method in ("tornado", "pawn") else "input"
    return with_answer(made, method, **{key: MANY}, **columns)


@pytest.mark.parametrize("name", METHODS)
def test_with_25_inputs_the_20_that_matter_most_are_shown_and_the_others_counted(studied, name):
    method = METHODS[name]
    made = many(studied("plan", "sobol"), method, np.random.default_rng(4))
    figure = draw(name, made)
    check_legible(figure)
    words = caption(name, made)
    assert "5 more inputs" in words.note
    assert all(factor_label(made, path) in words.alt for path in MANY)


def test_of_many_inputs_the_title_says_how_many_would_pass_for_something_by_luck(studied):
    made = many(studied("plan", "sobol"), "pawn", np.random.default_rng(4))
    assert "farther than chance would (about 1 would by luck): " in titled("pawn_bars", made)
    assert "by luck" not in titled("pawn_bars", studied("river", "pawn"))


# --- ranks of plan versions


def ranking(made: Study, **columns) -> Study:
    """Return a study whose outcomes are the surplus of Merin under three plans."""
    outcomes = {"case": np.arange(len(next(iter(columns.values()))))}
    for plan, surplus in columns.items():
        outcomes[f"{plan}.merin.surplus"] = np.array(surplus, dtype=float)
        outcomes[f"{plan}.merin.accepts"] = np.array(surplus, dtype=float) >= 0
    return replace(made, tables={**made.tables, "outcomes": outcomes})


def test_ranks_are_those_of_a_hand_count_and_ties_are_shared_openly(studied):
    # one of each: all different; the first two equal; all three equal; one missing
    made = ranking(
        studied("river", "sobol"),
        halden_draft=[3, 2, 1, 9], merin_draft=[2, 2, 1, 8], commission_text=[1, 1, 1, np.nan],
    )  # fmt: skip
    found = ranked(made, "merin")
    assert found.plans == ("halden_draft", "merin_draft", "commission_text")
    assert (found.cases, found.left_out) == (3, 1)
    assert found.alone * 3 == pytest.approx(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2]]))
    assert found.shared * 3 == pytest.approx(np.array([[2, 0, 0], [2, 0, 0], [1, 0, 0]]))
    assert found.mean * 3 == pytest.approx([1 + 1.5 + 2, 2 + 1.5 + 2, 3 + 3 + 2])
    words = caption("plan_ranks", made, party="merin")
    title = words.title.replace("\N{NO-BREAK SPACE}", " ")
    assert title == (
        "Merin: Halden's draft ranks first in 100 % of cases, in 67 % together with others; "
        "in 33 % all do equally well"
    )
    assert "Left out: 1 case in which a version has no value." in words.note
    said = said_in(draw("plan_ranks", made, party="merin"))
    assert "1=" in said
    assert "shared with others" in said


def test_bars_of_all_plan_versions_are_whole(studied):
    made = studied("plan", "sobol")
    for party in ("all", *made.scenario.parties):
        found = ranked(made, party)
        assert (found.alone + found.shared).sum(axis=1) == pytest.approx(np.ones(9))
        assert found.mean.sum() == pytest.approx(45)  # 1 + 2 + … + 9, however shared


def test_the_leader_in_the_title_is_the_one_that_a_count_case_by_case_finds(studied):
    made = studied("river", "pawn")
    outcomes = made.tables["outcomes"]
    plans = list(made.scenario.plans)
    chances = np.stack([outcomes[f"{plan}.all.probability"] for plan in plans], axis=1)
    most = chances.max(axis=1)
    first = [((chances[:, k] >= most - 1e-9) & (most > 0)).mean() for k in range(len(plans))]
    best = int(np.argmax(first))
    said = f"{made.scenario.plans[plans[best]].title} is likeliest to be accepted by all in "
    assert titled("plan_ranks", made).startswith(f"{said}{100 * first[best]:.0f} % of cases")


def test_where_nobody_ever_accepts_the_title_says_so_and_crowns_no_leader(studied):
    title = titled("plan_ranks", studied("plan", "sobol"))
    assert title == "In no draw of any case do all accept any of the 9 plan versions"


def test_cases_in_which_no_version_has_a_chance_make_none_the_likeliest(studied):
    made = studied("river", "sobol")
    chances = {"halden_draft": [0.2, 0, 0, 0.1], "merin_draft": [0.1, 0, 0, 0.1]}
    outcomes = {"case": np.arange(4)}
    for plan, chance in chances.items():
        outcomes[f"{plan}.all.probability"] = np.array(chance, dtype=float)
    made = replace(made, tables={**made.tables, "outcomes": outcomes})
    assert titled("plan_ranks", made).replace("\N{NO-BREAK SPACE}", " ") == (
        "Halden's draft is likeliest to be accepted by all in 50 % of cases, in 25 % together with "
        "the other; in 50 % no version has any chance"
    )


def test_where_nothing_tells_versions_apart_no_leader_is_named(studied):
    made = ranking(studied("river", "sobol"), halden_draft=[1, 2], merin_draft=[1, 2])
    assert titled("plan_ranks", made, party="merin") == (
        "No case tells the 2 plan versions apart: in each they are worth the same to Merin"
    )


# --- mistakes


@pytest.mark.parametrize("name", METHODS)
def test_an_analysis_that_was_not_asked_for_is_told_with_how_to_ask(studied, name):
    other = "pawn" if METHODS[name] != "pawn" else "sobol"
    with pytest.raises(InputError, match=rf"methods: \[{METHODS[name]}\]"):
        draw(name, studied("river", other))


def test_an_analysis_without_an_answer_says_why(studied):
    made = studied("plan", "sobol")
    with pytest.raises(InputError, match=r"no answer for geneva19.all.probability: .* is 0 in"):
        draw("sobol_bars", made, outcome="geneva19.all.probability")


def test_an_outcome_that_was_not_asked_about_is_told_with_the_nearest(studied):
    with pytest.raises(InputError, match=r"did you mean 'us28\.ukraine\.surplus'"):
        draw("sobol_bars", studied("plan", "sobol"), outcome="us28.ukrain.surplus")


def test_ranks_need_a_party_that_is_there_and_two_versions(studied):
    made = studied("river", "sobol")
    with pytest.raises(InputError, match="did you mean 'merin'"):
        draw("plan_ranks", made, party="merim")
    with pytest.raises(InputError, match="two plan versions"):
        draw("plan_ranks", ranking(made, halden_draft=[1, 2]), party="merin")
    nothing = ranking(made, halden_draft=[np.nan], merin_draft=[1])
    with pytest.raises(InputError, match="in no case"):
        draw("plan_ranks", nothing, party="merin")


def test_pictures_of_an_experiment_are_registered_as_such():
    names = [name for name, picture in PICTURES.items() if picture.of is Study]
    assert {*METHODS, "plan_ranks"} <= set(names)


def test_a_missing_cell_is_no_number():
    cells = {"a": np.array([1.0, np.nan]), "b": np.ma.masked_array([1, 2], [True, False])}
    assert rows_of(cells) == [{"a": 1.0, "b": None}, {"a": None, "b": 2}]
