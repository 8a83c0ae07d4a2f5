"""Every scenario that comes with zopa says where its numbers are from, and keeps what it promises.

Published answers are reproduced, and each number in the pages beside the scenarios is worked out
again: the score sheets and findings of docs/teaching.md, the tables of scenarios/csis-2025.md.
"""

from __future__ import annotations

import itertools
import math
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from sim.agreement import Frontier
from sim.cli import run_command
from sim.comparison import Comparison, compare
from sim.formats import read_scenario, shipped_scenarios
from sim.problem import TOLERANCE, Problem
from sim.scenario import Scenario
from sim.settlement import Settlement, solve

ROOT = Path(__file__).parent.parent
LESSONS, CSIS_PAGE = ROOT / "docs" / "teaching.md", ROOT / "scenarios" / "csis-2025.md"
TEACHING = ("job-offer", "water-dispute")
CSIS, SCORED = "csis-2025", "csis-2025-silence-scored"
OUT = ("out", "silent")
"""Options that leave an article out of the treaty."""


@cache
def shipped(name: str, *overrides: str) -> Scenario:
    return read_scenario(name, overrides)


@cache
def compared(name: str, *overrides: str, red_lines: str = "stated") -> Comparison:
    return compare(shipped(name, *overrides), red_lines=red_lines)


@cache
def solved(name: str, *overrides: str, **options: Any) -> Settlement:
    return solve(shipped(name, *overrides), **options)


def points(name: str, plan: str) -> list[float]:
    """Return what a plan version is worth to each party, in points out of 100."""
    found = compared(name)
    worth = found.verdicts[found.plans.index(plan)].utility
    return [round(100 * u, 6) for u in worth]


def deal(name: str, by: str, *overrides: str, **options: Any) -> tuple[str, list[float]]:
    """Return a solution as its options in issue order and what it is worth in points."""
    settlement = solved(name, *overrides, **options)
    agreement = settlement.solutions[by]
    package = settlement.package(agreement)
    assert package is not None
    return " ".join(package.values()), [round(100 * u, 6) for u in agreement.utilities]


def tables(page: Path) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, the heading and its rule left out."""
    blocks = re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in block.splitlines()[2:]]
        for block in blocks
    ]


def commands(page: Path) -> list[str]:
    return re.findall(r"^ {4}(zopa .*)$", page.read_text(encoding="utf-8"), re.MULTILINE)


# Every shipped scenario ---------------------------------------------------------------------------


def unfounded(value: object, path: str = "", founded: bool = False) -> Iterator[str]:
    """Find the numbers that neither a source nor an assumption covers."""
    if isinstance(value, BaseModel):
        basis = (getattr(value, "source", None), getattr(value, "assumption", None))
        for field in type(value).model_fields:
            yield from unfounded(getattr(value, field), f"{path}.{field}", founded or any(basis))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from unfounded(inner, f"{path}.{name}", founded)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from unfounded(inner, f"{path}[{place}]", founded)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not founded:
        yield path


def numbers_without_basis(scenario: Scenario) -> list[str]:
    whole = bool(scenario.assumption or scenario.source)
    parts = {"parties": scenario.parties, "levers": scenario.levers, "plans": scenario.plans}
    return list(unfounded(parts, founded=whole))


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_shipped_scenario_reads_without_a_mistake(name: str) -> None:
    assert shipped(name).title


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_number_rests_on_a_source_or_says_that_it_is_assumed(name: str) -> None:
    assert numbers_without_basis(shipped(name)) == []


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_source_listed_is_cited(name: str) -> None:
    text = shipped_scenarios()[name].read_text(encoding="utf-8")
    for source in shipped(name).sources:
        cited = re.search(rf"sources?: (\[[^\]]*\b)?{source}\b", text)
        assert cited, source


def published_plans() -> list[tuple[str, str]]:
    answers = {name: shipped(name).published for name in shipped_scenarios()}
    return [(name, plan) for name, said in answers.items() if said for plan in said.plans]


@pytest.mark.parametrize(("name", "plan"), published_plans())
def test_published_scores_and_verdicts_of_a_plan_are_reproduced(name: str, plan: str) -> None:
    said = shipped(name).published.plans[plan]
    found = compared(name)
    verdict = found.verdicts[found.plans.index(plan)]
    for party, utility in said.utilities.items():
        ours = verdict.utility[found.parties.index(party)]
        assert ours == pytest.approx(utility, abs=said.tolerance)
    if said.accepted_by_all is not None:
        assert verdict.accepted_by_all is said.accepted_by_all


@pytest.mark.parametrize("name", [n for n in shipped_scenarios() if shipped(n).published])
def test_published_counts_and_solutions_are_reproduced(name: str) -> None:
    said, found = shipped(name).published, solved(name)
    if said.outcomes is not None:
        assert found.outcomes == said.outcomes
    if said.zopa_outcomes is not None:
        assert found.size.outcomes == said.zopa_outcomes
    if said.frontier is not None:
        assert isinstance(found.frontier, Frontier)
        np.testing.assert_allclose(found.frontier.utilities, said.frontier, atol=1e-6)
    for solution in found.solutions.keys() & said.model_fields_set:
        answer, ours = getattr(said, solution), found.solutions[solution]
        np.testing.assert_allclose(ours.utilities, answer.utilities, atol=answer.tolerance)
        assert answer.outcome in (None, found.package(ours))


# The two lessons ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEACHING)
def test_a_teaching_case_is_invented_says_so_and_fits_on_a_screen(name: str) -> None:
    scenario = shipped(name)
    assert scenario.assumption == "invented for teaching"
    assert not scenario.sources
    assert numbers_without_basis(scenario.model_copy(update={"assumption": None}))
    lines = shipped_scenarios()[name].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= {"job-offer": 45, "water-dispute": 75}[name]
    assert max(map(len, lines)) <= 100


def sheet_entry(name: str, party: str, issue: str) -> list[float]:
    """Return what each option adds, in points, read off the problem rather than the file."""
    problem = Problem.from_scenario(shipped(name), red_lines="none", parties=[party])
    choices, utilities = problem.enumerate()
    place = list(shipped(name).issues).index(issue)
    best = np.array([utilities[choices[:, place] == k].min() for k in np.unique(choices[:, place])])
    return [round(100 * x, 6) for x in best - best.min()]


@pytest.mark.parametrize(
    ("name", "sheet", "parties"),
    [
        ("job-offer", 0, ("candidate", "employer")),
        ("water-dispute", 2, ("halden", "merin", "sel", "commission")),
    ],
)
def test_the_printed_score_sheet_says_what_the_file_says(
    name: str, sheet: int, parties: tuple[str, ...]
) -> None:
    scenario = shipped(name)
    rows = tables(LESSONS)[sheet]
    for issue, row in zip(scenario.issues, rows[: len(scenario.issues)], strict=True):
        for party, cell in zip(parties, row[1:], strict=True):
            told = [float(x) for x in cell.split(" / ")] if cell != "–" else None
            assert told == (sheet_entry(name, party, issue) if told else None), (issue, party)
            says = scenario.parties[party].say
            assert (told is None) == (says is not None and issue not in says)


def test_splitting_every_difference_is_worse_for_both_than_trading() -> None:
    middle = points("job-offer", "middle")
    assert middle == [50, 50]
    for by in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        package, worth = deal("job-offer", by)
        assert worth[0] > 50
        assert worth[1] > 50
        salary, remote, _, start = package.split()
        assert (remote, start) == ("four", "now")
        assert salary in ("s50", "s52", "s54")


def test_four_notions_of_fairness_name_four_packages() -> None:
    assert deal("job-offer", "nash") == ("s52 four d31 now", [72, 75])
    assert deal("job-offer", "kalai_smorodinsky") == ("s54 four d28 now", [74, 67])
    assert deal("job-offer", "egalitarian") == ("s54 four d31 now", [80, 64])
    assert deal("job-offer", "utilitarian") == ("s50 four d31 now", [64, 86])
    told = [[float(x) for x in row[1:]] for row in tables(LESSONS)[1]]
    assert told == [[50, 50], [72, 75], [74, 67], [80, 64], [64, 86]]


def test_the_first_offer_fails_by_what_it_does_not_say() -> None:
    found = compared("job-offer")
    offer = found.verdicts[found.plans.index("offer")]
    assert points("job-offer", "offer") == [30, 64]
    assert offer.crossed == ((), ())
    assert [len(lines) for lines in offer.crossed_by_silence] == [1, 0]
    assert offer.accepts.tolist() == [False, True]
    mended = compared("job-offer", "plans.offer.picks.remote=four")
    assert mended.verdicts[0].accepted_by_all
    assert mended.verdicts[0].utility == pytest.approx([0.82, 0.56])


def test_the_middle_is_accepted_but_not_surely() -> None:
    found = compared("job-offer")
    k = found.plans.index("middle")
    assert found.verdicts[k].accepted_by_all
    assert found.probability_all[k] == pytest.approx(2 / 3, abs=0.02)
    assert found.probability_all[found.plans.index("counter")] == 0


def test_a_better_alternative_pays_without_being_taken() -> None:
    assert deal("job-offer", "nash")[0].startswith("s52")
    old_job = deal("job-offer", "nash", "parties.candidate.disagreement=0.5")
    assert old_job == ("s54 four d31 now", [80, 64])
    second_choice = deal("job-offer", "nash", "parties.employer.disagreement=0.5")
    assert second_choice == ("s50 four d31 now", [64, 86])


def test_insisting_works_like_an_alternative_if_it_is_believed() -> None:
    assert solved("job-offer").problem.thresholds == pytest.approx([0.475, 0.3])
    assert deal("job-offer", "nash", within="zone") == ("s54 four d31 now", [80, 64])


def test_the_candidates_red_line_costs_nothing() -> None:
    assert shipped("job-offer").space.size == 135
    assert solved("job-offer").problem.n_outcomes == 90
    assert solved("job-offer").size.outcomes == 49
    assert solved("job-offer", red_lines="none").size.outcomes == 49


def test_neither_state_accepts_the_others_draft_and_all_accept_the_commissions() -> None:
    found = compared("water-dispute")
    assert shipped("water-dispute").space.size == 81
    verdicts = dict(zip(found.plans, found.verdicts, strict=True))
    assert points("water-dispute", "halden_draft")[:3] == [80, 30, 40]
    assert verdicts["halden_draft"].accepts[:3].tolist() == [True, False, False]
    assert [len(k) for k in verdicts["halden_draft"].crossed_by_silence] == [0, 1, 0, 0]
    assert verdicts["halden_draft"].crossed == ((), (), (), ())
    assert points("water-dispute", "merin_draft")[0] == 30
    assert verdicts["merin_draft"].accepts.tolist() == [False, True, True, True]
    assert verdicts["commission_text"].accepts.all()


def test_acceptance_by_all_is_not_the_product_of_the_parties_chances() -> None:
    found = compared("water-dispute")
    k = found.plans.index("commission_text")
    chances = found.probability[k, :3]
    assert chances == pytest.approx([0.57, 0.94, 0.84], abs=0.02)
    assert math.prod(chances) == pytest.approx(0.46, abs=0.02)
    assert found.probability_all[k] == pytest.approx(0.42, abs=0.02)
    assert found.probability_all[k] < math.prod(chances) - 0.02


def test_three_notions_of_fairness_agree_on_the_river_and_the_largest_sum_is_refused() -> None:
    found = solved("water-dispute")
    assert found.size.outcomes == 8
    for by in ("nash", "kalai_smorodinsky", "egalitarian"):
        assert deal("water-dispute", by) == ("large f50 daily halden", [60, 80, 60])
    assert deal("water-dispute", "utilitarian") == ("small f70 daily halden", [30, 92, 100])
    assert found.problem.disagreement[0] == pytest.approx(0.3)
    assert not found.acceptable(found.solutions["utilitarian"])


def test_two_states_that_sign_alone_leave_the_city_where_no_treaty_would() -> None:
    alone = solved("water-dispute", "parties.sel.consent=advisory")
    everyone = Problem.from_scenario(alone.scenario, red_lines="none", parties=["sel"])
    for by in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        chosen = deal("water-dispute", by, "parties.sel.consent=advisory")
        assert chosen == ("large f30 daily halden", [70, 70])
        city = everyone.utility(alone.solutions[by].outcome)
        assert city == pytest.approx(everyone.disagreement) == pytest.approx([0.2])


def test_one_reading_of_the_red_lines_has_a_zone_and_the_other_no_package_at_all() -> None:
    assert not solved("water-dispute", red_lines="stated").zone.empty
    implied = solved("water-dispute", red_lines="implied")
    assert implied.zone.empty
    assert implied.problem.n_outcomes == 0
    assert len(implied.clash) == 3


def test_any_two_of_the_three_clauses_that_clash_can_stand_together() -> None:
    large = {"parties.sel.red_lines": []}
    high_flow = {"parties.halden.red_lines": []}
    for without in (large, high_flow, {"constraints": []}):
        scenario = read_scenario("water-dispute", without)
        assert Problem.from_scenario(scenario, red_lines="implied").n_outcomes > 0


def test_an_engineer_can_be_worth_more_than_a_concession() -> None:
    assert solved("water-dispute", "constraints=[]", red_lines="implied").size.outcomes == 5


def test_implied_lines_lower_the_chance_of_the_commissions_text_but_not_to_nothing() -> None:
    found = compared("water-dispute", red_lines="implied")
    k = found.plans.index("commission_text")
    assert not found.verdicts[k].accepted_by_all
    assert found.probability_all[k] == pytest.approx(0.19, abs=0.02)


@pytest.mark.parametrize("line", dict.fromkeys(commands(LESSONS) + commands(CSIS_PAGE)))
def test_every_command_on_the_pages_does_its_job(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "our-case.yaml" in line:
        run_command(["new", "our-case.yaml"])
        line = line.replace("zopa new our", "zopa new --force our")
    assert run_command(shlex.split(line)[1:]) == 0, capsys.readouterr().err


# The CSIS simulator, and what changes when silence is scored ---------------------------------------


@cache
def packages(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which questions each package answers, and how it scores for each party."""
    scenario = shipped(name)
    choices, utilities = Problem.from_scenario(scenario).enumerate()
    options = [list(issue.options) for issue in scenario.issues.values()]
    silent = [next(k for k, o in enumerate(names) if o in OUT) for names in options]
    return choices != np.array(silent), utilities


def passes(name: str) -> np.ndarray:
    thresholds = Problem.from_scenario(shipped(name)).thresholds
    return (packages(name)[1] >= thresholds - TOLERANCE).all(axis=1)


def scores(name: str, plan: str) -> list[str]:
    found = compared(name)
    return [f"{u:.2f}" for u in found.verdicts[found.plans.index(plan)].utility]


def silence_at(share: float) -> Scenario:
    """Read the scored version with silence at another share of each party's threshold."""
    changed: dict[str, object] = {}
    for name, party in shipped(SCORED).parties.items():
        level = share * float(party.threshold)
        changed[f"parties.{name}.disagreement"] = level
        for question in party.values:
            changed[f"parties.{name}.values.{question}.silent"] = level
    return read_scenario(SCORED, changed)


def test_both_versions_hold_the_same_published_scores_and_thresholds() -> None:
    for name, party in shipped(CSIS).parties.items():
        other = shipped(SCORED).parties[name]
        assert party.threshold == other.threshold
        assert party.consent == other.consent == "required"
        answers = [{o: v for o, v in q.items() if o != "silent"} for q in other.values.values()]
        published = [value["in"] for value in party.values.values()]
        told = sorted(itertools.chain.from_iterable(a.values() for a in answers))
        assert sorted(published) == told
        assert [len(a) for a in answers].count(2) == len(shipped(CSIS).constraints) == 5


def test_silence_is_worth_half_of_the_threshold_and_so_is_no_deal() -> None:
    for party in shipped(SCORED).parties.values():
        assert {q["silent"] for q in party.values.values()} == {party.threshold / 2}
        assert party.disagreement == party.threshold / 2
        assert "half of the threshold" in party.assumption


def test_each_plan_is_the_same_in_both_versions() -> None:
    answer = {"land_all": "all", "land_part": "part", "no_nato": "outside", "nato": "member"}
    answer |= {"army_limits": "limits", "nato_standards": "nato_standards"}
    answer |= {"ease_sanctions": "eased", "keep_sanctions": "kept"}
    answer |= {"assets_returned": "returned", "assets_rebuild": "rebuild"}
    assert list(shipped(CSIS).plans) == list(shipped(SCORED).plans)
    for name, plan in shipped(CSIS).plans.items():
        other = shipped(SCORED).plans[name].picks
        assert sorted(answer.get(a, a) for a in plan.picks) == sorted(
            o if o != "in" else question for question, o in other.items()
        )


def test_the_page_shows_the_scores_and_verdicts_of_both_versions() -> None:
    rows = tables(CSIS_PAGE)[1]
    assert [row[0].strip("`") for row in rows] == list(shipped(CSIS).plans)
    names = [party.name for party in shipped(CSIS).parties.values()]
    for cell, articles, published, first, scored, second in rows:
        plan = cell.strip("`")
        assert int(articles) == len(shipped(CSIS).plans[plan].picks)
        assert published.split(", ") == scores(CSIS, plan)
        assert scored.split(", ") == scores(SCORED, plan)
        for name, told in ((CSIS, first), (SCORED, second)):
            found = compared(name)
            short = [names[k] for k in found.blockers(found.plans.index(plan))]
            said = ", ".join(short) + " short" if short else "passes"
            alike = {"all short": 4, "all but the United States short": 3}
            assert told == said or alike[told] == len(short)


def test_under_the_published_rule_nearly_half_of_all_treaties_pass() -> None:
    said = shipped(CSIS).published
    assert passes(CSIS).sum() == said.zopa_outcomes == 118_136
    assert len(passes(CSIS)) == said.outcomes == len(passes(SCORED)) == 248_832
    assert passes(CSIS).mean() == pytest.approx(0.475, abs=5e-4)
    empty = ~packages(CSIS)[0].any(axis=1)
    assert empty.sum() == 1
    assert not passes(CSIS)[empty].any()


def test_with_silence_scored_one_in_two_hundred_and_forty_passes_and_it_is_long() -> None:
    assert passes(SCORED).sum() == 1022
    assert packages(SCORED)[0].sum(axis=1)[passes(SCORED)].min() == 11
    assert packages(CSIS)[0].sum(axis=1)[passes(CSIS)].min() == 1


def rescued(name: str) -> tuple[int, int]:
    """Count the failing treaties that pass once something is dropped, and all that fail.

    A treaty is a set of articles: one bit for each answer to each question.
    """
    scenario, bit = shipped(name), itertools.count()
    choices, _ = Problem.from_scenario(scenario).enumerate()
    numbers = np.zeros(len(choices), dtype=np.int64)
    for column, issue in zip(choices.T, scenario.issues.values(), strict=True):
        bits = np.array([0 if o in OUT else 1 << next(bit) for o in issue.options])
        numbers += bits[column]
    holds = np.zeros(1 << next(bit), dtype=bool)
    holds[numbers[passes(name)]] = True
    for k in range(20):
        halves = holds.reshape(-1, 2, 1 << k)
        halves[:, 1] |= halves[:, 0]
    failing = numbers[~passes(name) & (numbers > 0)]
    return int(holds[failing].sum()), len(failing)


def test_dropping_articles_saves_nearly_every_treaty_only_while_silence_is_free() -> None:
    assert rescued(CSIS) == (129_359, 130_695)
    assert rescued(SCORED) == (203, 247_809)


def test_cutting_what_is_contested_helps_all_under_the_one_rule_and_no_one_under_the_other() -> None:
    surplus = {
        name: {plan: v.surplus for plan, v in zip(f.plans, f.verdicts, strict=True)}
        for name, f in ((CSIS, compared(CSIS)), (SCORED, compared(SCORED)))
    }
    before, after = surplus[CSIS]["preset_2"], surplus[CSIS]["uncontested"]
    assert before.min() == pytest.approx(0)
    assert after.min() == pytest.approx(1.3)
    assert before[:2] == pytest.approx([0, 1.944], abs=1e-3)
    assert after[:2] == pytest.approx([1.4, 1.3])
    before, after = surplus[SCORED]["preset_2"], surplus[SCORED]["uncontested"]
    assert (after < before).all()
    assert before[:2] == pytest.approx([-1, -0.133], abs=1e-3)
    assert after[:2] == pytest.approx([-1.2, -1.733], abs=1e-3)


def test_the_fairest_treaty_says_next_to_nothing_until_silence_is_scored() -> None:
    sizes = {}
    for name in (CSIS, SCORED):
        found = solved(name)
        deals = [found.solutions[by] for by in ("nash", "kalai_smorodinsky", "egalitarian")]
        deals.append(found.solutions["utilitarian"])
        said = [found.package(agreement).values() for agreement in deals]
        sizes[name] = [sum(o not in OUT for o in options) for options in said]
    assert sizes == {CSIS: [1, 3, 2, 1], SCORED: [15, 15, 15, 15]}


@pytest.mark.parametrize("name", [CSIS, SCORED])
def test_the_treaty_with_the_highest_least_surplus(name: str) -> None:
    answered, utilities = packages(name)
    least = (utilities - Problem.from_scenario(shipped(name)).thresholds).min(axis=1)
    best = least >= least.max() - TOLERANCE
    assert set(answered[best].sum(axis=1)) == {1 if name == CSIS else 15}


@pytest.mark.parametrize("row", range(5))
def test_how_many_treaties_pass_for_every_worth_of_silence(row: int) -> None:
    share, count, percent, presets = tables(CSIS_PAGE)[3][row]
    scenario = silence_at(eval(share.split()[0]))
    problem = Problem.from_scenario(scenario)
    _, utilities = problem.enumerate()
    ok = (utilities >= problem.thresholds - TOLERANCE).all(axis=1)
    assert ok.sum() == int(count.replace(" ", ""))
    assert 100 * ok.mean() == pytest.approx(float(percent.removesuffix("%")), rel=0.05)
    found = compare(scenario, plans=["preset_1", "preset_2", "preset_3", "preset_3_loaded"], draws=1)
    passing = [k for k, verdict in enumerate(found.verdicts, start=1) if verdict.accepted_by_all]
    assert passing == ([1, 2] if presets == "1 and 2" else [])


def test_silence_worth_the_threshold_is_the_published_rule() -> None:
    problem = Problem.from_scenario(silence_at(1.0))
    ok = (problem.enumerate()[1] >= problem.thresholds - TOLERANCE).all(axis=1)
    published = passes(CSIS)
    assert ok.sum() == published.sum() + 1  # the empty treaty, which is no agreement


@pytest.mark.parametrize(("share", "accepted"), [(0.910, False), (0.911, True)])
def test_preset_1_needs_silence_worth_nine_tenths_of_the_threshold(
    share: float, accepted: bool
) -> None:
    found = compare(silence_at(share), plans=["preset_1"], draws=1)
    assert found.verdicts[0].accepted_by_all is accepted
