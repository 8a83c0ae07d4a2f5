"""Every scenario that comes with zopa reads, says where its numbers are from, keeps its word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from shipped import CSIS_PAGE, LESSONS, commands, compared, numbers_without_basis, shipped, solved

from sim.agreement import Frontier
from sim.cli import run_command
from sim.formats import shipped_scenarios


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


@pytest.mark.parametrize("line", dict.fromkeys(commands(LESSONS) + commands(CSIS_PAGE)))
def test_every_command_on_the_pages_does_its_job(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "our-case.yaml" in line:
        run_command(["new", "our-case.yaml"])
        line = line.replace("zopa new our", "zopa new --force our")
    assert run_command(shlex.split(line)[1:]) == 0, capsys.readouterr().err
