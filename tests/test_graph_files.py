"""Graph models in files of their own: what they answer, and what is wrong with them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from test_graph_model import CASES

from sim.equilibria.game_files import GAMES
from sim.formats.games import examine_game, find_game, read_game, shipped_games
from sim.graph_model.coalitions import strongly_stable
from sim.graph_model.conflict import Conflict
from sim.graph_model.file import GraphFile
from sim.graph_model.stability import CONCEPTS, equilibria, stable

KIND = GAMES["graph_model"]
SHIPPED = ["elmira", "syria-iraq", "chicken-graph", "prisoners-dilemma-graph"]

FENCE = """
graph_model: 1
title: A fence
parties:
  ann:
    name: Ann
    options: {build: Build it, paint: {title: Paint it, moves: N->Y}}
    statements: [paint and build, build]
  bob:
    name: Bob
    options: {complain: Complain}
    ranking: [s1, [s2, s3], s4, s5, s6]
infeasible: {needs: {paint: build}}
status_quo: NNN
"""


def game(name):
    return read_game(*find_game(name))


def mistakes(text):
    return [f"{'.'.join(map(str, m.path))}: {m.text}" for m in examine_game(text, "f", KIND)[1]]


def answers(name):
    return {model: KIND.models[model](game(name)) for model in KIND.models}


def edited(*changes):
    text = FENCE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_conflict_answers_with_numbers_ready_for_json(name):
    assert name in shipped_games()
    for found in answers(name).values():
        assert (found.says == "") == (found.not_computed is not None)
        json.dumps(found.details, allow_nan=False)
        assert found.assumptions.endswith(".")


def test_elmira_has_the_equilibria_of_the_literature():
    labels = CASES["elmira_1991"]["expected"]["literature_labels"]
    found = KIND.models["stability"](game("elmira"))
    strong, weak = labels["equilibria R,GMR,SMR,SEQ"], labels["additional GMR & SMR only"]
    equilibria = found.details["equilibria"]
    assert equilibria["R"] == equilibria["SEQ"] == strong
    assert equilibria["SMR"] == equilibria["GMR"] == sorted(strong + weak)
    assert "s5" in found.says
    assert "Uniroyal abandons the plant" in found.says


def test_elmira_needs_the_coalition_of_the_historical_outcome():
    found = answers("elmira")
    path = found["status_quo"].details["paths"]["s8"]
    assert path["improving"] is None
    assert [step["to"] for step in path["coalitions"]] == ["s5", "s8"]
    assert path["needs"] == [["ministry", "uniroyal"]]
    assert (
        "it needs the coalition {Ministry of the Environment, Uniroyal}" in found["status_quo"].says
    )
    assert "s5 holds against each party alone" in found["coalitions"].says
    assert found["coalitions"].details["stable"]["R"] == ["s8", "s9"]


def test_syria_and_iraq_in_the_file_are_those_of_the_handout():
    expected = CASES["syria_iraq_1975"]["expected"]
    found = answers("syria-iraq")
    for concept, table in expected["stability"].items():
        names = [f"s{k}" for k in table["equilibria"]]
        assert found["stability"].details["equilibria"][concept] == names
    assert found["inverse"].details["holding"] == expected["inverse_state2_vary_syria_all_720"]
    assert found["inverse"].details["conditions"]["syria"]["SEQ"] == [
        {"move": "s1", "answers": ["s4"]},
        {"move": "s3", "answers": ["s6"]},
    ]


def test_chicken_in_the_file_is_the_textbooks():
    places = ["both_swerve", "ann_goes_on", "bob_goes_on", "crash"]
    found = KIND.models["stability"](game("chicken-graph")).details["equilibria"]
    for concept, table in CASES["chicken"]["expected"].items():
        assert found[concept] == [places[k - 1] for k in table["equilibria"]]


def test_the_prisoners_stay_silent_only_for_fear_of_the_answer():
    # in option form the numbering runs the other way: s1 is 4, s4 is 1
    found = KIND.models["stability"](game("prisoners-dilemma-graph"))
    for concept, table in CASES["prisoners_dilemma"]["expected"].items():
        names = {1: "s4", 2: "s3", 3: "s2", 4: "s1"}
        expected = sorted(names[k] for k in table["equilibria"])
        assert found.details["equilibria"][concept] == expected
    assert found.details["why"]["s4"]["ann"]["SEQ"] == (
        "At s4, Ann could move to s3, which it prefers; but Bob would answer by moving to s1, "
        "which leaves Ann no better off than at s4."
    )


def test_a_hinge_says_which_place_in_a_ranking_ends_an_equilibrium():
    found = KIND.models["stability"](game("elmira"))
    hinge = next(h for h in found.hinges if h.parameter == "place of s5 for Local government")
    assert (hinge.now, hinge.flips_at) == (3, 4)  # below s1, which it can go back to


def placed(graph, party, state, place):
    """The same conflict with a state at another place in one ranking, others keeping theirs."""
    own = graph.value(party)
    levels = sorted(np.delete(own, state), reverse=True)
    table = graph.values.copy()
    rivals = [np.inf, *levels, -np.inf]
    above, below = rivals[place - 1], rivals[place]
    table[party, state] = (
        below + 0.5 if above == np.inf else above - 0.5 if below == -np.inf else (above + below) / 2
    )
    return replace(graph, values=table)


def verdict(model, graph, state, rule):
    if model == "coalitions":
        return bool(strongly_stable(graph, "R", sanctions=rule)[state])
    return [bool(equilibria(stable(graph, c, sanctions=rule))[state]) for c in CONCEPTS]


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("model", ["coalitions", "status_quo"])
def test_at_the_place_that_a_hinge_names_the_verdict_is_another_and_before_it_is_not(name, model):
    file = game(name)
    conflict = Conflict.of(file)
    hinges = KIND.models[model](file).hinges
    assert hinges
    for hinge in hinges:
        # no party or state of these files has " for " in its name
        said, who = hinge.parameter.removeprefix("place of ").split(" for ")
        party, state = conflict.names.index(who), conflict.frame.said.index(said)
        now, at = int(hinge.now), int(hinge.flips_at)
        here = verdict(model, conflict.graph, state, file.sanctions)
        step = 1 if at > now else -1
        for place in range(now, at, step):
            moved = placed(conflict.graph, party, state, place)
            assert verdict(model, moved, state, file.sanctions) == here
        moved = placed(conflict.graph, party, state, at)
        assert verdict(model, moved, state, file.sanctions) != here


def test_no_place_of_a_state_that_nobody_can_leave_ends_it():
    text = """
graph_model: 1
title: T
states: {peace: Peace, war: War}
parties:
  ann: {name: Ann, moves: {war: peace}, ranking: [peace, war]}
  bob: {name: Bob, moves: {war: peace}, ranking: [peace, war]}
status_quo: peace
"""
    found, wrong = examine_game(text, "f", KIND)
    assert not wrong
    for model in ("coalitions", "status_quo"):
        hinges = KIND.models[model](found).hinges
        assert [(h.now, h.flips_at, h.then) for h in hinges] == [(1, None, "from 1 to 2")] * 2


def test_a_conflict_of_many_states_has_its_hinges_among_neighbours_in_the_ranking():
    # a road of 70 states along which Ann can go both ways; she is at the best of them, s0
    names = [f"s{k}" for k in range(70)]
    moves = {a: [b for b in (f"s{k - 1}", f"s{k + 1}") if b in names] for k, a in enumerate(names)}
    asked = {
        "graph_model": 1, "title": "A road", "states": {n: n for n in names}, "status_quo": "s0",
        "parties": {
            "ann": {"name": "Ann", "moves": moves, "ranking": names},
            "bob": {"name": "Bob", "moves": {}, "ranking": names},
        },
    }  # fmt: skip
    file = GraphFile.model_validate(asked)
    hinge = KIND.models["status_quo"](file).hinges[0]
    assert (hinge.parameter, hinge.now, hinge.flips_at) == ("place of “s0” for Ann", 1, 2)
    asked["status_quo"] = "s40"  # and s39 is the only way up from there
    hinge = KIND.models["status_quo"](GraphFile.model_validate(asked)).hinges[0]
    assert (hinge.now, hinge.flips_at) == (41, 40)
    assert hinge.then.endswith("in every sense")


def test_a_file_in_option_form_reads():
    found, wrong = examine_game(FENCE, "f", KIND)
    assert not wrong
    conflict = Conflict.of(found)
    assert conflict.frame.titles[0] == "no option taken"
    assert conflict.frame.titles[2] == "Build it, Paint it" or conflict.graph.n_states == 6


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("status_quo: NNN", "status_quo: NYN")],
         "status_quo: the state 'NYN' is infeasible: a pattern rules it out"),
        ([("status_quo: NNN", "status_quo: s9")], "status_quo: no state is called 's9'"),
        ([("[paint and build, build]", "[paint an build]")],
         "parties.ann.statements.0: at 'an' (character 7): expected and, or, if, iff or the end"),
        ([("[paint and build, build]", "[bild]")], "no such option; did you mean 'build'?"),
        ([("ranking: [s1, [s2, s3], s4, s5, s6]", "prefers: [[s1, s2], [s2, s1]]")],
         "preferences in a circle: s"),
        ([("ranking: [s1, [s2, s3], s4, s5, s6]", "prefers: [[s1, s2]]")],
         "it is left open how s"),
        ([("s4, s5, s6]", "s4, s5]")], "parties.bob.ranking: the ranking lack s6"),
        ([("s4, s5, s6]", "s4, s5, s6, s1]")], "the ranking name s1 twice: take one out"),
        ([("    ranking: [s1, [s2, s3], s4, s5, s6]\n", "")],
         "parties.bob: says nothing of what it prefers: add `statements`,"),
        ([("    statements:", "    utility: {s1: 1}\n    statements:")],
         "parties.ann: gives its preferences as `statements` and `utility`: keep one"),
        ([("needs: {paint: build}", "patterns: [YY]")],
         "infeasible.patterns.0: 'YY' has 2 signs and there are 3 options"),
        ([("needs: {paint: build}", "needs: {paint: bild}")],
         "infeasible.needs.paint: no option is called 'bild'; did you mean 'build'?"),
        ([("needs: {paint: build}", "patterns: ['Y--', 'N--']")],
         "infeasible: the patterns rule out every combination of options"),
        ([("complain: Complain", "build: Complain")],
         "two parties have an option called 'build'"),
        ([("complain: Complain", "not: Complain")], "an option cannot be called 'not'"),
        ([("title: A fence", "title: A fence\nsource: deed")],
         "source: no source is called 'deed'"),
        ([("status_quo: NNN", "inverse: {target: s1, vary: {eve: all}}")],
         "inverse.vary.eve: no party is called 'eve'"),
        ([("status_quo: NNN", "sanctions: everyone")], "sanctions: expected sequences, each_once"),
        ([("status_quo: NNN", "coalesce: [{pattern: Y--, title: built}]")],
         "the statements tell apart combinations that count as one state"),
        ([("N->Y", "upwards")], "expected both, N->Y or Y->N"),
        ([("name: Bob", "name: Bob\n    moves: {s1: s2}")], "in option form moves follow"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_cure(changes, told):
    found = mistakes(edited(*changes))
    assert any(told in line for line in found), found


def test_mistakes_are_told_all_at_once():
    found = mistakes(
        edited(("[paint and build, build]", "[paint or, bild]"), ("s4, s5, s6]", "s4, s5]"))
    )
    assert len(found) == 3


def test_too_many_options_are_refused_with_the_cure():
    many = ", ".join(f"o{k}: Do {k}" for k in range(13))
    found = mistakes(edited(("complain: Complain", many), ("[s1, [s2, s3], s4, s5, s6]", "[s1]")))
    assert any("keep the 12 that matter most" in line for line in found)


def test_moves_between_states_that_do_not_exist_are_told():
    text = """
graph_model: 1
title: T
states: {peace: Peace, war: War}
parties:
  ann: {name: Ann, moves: {peace: wra, war: peace}, ranking: [peace, war]}
"""
    (found,) = mistakes(text)
    assert found.startswith(
        "parties.ann.moves.peace: no state is called 'wra'; did you mean 'war'?"
    )


def test_a_question_that_a_file_does_not_ask_is_answered_with_the_reason():
    found = answers("elmira")["inverse"]
    assert "add `inverse:" in found.not_computed
    assert found.says == ""
