"""`zopa equilibria`: models side by side, for people and for programs."""

import json
import math

import pytest

import sim
from sim.cli import run_command
from sim.equilibria import MODELS
from sim.equilibria.game_files import GAMES

QUICK = ["--draws", "50", "--time-limit", "1"]
HINGE = {"parameter", "now", "flips_at", "then"}


def answer(capsys, *arguments):
    code = run_command(["equilibria", *arguments, "--json"])
    out = capsys.readouterr().out
    assert code == 0
    return json.loads(out)


@pytest.fixture(scope="module")
def job():
    return sim.predict(sim.read_scenario("job-offer"), draws=50, time_limit=1.0)


def test_every_model_answers_or_says_why_not(job):
    assert list(job) == list(MODELS)
    for name, prediction in job.items():
        assert prediction.model == name
        assert prediction.title
        assert bool(prediction.says) != bool(prediction.not_computed), name


def test_the_answer_as_json_has_the_keys_that_programs_rely_on(capsys):
    found = answer(capsys, "job-offer", *QUICK)
    assert list(found["models"]) == list(MODELS)
    for model in found["models"].values():
        assert {"title", "assumptions", "prediction", "parties", "outcome", "utilities", "hinges",
                "exact", "bound", "details", "not_computed"} <= set(model)  # fmt: skip
        assert all(set(hinge) == HINGE for hinge in model["hinges"])
        assert (model["prediction"] is None) == (model["not_computed"] is not None)


def test_one_model_may_be_asked_alone(capsys):
    found = answer(capsys, "job-offer", "--model", "posture", *QUICK)
    assert list(found["models"]) == ["posture"]


def test_the_same_seed_gives_the_same_bytes(capsys):
    first = answer(capsys, "water-dispute", "--model", "ultimatum", "--draws", "80", "--seed", "3")
    assert first == answer(
        capsys, "water-dispute", "--model", "ultimatum", "--draws", "80", "--seed", "3"
    )


def test_predicted_packages_are_worth_what_is_said(job):
    problem = sim.Problem.from_scenario(sim.read_scenario("job-offer"))
    space = sim.read_scenario("job-offer").issues
    for prediction in job.values():
        if prediction.outcome is None or prediction.model in ("ratification", "stability"):
            continue
        choice = [list(space[issue].options).index(o) for issue, o in prediction.outcome.items()]
        worth = problem.utility(choice)
        told = list((prediction.utilities or {}).values())
        if told and prediction.model in ("posture", "last_round"):
            assert all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(worth, told, strict=True))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["job-offer", "--model", "postures"], "did you mean 'posture'"),
        (["job-offer", "--parties", "candidate,nobody"], "nobody"),
        (["no-such-file"], "no file"),
        (["elmira", "--set", "title=x"], "copy this game's file"),
        (["elmira", "--model", "posture"], "the models are"),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_cure(capsys, arguments, said):
    assert run_command(["equilibria", *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_every_kind_of_game_file_has_models_of_its_own():
    assert set(GAMES) == {"graph_model", "bimatrix", "division", "coalitions"}
    assert all(kind.models for kind in GAMES.values())


def test_the_printed_answer_names_assumptions_and_hinges(capsys):
    assert run_command(["equilibria", "job-offer", "--model", "alternating_offers"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Assumes:" in out
    assert "It hinges on" in out
    assert "not a forecast" in out
