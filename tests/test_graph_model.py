"""The graph model for conflict resolution: published conflicts, and its definitions literally."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_graph import SlowGraph, random_graph

from sim.errors import InputError
from sim.graph_model.coalitions import (
    coalition_stable,
    coalitions,
    improvements,
    strongly_stable,
)
from sim.graph_model.formulas import read_formula
from sim.graph_model.graph import MOST_STATES, Graph
from sim.graph_model.hinge import nearest_flip
from sim.graph_model.inverse import conditions, inverse
from sim.graph_model.narration import told, witness
from sim.graph_model.options import option_form
from sim.graph_model.preferences import by_pairs, by_ranking, by_statements
from sim.graph_model.stability import CONCEPTS, equilibria, stable
from sim.graph_model.status_quo import ways
from sim.graph_model.turns import RULES, turns

CASES = json.loads(
    (Path(__file__).parent / "published" / "graph_model.json").read_text(encoding="utf-8")
)
graphs = st.integers(0, 2**32 - 1).map(random_graph)
NAMES, STATES = [f"P{k}" for k in range(4)], [f"s{k}" for k in range(8)]


def direct(case):
    """A conflict whose states and moves are given; states count from 1 in the file."""
    said = case["inputs"]
    moves = [np.array(pairs) - 1 for pairs in said["moves"].values()]
    return Graph.of(moves, list(said["ordinal_payoffs"].values()))


def elmira():
    """The conflict with the four states in which Uniroyal leaves kept apart."""
    said = CASES["elmira_1991"]["inputs"]
    form = option_form(5, said["infeasible_patterns"])
    directions = [said["direction"][str(k)].removesuffix(" only") for k in range(1, 6)]
    moves = [form.moves([k - 1 for k in own], directions) for own in said["dm_options"].values()]
    ranks = [
        by_ranking([[k - 1 for k in (g if isinstance(g, list) else [g])] for g in order], 12)
        for order in said["ranking_GMCRplus_file"].values()
    ]
    return form, Graph(tuple(moves), np.array(ranks), np.full(3, 1e-9))


def syria_iraq():
    said = CASES["syria_iraq_1975"]["inputs"]
    form = option_form(3, said["infeasible_patterns"])
    options = ["release", "escalate", "attack"]
    values = [
        by_statements([read_formula(text, options) for text in texts], form.taken, options)
        for texts in said["preference_statements"].values()
    ]
    both = ["both"] * 3
    return form, Graph(
        (form.moves([0, 1], both), form.moves([2], both)), np.array(values), np.full(2, 1e-9)
    )


CONFLICTS = {
    "chicken": direct(CASES["chicken"]),
    "prisoners_dilemma": direct(CASES["prisoners_dilemma"]),
    "elmira_1991": elmira()[1],
    "syria_iraq_1975": syria_iraq()[1],
}


def tables(case):
    return case["expected"].get("stability", case["expected"])


@pytest.mark.parametrize(("name", "concept"), list(product(CONFLICTS, CONCEPTS)))
def test_published_verdicts_of_every_party(name, concept):
    expected = tables(CASES[name])[concept]
    found = stable(CONFLICTS[name], concept)
    numbers = [(np.flatnonzero(row) + 1).tolist() for row in found]
    assert numbers == list(expected["per_dm"].values()), CASES[name]["source"]
    assert (np.flatnonzero(equilibria(found)) + 1).tolist() == expected["equilibria"]


def test_elmira_has_the_twelve_states_of_the_literature():
    form, _ = elmira()
    expected = CASES["elmira_1991"]["expected"]
    assert form.words() == list(expected["states"].values())
    assert 32 - form.n_states == expected["n_infeasible_removed"]


def test_the_other_ranking_of_uniroyal_in_the_literature_gives_the_same_equilibria():
    case = CASES["elmira_1991"]
    _, graph = elmira()
    order = case["inputs"]["ranking_literature_variant"]["Uniroyal"]
    values = graph.values.copy()
    values[1] = by_ranking([[k - 1 for k in group] for group in order], 12)
    for concept in CONCEPTS:
        found = equilibria(stable(Graph(graph.moves, values, graph.near), concept))
        expected = case["expected"]["stability"][concept]["equilibria"]
        assert (np.flatnonzero(found) + 1).tolist() == expected


def test_ministry_and_uniroyal_improve_together_as_published():
    _, graph = elmira()
    expected = CASES["elmira_1991"]["expected"]["coalition_MoE_Uniroyal"]
    found = improvements(graph, (0, 1))
    by_state = {str(s + 1): (np.flatnonzero(found[s]) + 1).tolist() for s in range(12)}
    assert {s: ends for s, ends in by_state.items() if ends} == {
        s: ends for s, ends in expected["strictly improving moves"].items() if ends
    }
    assert not coalition_stable(graph, (0, 1), "R")[6]


def test_the_order_came_to_be_accepted_by_the_published_path():
    _, graph = elmira()
    way = ways(graph, 0, np.array([6, 9]))
    assert [(s.members, s.state + 1) for s in way[6].improving] == [((2,), 7)]
    assert way[9].improving is None
    assert [(s.members, s.state + 1) for s in way[9].together] == [((2,), 7), ((0, 1), 10)]
    assert way[9].needs == ((0, 1),)


def test_statements_rank_syria_and_iraq_as_published():
    expected = CASES["syria_iraq_1975"]["expected"]
    form, graph = syria_iraq()
    assert form.words() == list(expected["states"].values())
    for values, order in zip(graph.values, expected["ranking"].values(), strict=True):
        assert (np.argsort(-values) + 1).tolist() == order


def test_inverse_counts_of_syria_and_iraq():
    # the handout prints 420 for SEQ; the definition gives 384, as the case derives
    _, graph = syria_iraq()
    found = inverse(graph, 1, {0: range(6)})
    assert found.rankings == 720
    assert (
        found.holding == CASES["syria_iraq_1975"]["expected"]["inverse_state2_vary_syria_all_720"]
    )


@given(graphs)
@settings(max_examples=25, deadline=None)
def test_every_verdict_follows_from_its_definition(graph):
    slow = SlowGraph(graph)
    for rule, concept in product(RULES, CONCEPTS):
        found = stable(graph, concept, sanctions=rule)
        for i, s in product(range(graph.n_parties), range(graph.n_states)):
            assert found[i, s] == slow.stable(i, s, concept, rule)


@given(graphs)
@settings(max_examples=15, deadline=None)
def test_coalitions_follow_from_their_definition(graph):
    slow = SlowGraph(graph)
    for concept in CONCEPTS:
        for group in coalitions(graph.n_parties):
            found = coalition_stable(graph, group, concept)
            for s in range(graph.n_states):
                assert found[s] == slow.coalition_stable(group, s, concept)
        strong = strongly_stable(graph, concept)
        assert strong.tolist() == [slow.strong(s, concept) for s in range(graph.n_states)]


@given(graphs)
@settings(max_examples=30, deadline=None)
def test_demanding_senses_imply_weaker_ones(graph):
    for rule in RULES:
        nash, seq, smr, gmr = (stable(graph, c, sanctions=rule) for c in CONCEPTS)
        for stronger, weaker in ((nash, smr), (smr, gmr), (nash, seq), (seq, gmr)):
            assert (stronger <= weaker).all()
    for concept in CONCEPTS:
        assert (strongly_stable(graph, concept) <= equilibria(stable(graph, concept))).all()


@given(graphs)
@settings(max_examples=30, deadline=None)
def test_more_sanctions_deter_more(graph):
    for concept in CONCEPTS:
        many, once, one = (stable(graph, concept, sanctions=rule) for rule in RULES)
        assert (one <= once).all()
        assert (once <= many).all()


@given(graphs)
@settings(max_examples=25, deadline=None)
def test_witnesses_agree_with_verdicts_and_their_answers_are_legal(graph):
    slow = SlowGraph(graph)
    for concept, party, state in product(CONCEPTS, range(graph.n_parties), range(graph.n_states)):
        found = witness(graph, party, state, concept)
        assert found.stable == stable(graph, concept)[party, state]
        assert told(found, NAMES, STATES).startswith(f"At s{state}, ")
        for answer in found.answers:
            here = answer.move
            for mover, to in answer.way:
                assert mover != party
                assert to in slow.targets(mover, here, improving=concept == "SEQ")
                here = to
            assert all(one != other for (one, _), (other, _) in pairwise(answer.way))
            if answer.way:
                assert not slow.prefers(party, here, state)


@given(graphs)
@settings(max_examples=25, deadline=None)
def test_ways_from_the_status_quo_are_shortest(graph):
    slow = SlowGraph(graph)
    found = ways(graph, 0, np.arange(graph.n_states))
    for name in ("improving", "moving"):
        fewest = slow.fewest_moves(0, improving=name == "improving")
        for state, way in found.items():
            path = getattr(way, name)
            assert (len(path) if path else None) == fewest.get(state)


@given(graphs, st.integers(0, 2**16))
@settings(max_examples=25, deadline=None)
def test_a_flip_changes_the_verdict_there_and_nowhere_nearer(graph, seed):
    rng = np.random.default_rng(seed)
    party, state = rng.integers(graph.n_parties), rng.integers(graph.n_states)

    def holds(tried):
        return equilibria(stable(tried, "SEQ"))[..., state]

    def verdict(value):
        values = graph.values.copy()
        values[party, state] = value
        return bool(holds(Graph(graph.moves, values, graph.near)))

    now = float(graph.values[party, state])
    flip = nearest_flip(graph, party, state, holds)
    if flip is None:
        assert all(verdict(value) == verdict(now) for value in np.linspace(-25, 25, 34) + 0.03)
        return
    assert verdict(flip.beyond) != verdict(now)
    for part in (0.1, 0.5, 0.9):
        assert verdict(now + part * (flip.at - now)) == verdict(now)


def test_who_may_answer_decides_where_it_takes_two_moves_of_one_opponent():
    # B and C must move in turn, B twice, to hurt A
    moves = [[(0, 1)], [(1, 2), (3, 4)], [(2, 3)]]
    graph = Graph.of(moves, [[1, 2, 2, 2, 0], [0] * 5, [0] * 5])
    assert [bool(stable(graph, "GMR", sanctions=rule)[0, 0]) for rule in RULES] == [
        True,
        False,
        False,
    ]


def test_an_unknown_rule_of_sanctions_is_named():
    with pytest.raises(InputError, match="did you mean 'sequences'"):
        turns("sequence", 2)


def test_thousands_of_states_are_solved():
    form = option_form(12)
    both = ["both"] * 12
    own = [range(4), range(4, 8), range(8, 12)]
    values = np.random.default_rng(0).random((3, MOST_STATES))
    graph = Graph(tuple(form.moves(list(k), both) for k in own), values, np.full(3, 1e-9))
    counts = {c: int(equilibria(stable(graph, c)).sum()) for c in CONCEPTS}
    assert counts["R"] <= min(counts["SEQ"], counts["SMR"])
    assert max(counts["SEQ"], counts["SMR"]) <= counts["GMR"]
    assert counts["GMR"] > 0


def test_too_many_options_are_refused_with_the_cure():
    with pytest.raises(InputError, match="keep the 12 that matter most"):
        option_form(13)


def test_patterns_that_rule_out_everything_are_refused():
    with pytest.raises(InputError, match="rule out every combination"):
        option_form(2, ["Y-", "N-"])


@given(st.integers(1, 5), st.integers(0, 2**16))
@settings(max_examples=25, deadline=None)
def test_moves_in_option_form_are_those_of_the_definition(n, seed):
    rng = np.random.default_rng(seed)
    signs = np.array(list("YN-"))
    patterns = ["".join(rng.choice(signs, n)) for _ in range(rng.integers(0, 3))]
    merged = ["".join(rng.choice(signs, n))] if rng.random() < 0.5 else []
    try:
        form = option_form(n, patterns, merged)
    except InputError:
        return
    directions = [str(rng.choice(["both", "N->Y", "Y->N"])) for _ in range(n)]
    own = np.flatnonzero(rng.random(n) < 0.6).tolist()
    words = form.words()
    expected = set()
    for (a, one), (b, other) in product(enumerate(words), repeat=2):
        changed = [k for k in range(n) if one[k] != other[k]]
        legal = all(
            k in own and directions[k] in ("both", f"{one[k]}->{other[k]}") for k in changed
        )
        if legal and form.state[a] != form.state[b]:
            expected.add((int(form.state[a]), int(form.state[b])))
    edges = form.moves(own, directions)
    assert {(int(s), int(t)) for s, t in zip(edges.sources, edges.targets, strict=True)} == expected


@given(st.lists(st.sampled_from(["a", "b and c", "not a", "-Y-", "a if b", "c iff a", "NN-"]),
                min_size=1, max_size=6))  # fmt: skip
def test_earlier_statements_outweigh_all_later_ones_together(texts):
    states = np.array(list(product([False, True], repeat=3)))
    options = ["a", "b", "c"]
    truth = [read_formula(text, options).holds(states, options) for text in texts]
    score = sum(2.0 ** (len(texts) - j) * t for j, t in enumerate(truth))
    ranks = by_statements([read_formula(text, options) for text in texts], states, options)
    np.testing.assert_array_equal(np.sign(np.subtract.outer(score, score)),
                                  np.sign(np.subtract.outer(ranks, ranks)))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("a and b or c", "a and b or c"),
        ("a or b and not c", "a or b and not c"),
        ("not (a or b)", "not (a or b)"),
        ("a if b", "a or not b"),
        ("a or b if c", "(a or b) or not c"),
        ("a iff b or c", "a == (b or c)"),
        ("not not a", "a"),
        ("YN-", "a and not b"),
        ("A AND b", None),
        ("a AND b", "a and b"),
    ],
)
def test_statements_mean_what_they_say(text, python):
    options = ["a", "b", "c"]
    if python is None:
        with pytest.raises(InputError, match="no such option; did you mean 'a'"):
            read_formula(text, options)
        return
    states = np.array(list(product([False, True], repeat=3)))
    found = read_formula(text, options).holds(states, options)
    meant = [bool(eval(python, {}, dict(zip("abc", row, strict=True)))) for row in states.tolist()]
    assert found.tolist() == meant


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "ends too soon: expected an option"),
        ("a and", "ends too soon"),
        ("a b", r"at 'b' \(character 3\): expected and, or, if, iff or the end"),
        ("(a or b", "expected a closing bracket"),
        ("a or )", r"at '\)' \(character 6\)"),
        ("a & b", r"at '&' \(character 3\)"),
        ("atack", "no such option"),
        ("YN", "one sign for each of the 3 options, this has 2"),
        ("not " * 100 + "a", "more than 60 brackets and nots"),
        ("(" * 500 + "a", "more than 60"),
        ("a" * 3000, "3,000 characters"),
        ("__import__('os')", "no such option"),
    ],
)
def test_a_wrong_statement_is_told_with_its_place(text, complaint):
    with pytest.raises(InputError, match=complaint):
        read_formula(text, ["a", "b", "c"])


def test_preferences_in_a_circle_are_told():
    with pytest.raises(InputError, match=r"in a circle: (war over peace|peace over war) over"):
        by_pairs([(0, 1), (1, 0)], 2, ["peace", "war"])


def test_preferences_that_leave_two_states_open_are_told():
    with pytest.raises(InputError, match="left open how"):
        by_pairs([(0, 1), (2, 3)], 4, ["a", "b", "c", "d"])


def test_conditions_of_the_inverse_say_what_syria_would_have_to_prefer():
    # state 2 holds unless Syria prefers a state it can move to, and Iraq's answer, to it
    _, graph = syria_iraq()
    needed = {c.move + 1: [z + 1 for z in c.answers] for c in conditions(graph, 1, 0, "SEQ")}
    assert needed == {1: [4], 3: [6]}


def test_too_many_rankings_are_refused_with_the_cure():
    _, graph = elmira()
    with pytest.raises(InputError, match="vary fewer states"):
        inverse(graph, 0, {0: range(12)})


def test_an_inverse_question_about_two_parties_tries_every_pair_of_rankings():
    _, graph = syria_iraq()
    found = inverse(graph, 5, {0: [5, 3, 4], 1: [5, 2]})
    assert found.rankings == 12
    held = 0
    for first, second in product([0, 1, 2], repeat=2):
        for third in (0, 1):
            if first == second:
                continue
            values = graph.values.copy()
            block = np.sort(values[0, [5, 3, 4]])
            rest = 3 - first - second
            values[0, [5, 3, 4]] = block[[first, second, rest]]
            pair = np.sort(values[1, [5, 2]])
            values[1, [5, 2]] = pair if third else pair[::-1]
            tried = Graph(graph.moves, values, graph.near)
            held += int(equilibria(stable(tried, "SEQ"))[5])
    assert found.holding["SEQ"] == held
