"""A case computed with others, as draws of one ensemble, is the case computed by itself."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sim.amendments import amend
from sim.comparison import compare
from sim.errors import InputError
from sim.experiment.case_group import groups_of
from sim.experiment.cases import design_of
from sim.experiment.computations import COMPUTATIONS
from sim.experiment.design import Experiment
from sim.experiment.job import Block, Rows, compute_block, joined
from sim.experiment.prepared import Prepared
from sim.experiment.scenario_job import ScenarioJob
from sim.feasible.robust import most_robust
from sim.formats import parse_scenario
from sim.scenario import Scenario
from sim.settlement import solve
from tests.strategies import scenario_dicts

DRAWS, ZONE_DRAWS, SEED = 12, 6, 3
EVERYTHING = ["compare", "zone", "solve", "amend"]
FENCE: dict[str, Any] = {
    "zopa": 1,
    "title": "A fence",
    "issues": {
        "height": {"title": "Height", "options": {"low": "1 m", "high": "2 m"}},
        "cost": {"title": "Cost", "options": {"ann": "Ann", "bob": "Bob"}, "status_quo": "ann"},
    },
    "parties": {
        "ann": {
            "name": "Ann",
            "threshold": 0.5,
            "weights": {"height": 1, "cost": 1},
            "values": {"height": {"low": 0, "high": 1}, "cost": {"ann": 0, "bob": 1}},
        },
        "bob": {
            "name": "Bob",
            "threshold": {"uniform": [0.3, 0.7]},
            "weights": {"height": 1, "cost": 3},
            "values": {"height": {"low": 1, "high": 0}, "cost": {"ann": 1, "bob": 0}},
            "red_lines": [{"when": {"height": "low"}, "binds": 0.5}],
        },
    },
    "plans": {"draft": {"title": "Draft", "picks": {"height": "high"}}},
    "levers": {"loan": {"by": "the town", "effects": {"ann": {"threshold": -0.3}}}},
}


def job_of(
    scenario: Scenario | dict[str, Any], vary: dict[str, Any], compute: Any, **asked: Any
) -> ScenarioJob:
    """Put an experiment on one scenario together, as its reader would."""
    if isinstance(scenario, dict):
        scenario = parse_scenario(json.dumps(scenario))
    experiment = Experiment.model_validate(
        {"experiment": 1, "scenario": "it", "vary": vary, "compute": compute, "draws": DRAWS}
        | {"zone_draws": ZONE_DRAWS, "seed": SEED}
        | asked
    )
    return ScenarioJob(Prepared(experiment, design_of(experiment), {"it": scenario}))


def computed(job: ScenarioJob) -> Rows:
    """Compute all cases in one block."""
    return job.compute(0, job.n_cases)


def near(found: Any, wanted: Any) -> bool:
    """Whether an outcome is what it should be; missing where that is ``None``."""
    missing = found is np.ma.masked or found is None or bool(np.isnan(found))
    if wanted is None or missing:
        return bool(missing and wanted is None)
    return bool(found == pytest.approx(wanted, abs=1e-12))


def numbers_in(node: Any, path: str = "") -> list[str]:
    """List the paths of all numbers in a scenario dict that a reader reads."""
    if isinstance(node, int | float) and not isinstance(node, bool):
        return [path]
    if isinstance(node, dict):
        if {"uniform", "triangular", "normal", "tier", "value"} & set(node):
            return [path]
        steps: list[tuple[Any, Any]] = [(k, v) for k, v in node.items() if k != "when"]
    elif isinstance(node, list):
        steps = list(enumerate(node))
    else:
        return []
    return [p for step, inner in steps for p in numbers_in(inner, f"{path}.{step}".lstrip("."))]


@st.composite
def sweeps(draw: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Draw a scenario, and two or three values for a few of its numbers and readings."""
    made = draw(scenario_dicts(levers=True, uncertain=draw(st.integers(0, 3)) > 0))
    paths = numbers_in(made["parties"], "parties") + numbers_in(made["levers"], "levers")
    some = st.lists(st.sampled_from(paths), min_size=1, max_size=3, unique=True)
    tenths = st.integers(0, 9).map(lambda k: k / 10)
    vary: dict[str, list[Any]] = {
        path: draw(st.lists(tenths, min_size=2, max_size=2, unique=True)) for path in draw(some)
    }
    others = {
        "red_lines": ["none", "stated", "implied"],
        "within": ["disagreement", "zone"],
        "parties.bob.consent": ["required", "advisory"],
        f"plans.late.picks.{next(iter(made['issues']))}": [None, "first"],
    }
    for path in draw(st.lists(st.sampled_from(list(others)), max_size=2, unique=True)):
        vary[path] = others[path]
    for path, values in vary.items():
        if "first" in values:
            issue = next(iter(made["issues"].values()))
            first = next(iter(issue["options"])) if "options" in issue else issue["grid"]["from"]
            vary[path] = [None, first]
    return made, vary


def prepared(sweep: tuple[dict[str, Any], dict[str, list[Any]]]) -> tuple[ScenarioJob, list[Any]]:
    """Read every case by itself; sweeps with a case that cannot be read are left out."""
    made, vary = sweep
    try:
        job = job_of(made, vary, EVERYTHING)
        cases = [job.prepared.case(k) for k in range(job.n_cases)]
        read = [parse_scenario(json.dumps(made), overrides=case.overrides) for case in cases]
    except InputError:
        assume(False)
    return job, list(zip(cases, read, strict=True))


WITHOUT_HASTE = settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@given(sweep=sweeps())
@WITHOUT_HASTE
def test_a_case_of_a_sweep_is_the_scenario_read_again_with_its_settings(sweep):
    job, cases = prepared(sweep)
    rows = computed(job)
    for k, (case, scenario) in enumerate(cases):
        one = {name: column[k] for name, column in rows["outcomes"].items()}
        for name, wanted in alone(scenario, case.red_lines, case.within).items():
            assert near(one[name], wanted), (name, one[name], wanted)


def alone(scenario: Scenario, red_lines: Any, within: Any) -> dict[str, Any]:
    """Compute the outcomes of one scenario by the functions for one scenario."""
    found = compare(scenario, draws=DRAWS, seed=SEED, red_lines=red_lines)
    outcomes: dict[str, Any] = {}
    for p, plan in enumerate(found.plans):
        verdict = found.verdicts[p]
        for k, party in enumerate(found.parties):
            outcomes[f"{plan}.{party}.utility"] = verdict.utility[k]
            outcomes[f"{plan}.{party}.surplus"] = verdict.surplus[k]
            outcomes[f"{plan}.{party}.accepts"] = verdict.accepts[k]
            outcomes[f"{plan}.{party}.probability"] = found.probability[p, k]
        outcomes[f"{plan}.all.accepts"] = verdict.accepted_by_all
        outcomes[f"{plan}.all.probability"] = found.probability_all[p]
        outcomes[f"{plan}.all.completable"] = verdict.completable
        outcomes[f"{plan}.changes"] = amend(scenario, plan, red_lines=red_lines).found.changes
    settled = solve(
        scenario, red_lines=red_lines, within=within, draws=ZONE_DRAWS, seed=SEED, time_limit=60
    )
    assert settled.chance is not None
    robust = most_robust(settled.zone_problem, rational=False)
    least = float((robust.utilities - settled.zone_problem.thresholds).min())
    outcomes |= {
        "zone.exists": not settled.zone.empty,
        "zone.probability": settled.chance.share,
        "zone.share": settled.size.share,
        "zone.surplus": least if robust.reached else None,
        "frontier.points": len(settled.frontier),  # type: ignore[arg-type]
    }
    for name, agreement in settled.solutions.items():
        outcomes[f"{name}.agreement"] = agreement.reached
        for party, utility in zip(settled.parties, agreement.utilities, strict=True):
            outcomes[f"{name}.{party}"] = utility if agreement.reached else None
    return outcomes


@given(sweep=sweeps())
@WITHOUT_HASTE
def test_a_case_gives_the_same_bytes_in_whatever_company_it_is_computed(sweep):
    job, _ = prepared(sweep)
    together = computed(job)
    apart = joined([compute_block(job, Block(0, k, k + 1)) for k in range(job.n_cases)]).rows
    assert together.keys() == apart.keys()
    for table, columns in together.items():
        assert list(columns) == list(job.tables[table].columns)
        for name, column in columns.items():
            assert_same(column, apart[table][name], (table, name))


def assert_same(one: Any, other: Any, where: object) -> None:
    """Check that two columns are the same, bit by bit."""
    if one.dtype == object:
        assert one.tolist() == other.tolist(), where
        return
    gaps = np.ma.getmaskarray(one)
    assert (gaps == np.ma.getmaskarray(other)).all(), where
    there = [np.ma.getdata(column)[~gaps].tobytes() for column in (one, other)]
    assert there[0] == there[1], where


def test_a_party_stops_accepting_where_its_threshold_passes_what_the_plan_gives_it():
    rows = computed(job_of(FENCE, {"parties.ann.threshold": [0.4, 0.5, 0.6]}, ["compare"]))
    outcomes = rows["outcomes"]
    assert outcomes["draft.ann.surplus"] == pytest.approx([0.1, 0.0, -0.1])
    assert outcomes["draft.ann.accepts"].tolist() == [True, True, False]
    assert outcomes["draft.ann.probability"].tolist() == [1.0, 1.0, 0.0]


def test_weights_that_vary_are_normalised_in_every_case():
    rows = computed(job_of(FENCE, {"parties.ann.weights.height": [1, 3]}, ["compare"]))
    assert rows["outcomes"]["draft.ann.utility"] == pytest.approx([0.5, 0.75])
    assert rows["outcomes"]["draft.bob.utility"] == pytest.approx([0.75, 0.75])


def test_a_line_that_binds_more_surely_is_held_against_the_same_coins():
    made = FENCE | {"plans": {"draft": {"title": "Draft", "picks": {"height": "low"}}}}
    chances = [0.0, 0.2, 0.6, 1.0]
    job = job_of(made, {"parties.bob.red_lines[0].binds": chances}, ["compare"], draws=2000)
    (refused,) = [1 - computed(job)["outcomes"]["draft.bob.probability"]]
    assert refused[[0, 3]].tolist() == [0.0, 1.0]
    assert refused == pytest.approx(chances, abs=0.05)
    assert (np.diff(refused) > 0).all()


def test_levers_in_place_are_a_setting_like_any_other():
    rows = computed(job_of(FENCE, {"levers": [[], ["loan"]]}, ["compare", "zone"]))
    assert rows["outcomes"]["draft.ann.surplus"] == pytest.approx([0.0, 0.3])
    assert rows["cases"]["levers"].tolist() == ["none", "loan"]


def test_an_effect_of_a_lever_that_is_in_place_is_swept():
    effects = {"levers.loan.effects.ann.threshold": [-0.3, 0.1], "levers": [["loan"]]}
    rows = computed(job_of(FENCE, effects, ["compare"]))
    assert rows["outcomes"]["draft.ann.surplus"] == pytest.approx([0.3, -0.1])


def test_what_is_undefined_is_missing_and_never_nought():
    rows = computed(job_of(FENCE, {"parties.ann.disagreement": [0.0, 1.0]}, ["solve"]))
    outcomes = rows["outcomes"]
    assert outcomes["nash.agreement"].tolist() == [True, True]
    rows = computed(job_of(FENCE, {"parties.ann.disagreement": [0.0, 1.5]}, ["solve"]))
    outcomes = rows["outcomes"]
    assert outcomes["nash.agreement"].tolist() == [True, False]
    assert np.isnan(outcomes["nash.ann"]).tolist() == [False, True]
    assert outcomes["zone.surplus"][1] < 0


def test_solving_brings_the_zone_as_the_command_does():
    job = job_of(FENCE, {}, ["solve"])
    assert "zone.exists" in job.tables["outcomes"].columns
    assert {"zone", "solutions", "packages", "frontier"} <= job.tables.keys()


def test_repeats_meet_random_numbers_of_their_own():
    plans = FENCE | {"plans": {"draft": {"title": "Draft", "picks": {}}}}
    job = job_of(plans, {"parties.ann.threshold": [0.3, 0.4]}, ["compare"], repeats=2, draws=50)
    design, scenario = job.prepared.design, job.prepared.scenarios["it"]
    found = computed(job)["outcomes"]["draft.bob.probability"].tolist()
    wanted = [
        float(compare(scenario, draws=50, seed=design.seed(k)).probability[0, 1]) for k in range(4)
    ]
    assert found == wanted
    assert found[0] == found[2] != found[1]


def test_an_end_of_a_range_varies_case_by_case():
    path = "parties.bob.threshold.uniform[0]"
    job = job_of(FENCE, {path: [0.1, 0.6]}, ["compare"], draws=40)
    surplus = computed(job)["outcomes"]["draft.bob.surplus"]
    assert surplus == pytest.approx([0.75 - 0.4, 0.75 - 0.65])


def test_numbers_that_nothing_reads_do_not_keep_cases_apart():
    job = job_of(FENCE, {"parties.ann.patience": {"uniform": [0.8, 0.9]}}, ["compare"],
                 design={"lhs": 16})  # fmt: skip
    (group,) = groups_of(job.prepared, 0, 16)
    assert len(group) == 16
    assert group.values == {}
    assert 0.8 <= group.case(3)[1].parties["ann"].patience <= 0.9


def test_cases_that_differ_in_names_are_grouped_and_come_back_in_order():
    vary = {"parties.ann.threshold": [0.4, 0.6], "red_lines": ["none", "stated"]}
    job = job_of(FENCE, vary, ["compare"])
    assert [group.cases.tolist() for group in groups_of(job.prepared, 0, 4)] == [[0, 2], [1, 3]]
    rows = computed(job)
    assert rows["acceptance"]["case"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert rows["outcomes"]["draft.ann.surplus"] == pytest.approx([0.1, 0.1, -0.1, -0.1])


def test_a_case_in_which_nobody_signs_fails_and_the_others_do_not():
    readings = ["required", "advisory"]
    vary = {"parties.ann.consent": readings, "parties.bob.consent": readings}
    found = compute_block(job_of(FENCE, vary, ["zone"]), Block(0, 0, 4))
    assert [(failure.case, failure.kind) for failure in found.failures] == [(3, "raised")]
    assert "nobody" in found.failures[0].message or "no party" in found.failures[0].message
    assert found.rows["outcomes"]["case"].tolist() == [0, 1, 2]


def test_a_job_travels_to_other_processes_and_computes_the_same_there():
    job = job_of(FENCE, {"parties.ann.threshold": {"uniform": [0.3, 0.6]}}, EVERYTHING,
                 design={"lhs": 8})  # fmt: skip
    sent = computed(pickle.loads(pickle.dumps(job)))
    for table, columns in computed(job).items():
        for name, column in columns.items():
            assert_same(column, sent[table][name], (table, name))


def test_every_column_is_declared_with_its_kind():
    job = job_of(FENCE, {"parties.ann.threshold": [0.3, 0.9]}, EVERYTHING)
    kinds = {"whole": "iu", "number": "f", "text": "O", "truth": "b"}
    for table, columns in computed(job).items():
        shape = job.tables[table].columns
        assert {len(column) for column in columns.values()} == {len(columns["case"])}
        for name, column in columns.items():
            assert column.dtype.kind in kinds[shape[name].kind], (table, name)


def test_the_share_of_the_best_within_red_lines_follows_a_line_that_varies():
    bob = FENCE["parties"]["bob"] | {"threshold": {"share_of_best": 0.5, "within": "red_lines"}}
    made = FENCE | {"parties": FENCE["parties"] | {"bob": bob}}
    job = job_of(made, {"parties.bob.red_lines.0.binds": [0.0, 1.0]}, ["compare"])
    assert computed(job)["outcomes"]["draft.bob.surplus"] == pytest.approx([0.25, 0.375])


def test_blocks_are_a_power_of_two_and_smaller_where_cases_take_longer():
    vary = {"parties.ann.threshold": {"uniform": [0.3, 0.6]}}
    quick = job_of(FENCE, vary, ["compare"], draws=1).block
    slow = job_of(FENCE, vary, EVERYTHING, draws=100_000).block
    assert quick > slow >= 1
    assert all(block & (block - 1) == 0 for block in (quick, slow))


def test_with_very_many_cases_only_outcomes_are_kept():
    vary = {"parties.ann.threshold": {"uniform": [0.3, 0.6]}}
    job = job_of(FENCE, vary, ["compare", "solve"], design={"lhs": 30_000})
    assert set(job.tables) == {"cases", "outcomes"} == set(job.compute(0, 2))


def test_a_solution_that_does_not_exist_is_refused_before_anything_runs():
    with pytest.raises(InputError, match="'nahs'"):
        job_of(FENCE, {}, {"solve": {"solutions": ["nahs"]}}).tables  # noqa: B018


def test_what_no_experiment_computes_is_refused_rather_than_left_out(monkeypatch):
    monkeypatch.delitem(COMPUTATIONS, "amend")
    with pytest.raises(InputError, match="compute: amend"):
        job_of(FENCE, {}, ["compare", "amend"]).tables  # noqa: B018


def test_cases_with_random_numbers_of_their_own_get_the_same_alone_and_in_company():
    plans = FENCE | {"plans": {"draft": {"title": "Draft", "picks": {}}}}
    vary = {"parties.ann.threshold": {"uniform": [0.2, 0.6]}}
    job = job_of(plans, vary, ["compare", "zone"], draws=7, zone_draws=3, design={"lhs": 12},
                 random_numbers="independent")  # fmt: skip
    together = computed(job)["outcomes"]
    alone = [job.compute(k, k + 1)["outcomes"] for k in range(12)]
    for name, column in together.items():
        assert np.concatenate([one[name] for one in alone]).tobytes() == column.tobytes()
    assert len(set(together["draft.bob.probability"].tolist())) > 1


def test_blocks_are_shorter_where_each_case_has_to_be_read_anew():
    lines = {"red_lines": ["none", "stated"], "parties.bob.consent": ["required", "advisory"]}
    numbers = {"parties.ann.threshold": {"uniform": [0.2, 0.6]}}
    apart, together = (
        job_of(FENCE, vary, ["compare"], draws=1, design={"lhs": 4096})
        for vary in (lines | numbers, numbers)
    )
    assert apart.block <= together.block
