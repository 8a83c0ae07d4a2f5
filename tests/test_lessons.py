"""The two teaching cases show what docs/teaching.md says that they show, number by number."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from shipped import LESSONS, compared, numbers_without_basis, shipped, solved, tables

from sim.equilibria.prediction import Prediction
from sim.equilibria.side_by_side import predict
from sim.formats import read_scenario, shipped_scenarios
from sim.problem import Problem

TEACHING = ("job-offer", "water-dispute", "border-war")


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


@pytest.mark.parametrize("name", TEACHING)
def test_a_teaching_case_is_invented_says_so_and_fits_on_a_screen(name: str) -> None:
    scenario = shipped(name)
    assert scenario.assumption == "invented for teaching"
    assert not scenario.sources
    assert numbers_without_basis(scenario.model_copy(update={"assumption": None}))
    lines = shipped_scenarios()[name].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= {"job-offer": 45, "water-dispute": 95, "border-war": 90}[name]
    assert max(map(len, lines)) <= 100


def sheet_entry(name: str, party: str, issue: str) -> list[float]:
    """Return what each option adds, in points: by how much the worst package with it is better."""
    scenario = shipped(name, "constraints=[]", f"parties.{party}.interactions=[]")
    problem = Problem.from_scenario(scenario, red_lines="none", parties=[party])
    choices, utilities = problem.enumerate()
    picked = choices[:, list(scenario.issues).index(issue)]
    worst = np.array([utilities[picked == k, 0].min() for k in np.unique(picked)])
    return [round(100 * float(x), 6) for x in worst - worst.min()]


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
            says = scenario.parties[party].say
            if says is not None and issue not in says:
                assert cell == "–"
            else:
                told = [float(x) for x in cell.split(" / ")]
                assert told == sheet_entry(name, party, issue), (issue, party)
    levels = {row[0]: row[1:] for row in rows[len(scenario.issues) :]}
    for party, no_deal, least in zip(parties, levels["no deal"], levels["at least"], strict=True):
        central = Problem.from_scenario(scenario, parties=[party])
        assert float(no_deal or 0) == pytest.approx(100 * central.disagreement[0])
        span = [float(x) for x in re.findall(r"\d+", least)]
        assert np.mean(span) == pytest.approx(100 * central.thresholds[0])


def test_daily_data_from_a_large_dam_saves_merin_from_floods() -> None:
    (row,) = (row for row in tables(LESSONS)[2] if row[0] == "large dam with daily data")
    with_it, without = (
        Problem.from_scenario(shipped("water-dispute", *change), parties=["merin"]).utility(
            [2, 1, 2, 0]
        )
        for change in ((), ("parties.merin.interactions=[]",))
    )
    assert row[2] == f"+{100 * (with_it - without)[0]:.0f}" == "+10"


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
    assert deal("job-offer", "nash", within="zone") == ("s52 four d31 now", [72, 75])
    believed = "parties.candidate.disagreement=0.475"
    assert deal("job-offer", "nash", believed) == ("s54 four d31 now", [80, 64])


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
    for_city = Problem.from_scenario(alone.scenario, red_lines="none", parties=["sel"])
    assert for_city.disagreement == pytest.approx([0.2])
    for by in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        chosen = deal("water-dispute", by, "parties.sel.consent=advisory")
        assert chosen == ("large f30 daily halden", [70, 70])
        assert for_city.utility(alone.solutions[by].outcome) == pytest.approx([0.2])


def test_one_reading_of_the_red_lines_has_a_zone_and_the_other_no_package_at_all() -> None:
    assert not solved("water-dispute", red_lines="stated").zone.empty
    implied = solved("water-dispute", red_lines="implied")
    assert implied.zone.empty
    assert implied.problem.n_outcomes == 0
    assert len(implied.clash) == 3


def test_whether_the_implied_lines_hold_is_uncertain_and_so_is_the_zone() -> None:
    chance = solved("water-dispute", red_lines="implied", draws=400).chance
    assert chance.share == pytest.approx(0.75, abs=0.07)


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


def asked(name: str, model: str, *overrides: str, **options: Any) -> Prediction:
    """Return what a model of bargaining predicts for a teaching case."""
    return predict(shipped(name, *overrides), [model], draws=1000, **options)[model]


def gets(found: Prediction) -> dict[str, float]:
    assert found.utilities is not None
    return {party: round(100 * worth, 6) for party, worth in found.utilities.items()}


def test_an_ultimatum_asks_for_everything_where_nothing_is_in_doubt_and_for_less_where_it_is() -> (
    None
):
    sure = asked("job-offer", "ultimatum")
    assert gets(sure) == {"candidate": 96, "employer": 42}
    assert sure.outcome == {"salary": "s58", "remote": "four", "holiday": "d31", "start": "now"}
    doubtful = asked("job-offer", "ultimatum", parties=["employer", "candidate"])
    assert gets(doubtful) == {"employer": 89, "candidate": 58}
    risky, safe = doubtful.details["curve"]
    assert (risky["own_utility"], safe["own_utility"]) == pytest.approx((0.92, 0.89))
    assert (risky["outcome"]["holiday"], safe["outcome"]["holiday"]) == ("d25", "d28")
    assert {**risky["outcome"], "holiday": "d28"} == safe["outcome"]
    assert risky["chance"] == pytest.approx(0.8, abs=0.02)
    assert risky["payoff"] == pytest.approx(0.8, abs=0.01)
    assert safe["chance"] == 1


def test_a_week_more_gives_the_last_word_and_the_gain_to_the_other() -> None:
    talks = shipped("job-offer").talks
    assert talks is not None
    assert talks.rounds == 6
    six, seven = (asked("job-offer", "last_round", *more) for more in ((), ("talks.rounds=7",)))
    assert gets(six) == {"candidate": 96, "employer": 42}
    assert gets(seven) == {"candidate": 64, "employer": 86}
    assert "Employer proposes" in six.says
    assert "last proposal before the deadline would be Candidate's" in six.says
    assert "last proposal before the deadline would be Employer's" in seven.says


def test_the_slips_are_chicken_and_another_week_makes_them_a_prisoners_dilemma() -> None:
    played = asked("job-offer", "posture", "talks.breakdown=1")
    told = [[cell.split(" / ") for cell in row[1:]] for row in tables(LESSONS)[3]]
    kinds = ("compromise", "hold_out")
    for row, mine in zip(told, kinds, strict=True):
        for cell, theirs in zip(row, kinds, strict=True):
            worth = played.details["payoffs"][mine][theirs]
            expected = [100 * worth["candidate"], 100 * worth["employer"]]
            assert [float(x) for x in cell] == pytest.approx(expected)
    assert "For both this is chicken" in played.says
    assert "with chance 0.39 both hold out" in played.says
    assert len(played.details["equilibria"]) == 3
    longer = asked("job-offer", "posture")
    assert "For both this is a prisoner's dilemma" in longer.says
    both = longer.details["payoffs"]["hold_out"]["hold_out"]
    assert [round(100 * u) for u in both.values()] == [70, 70]


def front(found: Prediction, state: str) -> dict[str, Any]:
    (there,) = (each for each in found.details["states"] if each["state"] == state)
    return dict(there)


def test_war_costs_both_and_still_leaves_no_range_in_the_villages_because_of_red_lines() -> None:
    assert shipped("border-war").space.size == 108
    found = asked("border-war", "war")
    bridge, villages = front(found, "bridge"), front(found, "villages")
    assert [round(100 * u) for u in bridge["no_deal"].values()] == [57, 37]
    assert [round(100 * u) for u in bridge["most"].values()] == [72, 59]
    assert bridge["open"]
    assert round(100 * villages["no_deal"]["highland"]) == 77
    assert round(100 * villages["most"]["highland"]) == 72
    assert not villages["open"]
    assert not asked("border-war", "war", "war.front.start=villages").details["open"]
    assert "with a chance of 87" in found.says
    freed = asked("border-war", "war", red_lines="none")
    assert all(state["open"] for state in freed.details["states"])


def test_the_range_at_the_bridge_hinges_on_where_the_front_goes() -> None:
    found = asked("border-war", "war")
    (hinge,) = (h for h in found.hinges if "to “In the villages”" in h.parameter)
    assert hinge.now == pytest.approx(0.25)
    assert hinge.flips_at == pytest.approx(0.52, abs=0.005)
