"""Pictures: they say what is true, no word covers another, and each time they are the same."""

from __future__ import annotations

import io
import re
from functools import cache
from itertools import combinations
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from legibility import check_legible, written
from matplotlib.text import Text
from PIL import Image

from sim.amendments import Amendments, amend
from sim.cli.pictures import draw_zone_into
from sim.comparison import Comparison, compare
from sim.condition import Condition
from sim.diagnosis import Diagnosis, diagnose
from sim.errors import InputError
from sim.experiment.study import Study
from sim.findings.conditions import condition_in_words
from sim.formats import read_scenario
from sim.levers import LeverStudy, study_levers
from sim.plots import ASKED_BY, PICTURES, alt_text, caption, draw, save
from sim.plots.acceptance_heatmap import acceptance_heatmap
from sim.plots.labels import Label, place
from sim.plots.style import (
    SLIDE,
    SMALL,
    TINY,
    diverging,
    fit,
    ink_on,
    slide,
    styled,
    text_width,
    tick_texts,
    wrap,
)
from sim.scenario import Scenario
from sim.settlement import Settlement, solve

ANSWERED = [
    name for name, picture in PICTURES.items() if picture.of in ASKED_BY and picture.of is not Study
]
COMPARED = [name for name, picture in PICTURES.items() if picture.of is Comparison]


def scenario(**parts):
    """Two neighbours and a fence; what is given replaces what stands here."""
    fence = {
        "zopa": 1,
        "title": "A fence",
        "issues": {
            "height": {"title": "Height", "options": {"low": "1 m", "mid": "1.5 m", "high": "2 m"},
                       "status_quo": "low"},
            "cost": {"title": "Who pays", "options": {"ann": "Ann", "half": "shared", "bob": "Bob"},
                     "status_quo": "half"},
        },
        "parties": {
            "ann": {"name": "Ann", "threshold": 0.4, "weights": {"height": 3, "cost": 1},
                    "values": {"height": {"low": 0, "mid": 0.6, "high": 1},
                               "cost": {"ann": 0, "half": 0.5, "bob": 1}}},
            "bob": {"name": "Bob", "threshold": 0.4, "weights": {"height": 1, "cost": 1},
                    "values": {"height": {"low": 1, "mid": 0.5, "high": 0},
                               "cost": {"ann": 1, "half": 0.5, "bob": 0}}},
        },
        "plans": {
            "mine": {"title": "Ann's draft", "picks": {"height": "high", "cost": "bob"}},
            "ours": {"title": "Middle", "picks": {"height": "mid", "cost": ["ann", "half"]}},
        },
    }  # fmt: skip
    return Scenario.model_validate(fence | parts)


def greedy():
    """Both insist on more than any package gives the two."""
    base = scenario().model_dump(by_alias=True, exclude_none=True)
    for party in base["parties"].values():
        party["threshold"] = 0.7
    return Scenario.model_validate(base)


def stubborn():
    """Their red lines on the height leave nothing."""
    base = scenario().model_dump(by_alias=True, exclude_none=True)
    base["parties"]["ann"]["red_lines"] = [{"when": {"height": "low"}}]
    base["parties"]["bob"]["red_lines"] = [{"when": {"height": ["mid", "high"]}}]
    return Scenario.model_validate(base)


def crowd(n_parties=6, n_plans=15, n_issues=10, threshold=0.35, n_signatories=4):
    """As many parties and plans as a slide must hold, with names that never end."""
    rng = np.random.default_rng(1)
    keys = [f"i{k}" for k in range(n_issues)]
    issues = {
        key: {"title": f"Issue number {k} with a title that goes on and on (and a remark)",
              "options": {f"o{j}": f"Option {j}: $5 bn, at some length; and more" for j in "0123"}}
        for k, key in enumerate(keys)
    }  # fmt: skip
    names = ["The Federated Republic of Ruritania", "Graustark", "The Principality of Zenda",
             "City", "United Nations Organisation", "League", "The Ministry of Long Names and "
             "Other Affairs of the North", "The Ministry of Long Names and Other Affairs of the "
             "South"]  # fmt: skip
    parties = {
        f"p{p}": {
            "name": names[p],
            "consent": "required" if p < n_signatories else "advisory",
            "disagreement": 0.3,
            "threshold": {"uniform": [threshold, threshold + 0.15]},
            "weights": {key: float(rng.uniform(1, 5)) for key in keys},
            "values": {key: {f"o{j}": float(rng.random()) for j in range(4)} for key in keys},
            "red_lines": [{"when": {keys[(p + k) % n_issues]: "o3"}} for k in range(3)],
        }
        for p in range(n_parties)
    }
    plans = {
        f"v{q}": {
            "title": f"Draft number {q} of the joint working group, as amended in the night",
            "date": f"2025-11-{q + 1:02d}",
            "picks": {key: f"o{rng.integers(4)}" for key in keys if rng.random() < 0.7},
        }
        for q in range(n_plans)
    }
    title = "A very long title of a scenario that no slide will ever take in one line, or in two"
    return Scenario.model_validate(
        {"zopa": 1, "title": title, "issues": issues, "parties": parties, "plans": plans}
    )


def haggle(n_issues=1, to=6, step=0.5, unit="%"):
    """Two haggle over numbers, most of which their thresholds and a red line rule out."""
    keys = [f"n{k}" for k in range(n_issues)]
    grid = {"from": 0, "to": to, "step": step, "unit": unit}
    lines = [{key: {"line": {0: low, to: 1 - low}} for key in keys} for low in (0, 1)]
    parties = {
        name: {"name": name.title(), "threshold": 0.4, "values": values,
               "weights": dict.fromkeys(keys, 1)}
        for name, values in zip(("ann", "bob"), lines, strict=True)
    }  # fmt: skip
    parties["ann"]["red_lines"] = [{"when": {"n0": 0}}]
    issues = {key: {"title": f"Price of lot {key}", "grid": grid, "status_quo": 0} for key in keys}
    plans = {"low": {"title": "Low", "picks": dict.fromkeys(keys, step)},
             "high": {"title": "High", "picks": dict.fromkeys(keys, to)}}  # fmt: skip
    return scenario(issues=issues, parties=parties, plans=plans)


SCENES = {
    "tiny": (scenario, "stated"),
    "no red lines": (scenario, "none"),
    "empty zone of two": (greedy, "stated"),
    "red lines that clash": (stubborn, "stated"),
    "crowd": (crowd, "stated"),
    "eight who agree on nothing": (
        lambda: crowd(8, 2, 4, threshold=0.7, n_signatories=8),
        "stated",
    ),
    "thirteen prices": (haggle, "stated"),
    "a thousand prices": (lambda: haggle(1, 1000, 1, "EUR"), "stated"),
    "twenty lots": (lambda: haggle(20, 2, 1, "kEUR"), "stated"),
    "job offer": (lambda: read_scenario("job-offer"), "stated"),
    "water dispute": (lambda: read_scenario("water-dispute"), "stated"),
    "flagship, stated": (lambda: read_scenario("ukraine-2025-12"), "stated"),
    "flagship, implied": (lambda: read_scenario("ukraine-2025-12"), "implied"),
}


@cache
def subjects(scene: str) -> tuple[Comparison, Settlement]:
    make, red_lines = SCENES[scene]
    made = make()
    return (
        compare(made, draws=300, seed=1, red_lines=red_lines),
        solve(made, red_lines=red_lines),
    )


@cache
def everything(scene: str) -> tuple[Comparison, Settlement, Diagnosis, LeverStudy, Amendments]:
    make, red_lines = SCENES[scene]
    diagnosis = diagnose(make(), red_lines=red_lines, why=False)
    levers = study_levers(make(), red_lines=red_lines, draws=40)
    plan = list(make().plans)[-1]
    amended = amend(make(), plan, red_lines=red_lines, draws=40, time_limit=None)
    return (*subjects(scene), diagnosis, levers, amended)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("name", ANSWERED)
def test_no_text_covers_another_or_leaves_the_slide_or_is_too_small(name, scene):
    least = TINY if name in ("zone_options", "empty_zone") else SMALL  # long names, else cut
    check_legible(draw(name, *everything(scene)), least)


@pytest.mark.parametrize("name", ANSWERED)
def test_the_same_picture_gives_the_same_bytes_with_its_words_inside(name, tmp_path):
    both = everything("water dispute")
    words = alt_text(name, *both)
    first = save(draw(name, *both), tmp_path / "one.svg", alt=words)
    second = save(draw(name, *both), tmp_path / "two", alt=words)
    assert [path.name for path in first] == ["one.svg", "one.png"]
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()
    tree = ET.parse(first[0]).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert tree.find(f"{space}desc").text == words
    assert tree.find(f"{space}title").text == caption(name, *both).title
    with Image.open(first[1]) as image:
        assert image.size == (int(SLIDE[0] * 200), int(SLIDE[1] * 200))
        assert image.text["Description"] == words
        assert "Software" not in image.text


def test_a_users_own_matplotlib_settings_change_nothing():
    def pixels():
        figure = draw("acceptance_heatmap", *subjects("tiny"))
        with styled():
            figure.savefig(stream := io.BytesIO(), metadata={"Software": None})
        return stream.getvalue()

    plain = pixels()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 20}):
        assert pixels() == plain


def test_pictures_draw_on_axes_that_others_made():
    figure = slide()
    left, right = figure.subplots(1, 2)
    acceptance_heatmap(left, subjects("tiny")[0])
    assert any("Ann" in text.get_text() for text in left.findobj(Text))
    assert not [text for text in written(figure) if text.axes is right and "Ann" in text.get_text()]


# --- what the words say


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("name", ANSWERED)
def test_every_picture_has_words_of_its_own_and_says_what_it_depends_on(name, scene):
    words = caption(name, *everything(scene))
    assert words.alt.startswith(words.title)
    assert "Conditional on these inputs" in words.subtitle
    assert words.note
    assert "nan" not in words.alt


def test_the_heatmap_names_the_version_that_all_accept():
    comparison, _ = subjects("tiny")
    assert comparison.verdicts[1].accepted_by_all
    assert not comparison.verdicts[0].accepted_by_all
    title = caption("acceptance_heatmap", comparison).title
    assert title == "Middle is accepted by both Ann and Bob, alone among 2 plan versions"


def test_the_heatmap_says_when_no_version_is_accepted_and_which_comes_nearest():
    comparison, _ = subjects("empty zone of two")
    title = caption("acceptance_heatmap", comparison).title
    assert title.startswith("None of the 2 plan versions is accepted by both Ann and Bob.")
    # Middle gives Ann 0.75·0.6 + 0.25·0.25 = 0.5125 and Bob 0.5·0.5 + 0.5·0.75 = 0.625
    assert comparison.verdicts[1].utility == pytest.approx([0.5125, 0.625])
    assert title.endswith("Nearest on utility: Middle (worst off: Ann −0.19)")


def test_the_heatmap_in_words_has_every_surplus():
    comparison, _ = subjects("tiny")
    alt = alt_text("acceptance_heatmap", comparison)
    assert "Ann's draft: Ann +0.60, accepts; Bob −0.40, refuses." in alt
    assert "Middle: Ann +0.11, accepts; Bob +0.22, accepts." in alt


def test_red_lines_are_told_from_those_that_silence_alone_crosses():
    quiet = {"first": {"title": "Only the cost", "picks": {"cost": "bob"}},
             "second": {"title": "Both", "picks": {"cost": "bob", "height": "low"}}}  # fmt: skip
    base = scenario(plans=quiet).model_dump(by_alias=True, exclude_none=True)
    base["parties"]["ann"]["red_lines"] = [{"when": {"height": "low"}}]
    alt = alt_text("acceptance_heatmap", compare(Scenario.model_validate(base), draws=2))
    assert "Only the cost: Ann −0.15, 1 red line crossed by silence alone, refuses" in alt
    assert "Both: Ann −0.15, crosses 1 red line, refuses" in alt


def test_the_joint_probability_in_the_title_is_the_one_counted():
    comparison, _ = subjects("water dispute")
    k = int(np.argmax(comparison.probability_all))
    title = caption("acceptance_probability", comparison).title
    assert title.startswith("The commission's text is accepted by Halden, Merin and City of Sel")
    assert f"{100 * comparison.probability_all[k]:.0f}\N{NO-BREAK SPACE}% of draws" in title


def test_if_no_draw_finds_all_content_the_title_says_so():
    title = caption("acceptance_probability", *subjects("flagship, stated")).title
    assert subjects("flagship, stated")[0].probability_all.max() == 0
    assert title.startswith("In none of 300 draws is any plan version accepted by Ukraine")


def test_changes_between_versions_add_up_to_the_total_in_the_title():
    comparison, _ = subjects("tiny")
    title = caption("plan_changes", comparison, first="mine", second="ours").title
    gained = comparison.verdicts[1].utility - comparison.verdicts[0].utility
    assert gained == pytest.approx([-0.4875, 0.625])
    assert title.replace("\N{NO-BREAK SPACE}", " ").endswith("Middle: Ann −0.49, Bob +0.62")


def test_changes_say_from_which_option_to_which():
    alt = alt_text("plan_changes", subjects("tiny")[0], first="mine", second="ours")
    assert "Height (from 2 m to 1.5 m): Ann −0.30, Bob +0.25." in alt
    assert "Who pays (from Bob to Ann or shared): Ann −0.19, Bob +0.38." in alt


def test_two_equal_versions_differ_in_nothing():
    same = {"a": {"title": "One", "picks": {"cost": "bob"}}, "b": {"title": "Other",
            "picks": {"cost": "bob", "height": "low"}}}  # fmt: skip
    comparison = compare(scenario(plans=same), draws=2)
    title = caption("plan_changes", comparison).title
    assert title == "Nothing that counts for anyone moves from One to Other"
    draw("plan_changes", comparison)


def test_losses_and_utility_add_up_to_what_could_be_had():
    alt = alt_text("contributions", subjects("tiny")[0], plan="mine")
    assert "Bob's losses: Height −0.50, Who pays −0.50. 1.000 at most − 1.000 = 0.000" in alt
    assert "Ann's losses: none. 1.000 at most − 0.000 = 1.000 (threshold 0.400)." in alt


def test_the_gap_of_an_empty_zone_is_the_least_that_somebody_lacks_everywhere():
    _, settlement = subjects("empty zone of two")
    _, utilities = settlement.zone_problem.enumerate()
    gap = (settlement.zone_problem.thresholds - utilities).max(axis=1).min()
    assert gap > 0
    title = caption("empty_zone", settlement).title
    assert title.startswith("No package meets the thresholds of both Ann and Bob")
    assert float(re.findall(r"([\d.]+) short$", title)[0]) == pytest.approx(gap, abs=0.005)


def test_a_zone_that_is_there_is_not_called_empty():
    _, settlement = subjects("water dispute")
    _, utilities = settlement.zone_problem.enumerate()
    spare = (utilities - settlement.zone_problem.thresholds).min(axis=1).max()
    title = caption("empty_zone", settlement).title
    assert title.startswith("There is a zone of possible agreement for Halden, Merin")
    assert f"everyone has {spare:.2f} to spare or more" in title


def test_if_red_lines_leave_no_package_the_clauses_that_clash_are_named():
    words = caption("empty_zone", subjects("red lines that clash")[1])
    assert words.title == "The red lines and constraints leave no package at all: 2 clauses clash"
    assert "Ann refuses “1 m” (Height)" in words.alt
    assert "Bob refuses “1.5 m” or “2 m” (Height)" in words.alt


def test_the_utility_space_counts_the_frontier_inside_both_thresholds():
    _, settlement = subjects("tiny")
    _, utilities = settlement.problem.enumerate()
    distinct = np.unique(utilities.round(9), axis=0)
    efficient = [
        u for u in distinct if not ((distinct >= u).all(axis=1) & (distinct > u).any(axis=1)).any()
    ]
    inside = sum((u >= settlement.problem.thresholds - 1e-9).all() for u in efficient)
    title = caption("utility_space", settlement).title
    assert title.startswith(f"{inside} of {len(efficient)} points of the frontier give both Ann")


def test_solutions_that_coincide_share_one_name():
    figure = draw("utility_space", subjects("water dispute")[1])
    texts = [" ".join(text.get_text().split()) for text in written(figure)]
    assert "Nash = Kalai–Smorodinsky = Egalitarian" in texts
    assert "Nash" not in texts


def test_the_two_parties_of_the_utility_space_can_be_chosen():
    both = subjects("water dispute")
    names = tuple(both[0].parties)
    title = caption("utility_space", *both, parties=(names[2], names[3])).title
    assert "City of Sel and River commission" in title
    draw("utility_space", *both, parties=(names[2], names[3]))


def said_in(figure) -> list[str]:
    return [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in written(figure)]


def test_of_eight_parties_each_has_its_numbers_and_its_whole_name():
    _, settlement = subjects("eight who agree on nothing")
    assert settlement.zone.empty
    said = [" ".join(text.split()) for text in said_in(draw("empty_zone", settlement))]
    for party in settlement.scenario.parties.values():
        if party.consent == "required":
            assert party.name in said
    short = [text for text in said if re.fullmatch(r"[\d.]+ (short|to spare)", text)]
    assert len(short) == len(settlement.signatories)


def test_a_grid_shows_its_numbers_in_the_cells_or_under_them_or_beside_them():
    # Ann refuses 0, has 0.4 from 2.4 on, Bob up to 3.6: left are 2.5, 3 and 3.5
    cells = said_in(draw("zone_options", *everything("thirteen prices")))
    assert {"2 %", "2.5 %", "3.5 %", "4 %"} <= {
        text.split("\n")[-1].strip("–×● ") for text in cells
    }
    assert "● 3 %" in " ".join(" ".join(cells).split())
    under = said_in(draw("zone_options", *everything("a thousand prices")))
    assert "400 to 600 EUR (● 500 EUR)" in under
    beside = said_in(draw("zone_options", *everything("twenty lots")))
    assert any("0 to 2 kEUR (● 2 kEUR)" in " ".join(text.split()) for text in beside)


def test_no_title_of_an_issue_is_cut_where_two_lines_hold_it():
    said = said_in(draw("zone_options", *everything("flagship, stated")))
    assert not [text for text in said if "…" in text]


@pytest.mark.parametrize("scene", ["flagship, stated", "flagship, implied"])
def test_no_tick_beside_the_lever_frontier_says_the_same_as_another(scene):
    for axes in draw("lever_frontier", *everything(scene)).axes[0].child_axes:
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            texts = [tick.get_text() for tick in ticks]
            assert len(texts) == len(set(texts)) > 1


@given(first=st.integers(-20, 200), step=st.sampled_from([0.001, 0.005, 0.25, 0.5, 2, 10]))
def test_ticks_are_told_apart_whatever_their_step(first, step):
    values = [round((first + k) * step, 9) for k in range(5)]
    texts = tick_texts(values)
    assert [float(text.replace("−", "-").replace(",", "")) for text in texts] == values
    assert len({len(text.partition(".")[2]) for text in texts}) == 1


def test_without_levers_there_is_no_frontier_and_the_picture_says_so():
    study = everything("tiny")[3]
    assert not study.names
    figure = draw("lever_frontier", study)
    assert not figure.axes[0].child_axes
    assert "The scenario has no levers, so there is no frontier to draw." in said_in(figure)
    assert caption("lever_frontier", study).title.startswith("The scenario has no levers: a zone")


def test_the_command_draws_no_lever_frontier_where_there_are_no_levers(tmp_path, capsys):
    _, _, diagnosis, study, _ = everything("tiny")
    draw_zone_into(tmp_path, diagnosis, study)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "stated-zone_options.png", "stated-zone_options.svg",
    ]  # fmt: skip
    assert "lever_frontier is not drawn: the scenario has no levers" in capsys.readouterr().err


def test_a_condition_is_said_in_titles_and_labels():
    condition = Condition.of({"height": ["mid", "high"], "cost": "ann"}, scenario().space)
    text = condition_in_words(scenario(), condition)
    assert text == "“1.5 m” or “2 m” (Height) with “Ann” (Who pays)"


# --- mistakes


def test_an_unknown_picture_plan_or_party_is_told_with_the_nearest_name():
    both = subjects("tiny")
    with pytest.raises(InputError, match="did you mean 'utility_space'"):
        draw("utilty_space", *both)
    with pytest.raises(InputError, match="did you mean 'ours'"):
        draw("contributions", *both, plan="our")
    with pytest.raises(InputError, match="no party is called 'eve'"):
        draw("utility_space", *both, parties=("ann", "eve"))
    with pytest.raises(InputError, match="two different parties"):
        draw("utility_space", *both, parties=("ann", "ann"))


def test_a_picture_says_what_it_needs():
    comparison, settlement = subjects("tiny")
    with pytest.raises(InputError, match="ask for that too"):
        draw("empty_zone", comparison)
    with pytest.raises(InputError, match="ask for that too"):
        draw("plan_changes", settlement)
    with pytest.raises(InputError, match="two plan versions"):
        draw("plan_changes", compare(scenario(), plans=["mine"], draws=2))


@pytest.mark.parametrize("name", COMPARED)
def test_parties_that_only_advise_can_be_looked_at_too(name):
    base = scenario().model_dump(by_alias=True, exclude_none=True)
    for party in base["parties"].values():
        party["consent"] = "advisory"
    comparison = compare(Scenario.model_validate(base), draws=2)
    draw(name, comparison)
    assert "accepted by all" not in alt_text(name, comparison)


# --- how it looks


def test_zero_is_the_pale_middle_of_the_colours_and_equal_sizes_are_equally_dark():
    def light(colour):
        return float(np.dot(colour, [0.2126, 0.7152, 0.0722]))

    assert min(diverging(0.0, 1.0)) > 0.95
    for size in (0.25, 0.5, 1.0):
        below, above = diverging(-size, 1.0), diverging(size, 1.0)
        assert light(below) < light(diverging(-size / 2, 1.0))
        assert light(above) < light(diverging(size / 2, 1.0))
        assert below[0] > below[2]  # orange
        assert above[2] > above[1]  # purple, never green
    assert ink_on(diverging(0.0, 1.0)) != ink_on(diverging(1.0, 1.0))


@settings(max_examples=15)
@given(
    points=st.lists(st.tuples(st.floats(0, 8), st.floats(0, 4)), min_size=1, max_size=9),
    words=st.integers(3, 22),
)
def test_labels_find_room_inside_whatever_the_points(points, words):
    labels = [Label("n" * words, x, y, SMALL) for x, y in points]
    placed = place(labels, (8.0, 4.0))
    boxes = [p.box for p in placed]
    for left, bottom, right, top in boxes:
        assert left >= 0
        assert bottom >= 0
        assert right <= 8 + 1e-9
        assert top <= 4 + 1e-9
    for a, b in combinations(boxes, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart


@given(text=st.text(alphabet="abc de\n", min_size=1, max_size=60), width=st.floats(0.5, 3))
def test_wrapped_text_keeps_to_its_width_and_its_lines(text, width):
    lines = wrap(text, width, SMALL, lines=2).split("\n")
    assert len(lines) <= 2
    assert all(text_width(line, SMALL) <= width for line in lines)


@given(text=st.text(alphabet="abc de", min_size=1, max_size=90), height=st.floats(0.2, 0.8))
def test_type_is_made_smaller_only_where_the_larger_would_be_cut(text, height):
    rows, size = fit(text, 2.0, height, (SMALL, TINY))
    large, _ = fit(text, 2.0, height, (SMALL,))
    assert (size == TINY) == ("…" in large)
    assert all(text_width(row, size) <= 2.0 for row in rows.split("\n"))
