"""The page about an experiment as a whole: what its sentences say is what its tables hold."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from sim.experiment.cases import design_of
from sim.experiment.design import Experiment
from sim.experiment.prepared import Prepared
from sim.experiment.study import Study, study
from sim.formats import read_scenario
from sim.formats.experiments import prepare_experiment
from sim.report.cells import cut_table, escaped, markdown_table
from sim.report.sections.alone import flips_in_words, moved_alone_in_words
from sim.report.sections.analyses import answered, rows_of
from sim.report.sections.discovery import box_in_words, rule_in_words, warnings_in_words
from sim.report.sections.outcomes import Told
from sim.report.sections.robustness import choice_in_words
from sim.report.sections.screening import manner
from sim.report.sections.variance import first_in_words
from sim.report.sections.versions import leading
from sim.report.sweep import sweep_report
from sim.report.sweep_findings import findings_of

RANGES = """
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
  red_lines: [none, stated]
"""
LISTS = """
vary:
  parties.halden.threshold: [0.4, 0.5, 0.6]
  red_lines: [none, stated, implied]
"""
WEIGHTS = RANGES + "  parties.sel.weights: {simplex: grouped}\n"
FEW = "compute: {compare: {}, zone: {}}\nzone_draws: 20\ndraws: 40\n"
RIVER = "scenario: water-dispute\n"
ASKED = {
    "lhs": RIVER + RANGES + FEW + "design: {lhs: 64}\nsensitivity: {resamples: 10}\n"
    "discovery: [{outcome: commission_text.all.accepts}, {outcome: zone.probability, above: 1}]",
    "sobol": RIVER + WEIGHTS + FEW + "design: {sobol: 32}\nsensitivity: {resamples: 20}\n",
    "morris": RIVER + WEIGHTS + FEW + "design: {morris: 6}\nsensitivity: {resamples: 20}\n",
    "one_at_a_time": RIVER + RANGES + FEW + "design: {one_at_a_time: 5}\nsensitivity: {}\n",
    "full": RIVER + LISTS + "compute: [compare, solve, zone, amend]\ndraws: 20\nzone_draws: 10\n"
    "sensitivity: {resamples: 10}\ndiscovery: [{outcome: zone.exists}]",
    "repeated": RIVER + RANGES + FEW + "design: {lhs: 32}\nrepeats: 2\n"
    "sensitivity: {resamples: 10}\ndiscovery: [{outcome: commission_text.all.accepts}]",
    "alone": RIVER + "compute: [compare, solve, amend]\ndraws: 20\n",
    "two": "scenario: [water-dispute, job-offer]\n" + FEW,
}  # fmt: skip


def prepared(text: str) -> Prepared:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "asked.yaml"
        path.write_text(f"experiment: 1\n{text}", encoding="utf-8")
        return prepare_experiment(str(path))[0]


@cache
def done(name: str) -> Study:
    return study(prepared(ASKED[name]), name)


@cache
def page(name: str) -> str:
    return sweep_report(done(name), [("figures/a.svg", "A | finding", "all [of]\nit")])


def plain_text(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def tables(text: str) -> list[list[str]]:
    return [block.splitlines() for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]


def made_up(text: str, outcomes: dict, **tables: dict) -> Study:
    """Return a study whose tables are written here, not computed."""
    experiment = Experiment.model_validate({"experiment": 1, "scenario": "water-dispute"})
    known = prepared(text) if text else None
    n = len(next(iter(outcomes.values())))
    ready = known or Prepared(
        experiment, design_of(experiment), {"water-dispute": read_scenario("water-dispute")}
    )
    return Study("made", ready, {"outcomes": {"case": np.arange(n), **outcomes}, **tables})


@pytest.mark.parametrize("name", ASKED)
def test_a_page_reads_as_words_whatever_was_asked(name):
    text = page(name)
    assert "nothing here is a forecast" in text.lower()
    assert "Conditional on these inputs" in text
    assert "does not matter" not in text
    assert not re.search(r"parties\.\w+\.|\bnan\b|\bNone\b(?! of)|\bTrue\b|\bFalse\b|\binf\b", text)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["## In short", "## What was varied", "## What came of it"]
    assert headings[-2:] == ["## Pictures", "## How this was made"]
    assert "### A \\| finding\n\n![all (of) it](figures/a.svg)" in text


@pytest.mark.parametrize("name", ASKED)
def test_every_table_has_as_many_cells_in_a_row_as_heads(name):
    for block in tables(page(name)):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block}) == 1
        assert len(block) <= 25


@pytest.mark.parametrize("name", ASKED)
def test_what_was_found_is_said_in_a_few_sentences(name):
    said = findings_of(done(name))
    assert 1 <= len(said) <= 8
    assert all(one.endswith(".") and one[:1] == one[:1].upper() for one in said)
    assert all(f"- {escaped(one)}" in page(name) for one in said)


def test_shares_of_the_cases_are_counted_from_the_outcomes():
    told, text = Told(done("lhs")), plain_text(page("lhs"))
    outcomes = done("lhs").tables["outcomes"]
    accepted = int(outcomes["commission_text.all.accepts"].sum())
    assert 0 < accepted < 64
    said = f"({accepted} of 64) at the central reading, more often than any other."
    assert said in text
    chances = outcomes["zone.probability"]
    middle, least = (f"{100 * x:.0f} %" for x in (np.median(chances), chances.min()))
    assert f"a zone exists in {middle} of the draws in the median case" in text
    assert f"over all cases from {least}" in text
    surplus = outcomes["commission_text.halden.surplus"]
    low, mid, high = (f"{x:.2f}".replace("-", "−") for x in np.quantile(surplus, [0.05, 0.5, 0.95]))
    row = next(line for line in text.splitlines() if line.startswith("| **commission_text**"))
    yes = outcomes["commission_text.halden.accepts"].mean()
    assert f"| {100 * yes:.0f} %; {mid} ({low} to {high}) |" in row
    assert told.required("halden").all()
    assert not told.required("commission").any()


def test_the_zone_is_broken_down_by_what_has_few_values():
    text, outcomes = plain_text(page("full")), done("full").tables["outcomes"]
    lines = done("full").settings["red_lines"]
    for name, words in (("stated", "stated"), ("implied", "stated and implied")):
        cases = lines == name
        chance = np.median(outcomes["zone.probability"][cases])
        exists = outcomes["zone.exists"][cases].mean()
        assert f"| {words} | 3 | {100 * exists:.0f} % | {100 * chance:.0f} % |" in text


def test_who_leads_is_counted_with_ties_and_without_chances_of_nought():
    found = made_up(
        "",
        {
            "a.all.accepts": np.zeros(4, dtype=bool),
            "a.all.probability": np.array([0.0, 0.2, 0.3, 0.3]),
            "b.all.accepts": np.zeros(4, dtype=bool),
            "b.all.probability": np.array([0.0, 0.1, 0.3, 0.4]),
        },
    )
    assert leading(Told(found), "all") == ({"a": 2, "b": 2}, 4, 1)
    assert "in 25 % no version has any chance. Where versions tie, each of them counts." in (
        plain_text(" ".join(findings_of(found)))
    )


def test_the_one_that_refuses_alone_is_named_as_such():
    outcomes = done("lhs").tables["outcomes"]
    refuses = ~outcomes["commission_text.all.accepts"]
    alone = refuses & outcomes["commission_text.merin.accepts"]
    share = f"{100 * alone[refuses].mean():.0f} %"
    assert f"| **commission_text** | {refuses.sum()} | 100 %, alone {share} | 0 % |" in (
        plain_text(page("lhs"))
    )


def test_where_a_constraint_refuses_a_version_no_party_is_said_to_do_it():
    found = done("lhs")
    joint = found.tables["joint"]
    broken = np.where(np.asarray(joint["plan"]) == "merin_draft", "a rule", "").astype(object)
    tables = {**found.tables, "joint": {**joint, "infeasible": broken}}
    text = plain_text(sweep_report(replace(found, tables=tables), []))
    assert "Of a version marked † it is the constraint that refuses." in text
    assert text.count("| **merin_draft**†") == 2
    assert "†" not in plain_text(page("lhs"))


def test_one_at_a_time_the_base_case_is_told_from_those_that_leave_it():
    found = done("one_at_a_time")
    base, *moved = found.tables["outcomes"]["zone.exists"]
    assert base
    said = "a zone of possible agreement exists in the base case; one exists in "
    told = " ".join(findings_of(found))
    assert f"{said}{sum(moved)} of the {len(moved)} cases that move one factor away from it" in told


def test_indices_stand_on_the_page_as_in_their_table():
    told, text = Told(done("sobol")), page("sobol")
    name = "commission_text.all.probability"
    rows = sorted(rows_of(told, "sobol", outcome=name), key=lambda row: -row["total"])
    for row in rows:
        ends = [row[f"total_{end}"] for end in ("low", "high")]
        if min(ends) >= 0.1:
            low, high = (f"{x:.2f}" for x in ends)
            assert f"| {row['total']:.2f} ({low} to {high}) |" in text
    said = first_in_words(told, name)
    assert said.startswith("“Halden: threshold” accounts for most of the variance: ")
    assert f"{rows[0]['first']:.2f} alone, {rows[0]['total']:.2f} (95" in said


def test_what_pushes_steadily_is_told_from_what_bends():
    told = Told(done("morris"))
    rows = rows_of(told, "morris", outcome="halden_draft.halden.surplus")
    manners = {row["input"]: manner(told, row) for row in rows}
    assert manners["parties.halden.threshold"] == "pushes down steadily"
    assert manners["parties.merin.threshold"] == "did nothing on any walk"
    assert manners["parties.sel.weights"] == "did nothing on any walk"
    bent = {"input": "parties.halden.threshold", "mean": 0.08, "mean_size": 0.1, "spread": 0.2}
    assert manner(told, bent) == "mostly pushes up, but bends"
    assert manner(told, {**bent, "mean": 0.01}) == "pushes either way"
    assert manner(told, {**bent, "input": "red_lines"}) == "–"


def test_a_factor_that_flips_a_verdict_alone_is_named_with_the_place():
    told, name = Told(done("one_at_a_time")), "commission_text.halden.surplus"
    (flip,) = rows_of(told, "break_even", outcome=name, factor="parties.halden.threshold")
    yes, no = flips_in_words(told, name)
    assert yes == (
        "Alone, “Halden: threshold” flips it: yes below a point between "
        f"{flip['low']:.3g} and {flip['high']:.3g} (about {flip['value']:.3g} on a straight line)."
    )
    assert no.startswith("Not able to flip it alone, anywhere in the values looked at: ")
    never = flips_in_words(told, "merin_draft.sel.surplus")
    assert never[0].startswith("No factor flips the verdict alone, anywhere in the values looked")


def test_what_moves_most_alone_comes_with_both_ends():
    told = Told(done("one_at_a_time"))
    said = moved_alone_in_words(told, "halden_draft.halden.surplus")
    assert said == (
        "Alone, “Halden: threshold” moves it most, from 0.20 (at 0.6) to 0.45 (at 0.35). "
        "2 of 3 factors do not move it."
    )
    assert moved_alone_in_words(told, "merin_draft.sel.surplus") == "No factor moves it alone."


def test_a_box_is_read_with_what_it_covers_and_what_is_elsewhere():
    told = Told(done("lhs"))
    one = next(o for o in answered(told, "prim") if o.outcome.startswith("zone"))
    (box,) = rows_of(told, "boxes", outcome=one.outcome)
    values = done("lhs").tables["outcomes"]["zone.probability"] >= 1
    said = plain_text(box_in_words(told, one, box))
    assert said.startswith("“share of draws with a zone” is at least 1 in ")
    assert f"({box['interesting']} of {box['cases']})" in said
    outside = (values.sum() - box["interesting"]) / (64 - box["cases"])
    assert f"These are {100 * box['coverage']:.0f} % of all cases in which it is so" in said
    assert f"elsewhere it is so in {'< 1' if 0 < outside < 0.01 else f'{100 * outside:.0f}'} %" in (
        said
    )


def test_a_box_that_may_be_luck_says_so():
    shares = {"cases": [20], "interesting": [15], "density": [0.75], "coverage": [0.5]}
    boxes = {"outcome": ["zone.exists"], "box": [0], "text": [""], **shares, "elsewhere": [0.4]}
    limits = {
        "outcome": ["zone.exists"] * 2, "box": [0, 0],
        "factor": ["parties.halden.threshold", "parties.merin.threshold"],
        "low": [None, 0.4], "high": [0.45, 0.5], "categories": [None, None],
        "chance": [0.001, 0.3], "by_coverage": [1.0, 0.2], "by_density": [1.0, 0.2],
    }  # fmt: skip
    tables = {"boxes": boxes, "box_limits": limits, "analyses": {
        "outcome": ["zone.exists"], "method": ["prim"], "cases": [60], "undefined": [10],
        "done": ["those were left out"], "unanswered": [None],
    }}  # fmt: skip
    columns = {
        name: {key: np.array(column, dtype=object) for key, column in table.items()}
        for name, table in tables.items()
    }
    found = made_up("", {"zone.exists": np.arange(60) % 2 == 0}, **columns)
    told = Told(found)
    (one,), (box,) = answered(told, "prim"), rows_of(told, "boxes")
    assert plain_text(box_in_words(told, one, box)) == (
        "A zone of possible agreement exists in 75 % of the cases with “Halden: threshold” at most "
        "0.45, and, perhaps by luck, “Merin: threshold” from 0.4 to 0.5 (15 of 20). These are 50 % "
        "of all cases in which it is so; elsewhere it is so in 50 %."
    )
    assert [plain_text(said) for said in warnings_in_words(told, box)] == [
        "May well be luck, and better left out of the story: “Merin: threshold” (quasi-p 0.3).",
        "Seldom found again when the search is repeated on half of the cases: “Merin: threshold” "
        "(20 % of halves).",
        "On cases that such boxes were not found on, the share is 40 %: the more honest figure.",
    ]
    assert "10 of 60 cases have no value; those were left out." in sweep_report(found, [])


def test_rules_are_read_with_the_names_of_the_scenario():
    told = Told(done("full"))
    text = "0.4 < parties.halden.threshold ≤ 0.45 and red_lines is stated or implied"
    assert rule_in_words(told, text) == (
        "“Halden: threshold” above 0.4, at most 0.45 and “red lines” stated or stated and implied"
    )
    assert rule_in_words(told, "red_lines is none") == "“red lines” none"


def test_versions_are_judged_as_the_table_of_robustness_has_it():
    told, text = Told(done("lhs")), plain_text(page("lhs"))
    assert choice_in_words(told, "all") == "all 6 rules choose “The commission's text”."
    for row in rows_of(told, "robustness", party="halden"):
        numbers = [f"{row[name]:.2f}".replace("-", "−") for name in ("mean", "worst", "tail")]
        shown = " | ".join([f"{100 * row['accepted']:.0f} %", *numbers])
        assert f"| **{row['plan']}** | {shown} |" in text


NUMBERS = ("accepted", "mean", "worst", "tail", "tail_mean", "regret_mean", "regret_worst")


def test_rules_that_part_are_shown_side_by_side():
    rules = {"a": "Wald; Savage", "b": "Laplace; Hurwicz; Starr; tail", "c": None}
    columns = {
        "party": ["halden"] * 3, "plan": list(rules), "chosen_by": list(rules.values()),
        **{name: [0.1, 0.2, 0.3] for name in NUMBERS},
    }  # fmt: skip
    table = {name: np.array(column, dtype=object) for name, column in columns.items()}
    told = Told(made_up("", {"zone.exists": np.ones(3, dtype=bool)}, robustness=table))
    assert choice_in_words(told, "halden") == (
        "the rules part: Wald and Savage choose “a”; Laplace, Hurwicz, Starr and tail choose “b”."
    )


def test_nothing_to_explain_is_said_and_not_shown_as_noughts():
    text = page("lhs")
    assert "where it has a value it is the same in every case, so that nothing is left" in text
    assert "**Whether a zone exists**" not in text
    assert "12 defined cases" not in text
    assert "9 defined cases are too few for distributions" in page("full")


def test_a_single_case_is_no_sample():
    text = plain_text(page("alone"))
    assert "Nothing was varied" in text
    assert "exists in the only case" in text
    assert "median" not in text.split("### Solutions")[0]
    assert "### Case by case" not in text
    assert "| **halden_draft** Halden's draft | yes; 0.37 | no; −0.15 | no; −0.05 |" in (
        text.replace("0.050", "0.05")
    )


def test_repeats_and_scenarios_are_told_apart_from_cases():
    assert "64 cases: 32 combinations of settings, 2 times each." in page("repeated")
    text = page("two")
    assert "| scenario | " in text
    assert "The commission's text" in text
    assert "A job offer" in text
    assert "has no value in some cases" not in text
    assert "Some outcomes have no value in some cases" in text


def test_few_cases_stand_in_rows_and_a_reading_is_told_from_another():
    text, outcomes = plain_text(page("full")), done("full").tables["outcomes"]
    assert "### Case by case" not in text  # each of them has a section of its own
    few = made_up(RIVER + LISTS + FEW, {
        "zone.exists": np.arange(9) % 3 == 0,
        "zone.probability": np.ma.array(np.arange(9) / 10, mask=np.arange(9) == 4),
    })  # fmt: skip
    ranged = made_up(RIVER + RANGES + FEW + "design: {lhs: 9}\n", few.tables["outcomes"])
    rows = plain_text(sweep_report(ranged, [])).split("### Case by case")[1].splitlines()[4:13]
    assert [row.split(" | ")[4:] for row in rows[3:5]] == [["yes", "30 % |"], ["no", "– |"]]
    said = next(one for one in findings_of(few) if one.startswith("By “red lines”"))
    shares = (
        "100 % of the cases with “none”, in 0 % with “stated” and in 0 % with “stated and implied”"
    )
    assert plain_text(said) == f"By “red lines”: a zone exists in {shares}."
    assert len(outcomes["case"]) == 9


def test_cases_that_failed_are_counted_and_left_out():
    found = done("lhs")
    outcomes = {name: column[8:] for name, column in found.tables["outcomes"].items()}
    left = Study("lhs", found.prepared, {"outcomes": outcomes}, 8)
    text = sweep_report(left, [])
    assert "8 cases of 64 failed and have no rows" in text
    assert "Every share below is of the other 56." in text
    nothing = {name: column[:0] for name, column in outcomes.items()}
    none = Study("lhs", found.prepared, {"outcomes": nothing}, 64)
    assert findings_of(none) == ["All 64 cases failed; the table “failures” says why."]
    assert "## What came of it" not in sweep_report(none, [])


def test_a_long_list_is_cut_and_says_where_the_rest_is():
    cut = cut_table(["n"], [[str(n)] for n in range(15)], table="pawn")
    assert cut[-2:] == ["The first 12 of 15; all are in `tables/pawn.parquet`.", ""]
    assert len(cut_table(["n"], [[str(n)] for n in range(13)], table="pawn")) == 16
    assert re.search(r"The first 12 of \d+; all are in `tables/sobol.parquet`\.", page("sobol"))


def test_a_box_that_one_factor_decides_stands_up():
    told = Told(done("lhs"))
    box = next(b for b in rows_of(told, "boxes") if b["outcome"] == "commission_text.all.accepts")
    assert (box["density"], box["coverage"]) == (1, 1)
    assert warnings_in_words(told, box) == []


def test_what_a_model_predicts_is_said_with_the_names_of_the_parties():
    text = RIVER + LISTS + "compute: {equilibria: {models: [alternating_offers]}}\n"
    found = made_up(text, {
        "alternating_offers.halden": np.linspace(0.3, 0.5, 9),
        "alternating_offers.agreement": np.arange(9) > 2,
    })  # fmt: skip
    said = findings_of(found)
    label = "lternating offers: utility that Halden gets or expects"
    assert said[0] == f"A{label}: median 0.40, from 0.30 to 0.50."
    assert f"| a{label} | 9 | 0.40 | 0.30 | 0.50 |" in sweep_report(found, [])


def test_titles_full_of_marks_stay_titles():
    found = done("lhs")
    halden = found.scenario.parties["halden"].model_copy(update={"name": "Ha|den [x](y) *"})
    marked = found.scenario.model_copy(
        update={"title": "A | b", "parties": {**found.scenario.parties, "halden": halden}}
    )
    ready = replace(found.prepared, scenarios={"water-dispute": marked})
    text = sweep_report(Study("lhs", ready, found.tables), [])
    assert text.startswith("# A \\| b\n")
    assert "| Ha\\|den \\[x\\](y) \\* |" in text
    for block in tables(text):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block}) == 1


def test_text_is_escaped_where_markdown_would_take_it_for_more():
    assert escaped("a_b *c* [d](e) <f> 3 < 4 `g` | h\ni") == (
        r"a_b \*c\* \[d\](e) \<f> 3 < 4 \`g\` \| h i"
    )
    assert [escaped(t) for t in ("> so", "1. one", "0.5", "- x", "−0.2", "_u_")] == [
        r"\> so", r"1\. one", "0.5", r"\- x", "−0.2", r"\_u\_",
    ]  # fmt: skip
    assert markdown_table(["a"], [["b"]]) == ["| a |", "|---|", "| b |", ""]
