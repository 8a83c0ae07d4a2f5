"""What equilibrium models say in every case of an experiment, and how a sweep moves it."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.equilibria import MODELS
from sim.equilibria.side_by_side import predict
from sim.errors import ScenarioError
from sim.experiment.computations.predicted_numbers import TOLD
from sim.experiment.job import Block, compute_block
from sim.experiment.scenario_job import ScenarioJob
from sim.formats import parse_scenario, read_scenario
from sim.formats.experiments import prepare_experiment
from sim.plots import PICTURES
from tests.test_scenario_job import computed, job_of

PIE: dict[str, Any] = {
    "zopa": 1,
    "title": "A pie",
    "issues": {"cut": {"title": "Cut", "options": {"none": "0", "half": "½", "whole": "1"}}},
    "parties": {
        "ann": {
            "name": "Ann", "patience": 0.9, "weights": {"cut": 1},
            "values": {"cut": {"none": 0, "half": 0.5, "whole": 1}},
        },
        "bob": {
            "name": "Bob", "patience": 0.9, "weights": {"cut": 1},
            "values": {"cut": {"none": 1, "half": 0.5, "whole": 0}},
        },
    },
    "talks": {"order": ["ann", "bob"], "rounds": 2},
}  # fmt: skip


def of_models(
    *models: str, scenario: Any, vary: dict[str, Any], settings: Any = (), **asked: Any
) -> ScenarioJob:
    compute = {"equilibria": {"models": list(models), "draws": 20, **dict(settings)}}
    return job_of(scenario, vary, compute, **asked)


def test_patience_divides_a_pie_as_rubinstein_says():
    job = of_models(
        "alternating_offers",
        scenario=PIE,
        vary={
            "parties.ann.patience": {"uniform": [0.5, 0.99]},
            "parties.bob.patience": {"uniform": [0.5, 0.99]},
        },
        design={"lhs": 12},
    )
    rows = computed(job)
    ann, bob = (rows["cases"][f"parties.{party}.patience"] for party in ("ann", "bob"))
    share = (1 - bob) / (1 - ann * bob)
    assert rows["outcomes"]["alternating_offers.ann"] == pytest.approx(share, abs=1e-9)
    assert rows["outcomes"]["alternating_offers.bob"] == pytest.approx(1 - share, abs=1e-9)
    assert rows["outcomes"]["alternating_offers.agreement"].all()
    assert rows["outcomes"]["alternating_offers.equilibria"].tolist() == [1] * 12


def test_a_risk_of_breakdown_works_like_impatience():
    job = of_models(
        "alternating_offers", scenario=PIE, vary={"talks.breakdown": {"uniform": [0, 0.5]}},
        design={"lhs": 6},
    )  # fmt: skip
    rows = computed(job)
    kept = 0.9 * (1 - rows["cases"]["talks.breakdown"])
    assert rows["outcomes"]["alternating_offers.ann"] == pytest.approx(1 / (1 + kept), abs=1e-9)


def test_who_gets_better_at_waiting_for_a_job_gets_no_less():
    job = of_models(
        "alternating_offers", "last_round", scenario=read_scenario("job-offer"),
        vary={"parties.candidate.patience": [0.7, 0.8, 0.9, 0.95, 0.99]},
    )  # fmt: skip
    found = computed(job)["outcomes"]
    assert (np.diff(found["alternating_offers.candidate"]) > -1e-9).all()
    assert np.ptp(found["alternating_offers.candidate"]) > 0.05
    assert (np.diff(found["alternating_offers.employer"]) < 1e-9).all()


def test_a_dearer_war_leaves_more_to_agree_on():
    job = of_models(
        "war", "waiting", scenario=read_scenario("border-war"),
        vary={"war.parties.lowland.per_round": [0, 0.05, 0.1, 0.2]},
    )  # fmt: skip
    found = computed(job)["outcomes"]
    assert (np.diff(found["war.lowland"]) < 0).all()
    assert (np.diff(found["war.slack"]) > 0).all()
    assert np.ptp(found["war.highland"]) == 0
    assert np.diff(found["waiting.lowland.range"]) == pytest.approx(-np.diff(found["war.lowland"]))
    ends = sum(found[f"war.{end}.chance"] for end in ("highland_wins", "frozen", "lowland_wins"))
    assert ends == pytest.approx(1)


def test_a_drift_towards_one_side_lets_it_wait_and_undoes_agreement():
    drifting = json.loads(json.dumps(PIE))
    drifting["talks"] |= {"drift": {"ann": 0.0}, "drifts_for": 24}
    for party in drifting["parties"].values():
        party["disagreement"] = 0.4
    job = of_models(
        "alternating_offers", "waiting", "commitment", scenario=drifting,
        vary={"talks.drift.ann": [0.0, 0.05], "parties.ann.patience": [0.99]},
    )  # fmt: skip
    found = computed(job)["outcomes"]
    assert found["alternating_offers.agreement"].tolist() == [True, False]
    assert found["waiting.ann.range"] == pytest.approx([0.1, 0.1])
    assert found["waiting.ann.long_pays_from"][1] < found["waiting.ann.long_pays_from"][0]


def test_what_ratifiers_ask_for_decides_what_passes():
    job = of_models(
        "ratification", scenario=read_scenario("water-dispute"),
        vary={"ratification.bodies.chamber.quota": [0.5, 0.7, 0.76, 1]},
    )  # fmt: skip
    found = computed(job)["outcomes"]
    shares = found["ratification.chamber.win_set"]
    assert shares[0] > shares[1]  # towns and fishers have 60 of 100
    assert shares[2] == shares[3]  # from three quarters on it takes all three
    assert (np.diff(shares) <= 0).all()
    passes = found["ratification.commission_text.chamber.probability"]
    assert ((passes >= 0) & (passes <= 1)).all()
    assert (np.diff(passes) <= 0).all()


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("job-offer", "talks.breakdown", 0.2),
        ("job-offer", "talks.rounds", 3),
        ("job-offer", "parties.employer.disagreement", 0.45),
        ("job-offer", "red_lines", "none"),
        ("border-war", "war.front.start", "terraces"),
        ("border-war", "war.front.states.bridge.to.frozen", 0.05),
        ("border-war", "parties.highland.patience", 0.8),
    ],
)
def test_a_case_says_what_the_scenario_with_its_settings_says(name, path, value):
    models = [model for model in MODELS if model not in ("ultimatum", "demand_game")]
    scenario = read_scenario(name)
    rows = computed(of_models(*models, scenario=scenario, vary={path: [value]}))
    reading = {"red_lines": value} if path == "red_lines" else {}
    changed = scenario if reading else read_scenario(name, {path: value})
    said = predict(changed, models, draws=20, seed=3, **reading)
    assert rows["predictions"]["says"].tolist() == [one.says or None for one in said.values()]
    for model, one in said.items():
        for party, utility in (one.utilities or {}).items():
            assert rows["outcomes"][f"{model}.{party}"][0] == utility


def test_what_a_model_cannot_say_is_missing_and_the_reason_stands_in_the_table():
    job = of_models(
        "war", "waiting", "adjusted_winner", scenario=PIE,
        vary={"parties.bob.consent": ["required", "advisory"]},
    )  # fmt: skip
    rows = computed(job)
    found, table = rows["outcomes"], rows["predictions"]
    assert np.isnan(found["war.ann"]).all()
    assert np.ma.getmaskarray(found["war.open"]).all()
    assert found["waiting.open"].tolist() == [True, None]
    assert "the scenario has no `war` block" in table["not_computed"][0]
    assert table["not_computed"].tolist()[1:3] == [None, None]
    assert "two parties" in table["not_computed"][4]
    assert table["says"][4] is None
    assert np.isnan(table["bound"][4])


def test_models_that_do_not_fit_are_left_out_unless_they_are_named():
    job = job_of(PIE, {"parties.ann.patience": [0.9]}, ["equilibria"])
    models = set(computed(job)["predictions"]["model"])
    assert {"alternating_offers", "adjusted_winner", "attrition"} <= models
    assert models.isdisjoint({"war", "optimism", "commitment", "ratification", "majority"})


def test_named_players_play_and_no_others():
    water = read_scenario("water-dispute")
    job = of_models(
        "posture", scenario=water, vary={}, settings={"parties": ["merin", "sel"]},
    )  # fmt: skip
    found = computed(job)["outcomes"]
    said = predict(water, ["posture"], parties=["merin", "sel"], seed=3, draws=20)["posture"]
    assert (
        found["posture.merin.hold_out"][0]
        == said.details["payoffs"]["hold_out"]["hold_out"]["merin"]
    )
    assert "posture.halden" not in found


def test_equilibria_give_the_same_bytes_alone_and_in_any_company():
    job = of_models(
        "waiting", "last_round", "private_cost", scenario=read_scenario("border-war"),
        vary={
            "parties.highland.patience": {"uniform": [0.9, 0.99]},
            "red_lines": ["none", "stated"],
        },
        design={"halton": 5}, random_numbers="independent",
    )  # fmt: skip
    job = pickle.loads(pickle.dumps(job))
    together = computed(job)
    for k in range(5):
        alone = compute_block(job, Block(k, k, k + 1)).rows
        for table in ("outcomes", "predictions"):
            mine = together[table]["case"] == k
            for name, column in alone[table].items():
                whole = together[table][name][mine]
                assert np.ma.getmaskarray(whole).tolist() == np.ma.getmaskarray(column).tolist()
                assert whole.tobytes() == column.tobytes() or whole.tolist() == column.tolist()


def test_every_model_is_told_in_numbers_that_some_scenario_has():
    assert list(TOLD) == list(MODELS)
    pie = {**PIE, "talks": {**PIE["talks"], "drift": {"ann": -0.01, "bob": 0.01}}}
    private, greedy = (json.loads(json.dumps(PIE)) for _ in range(2))
    for party in ("ann", "bob"):
        private["parties"][party]["threshold"] = {"uniform": [0, 1]}
        greedy["parties"][party]["threshold"] = 0.8
    scenarios = [
        *map(read_scenario, ("border-war", "job-offer", "water-dispute")),
        *(parse_scenario(json.dumps(one)) for one in (pie, private, greedy)),
    ]  # fmt: skip
    seen: set[str] = set()
    for scenario in scenarios:
        found = predict(scenario, draws=20, time_limit=0.5, hinges=False)
        for model, said in found.items():
            whom = {
                "party": said.parties[0] if said.parties else "",
                "plan": next(iter(scenario.plans), ""),
                "body": "chamber",
                "end": "frozen",
            }
            for name, number in TOLD[model].numbers.items() if not said.not_computed else ():
                needed = {k: whom[k] for k in re.findall(r"{(\w+)}", name)}
                if number.of(said.details, needed) is not None:
                    seen.add(f"{model}.{name}")
    told = {f"{model}.{name}" for model, one in TOLD.items() for name in one.numbers}
    assert told - seen == set()


def test_leaving_hinges_out_changes_nothing_else():
    scenario = read_scenario("border-war")
    models = [model for model in MODELS if model != "ultimatum"]
    whole = predict(scenario, models, draws=20)
    quick = predict(scenario, models, draws=20, hinges=False)
    for model in models:
        assert quick[model].hinges == ()
        assert quick[model].says == whole[model].says
        assert quick[model].utilities == whole[model].utilities
        assert quick[model].details.items() <= whole[model].details.items() or all(
            repr(whole[model].details[name]) == repr(value)
            for name, value in quick[model].details.items()
        )


# What is checked


@pytest.fixture
def told(tmp_path):
    def mistakes(text):
        path = tmp_path / "study.yaml"
        path.write_text(f"experiment: 1\nscenario: water-dispute\n{text}", encoding="utf-8")
        with pytest.raises(ScenarioError) as error:
            prepare_experiment(str(path))
        return [line.removeprefix(f"{path}:") for line in str(error.value).splitlines()]

    return mistakes


def test_models_and_players_that_do_not_exist_are_told_all_at_once(told):
    lines = told("""\
vary: {levers: [[]]}
compute: {equilibria: {models: [waitng, war, war], parties: [sel, merrin]}}
""")
    assert lines == [
        "4:11: compute.equilibria: levers vary, and equilibrium models do not look at them: leave "
        "one of the two out, or vary what the levers do, such as parties.….disagreement",
        "4:33: compute.equilibria.models[0]: no model is called 'waitng'; did you mean 'waiting'?",
        "4:46: compute.equilibria.models[2]: 'war' stands here for the second time: keep one",
        "4:67: compute.equilibria.parties[1]: no party is called 'merrin'; did you mean 'merin'? "
        "(halden, merin, sel, commission)",
    ]


def test_outcomes_that_are_asked_about_are_those_that_the_experiment_has(told):
    lines = told("""\
vary: {parties.sel.patience: {uniform: [0.5, 0.9]}}
design: {lhs: 8}
compute: {equilibria: {models: [waiting]}}
sensitivity: {outcomes: [waiting.opn, zone.exists]}
discovery:
  - {outcome: waiting.open, above: 2}
  - {outcome: waiting.probability}
  - {outcome: waiting.open, below: 0}
  - {outcome: waiting.halden.rang, above: 0}
""")
    assert lines[0].startswith("6:26: sensitivity.outcomes[0]: no outcome is called 'waiting.opn'; "
                               "did you mean 'waiting.open'?")  # fmt: skip
    assert lines[1].startswith("6:39: sensitivity.outcomes[1]: no outcome is called 'zone.exists'")
    assert lines[2].startswith("8:36: discovery[0].above: waiting.open is yes or no: leave `ab")
    assert lines[3].startswith("9:5: discovery[1]: waiting.probability is a number: say from where")
    assert lines[4].startswith("11:15: discovery[3].outcome: no outcome is called 'waiting.halden")
    assert len(lines) == 5


# What the documentation says


DOCS = Path(__file__).parent.parent / "docs"
EXAMPLES = [
    pytest.param(text, id=path.stem)
    for path in sorted(DOCS.glob("*.md"))
    for text in re.findall(r"(?ms)^```yaml\n(experiment: 1\n.*?)^```", path.read_text("utf-8"))
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_experiment_in_the_documentation_is_ready_to_run(text, tmp_path):
    (tmp_path / "it.yaml").write_text(text, encoding="utf-8")
    prepared, _ = prepare_experiment(str(tmp_path / "it.yaml"), PICTURES)
    assert prepared.design.n_cases > 1
    assert ScenarioJob(prepared).tables["outcomes"].columns


def test_the_documentation_lists_every_number_of_every_model():
    page = (DOCS / "experiments.md").read_text("utf-8")
    for model, one in TOLD.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{model}` |"))
        for name in one.numbers:
            written = re.sub(r"{(\w+)}", lambda found: found[1].upper(), name)
            assert f"`{written}`" in row, (model, written)
