"""Files of games: what is wrong with them is told all at once, where it is, with the cure."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sim.cli import run_command
from sim.equilibria.game_files import GAMES
from sim.errors import InputError
from sim.formats import read_scenario, shipped_scenarios
from sim.formats.games import examine_game, find_game, read_game, shipped_games
from sim.formats.schema import game_schema
from sim.formats.starter import EXAMPLES, starter_game
from sim.formats.structure import check_types
from sim.formats.text import LARGEST_FILE
from sim.formats.yaml_tree import read_tree

DIVISION = """\
division: 1
title: Two heirs
items:
  barn: {title: Barn}
  trees: {title: Trees, indivisible: true}
parties:
  ann: {name: Ann, points: {barn: 40, trees: 60}}
  bob: {name: Bob, points: {barn: 70, trees: 30}}
"""
COALITIONS = """\
coalitions: 1
title: Gloves
players: {ann: Ann, bob: Bob, eve: Eve}
"""
BIMATRIX = """\
bimatrix: 1
title: Two roads
players:
  ann: {name: Ann, strategies: {left: goes left, right: goes right}}
  bob: {name: Bob, strategies: {left: goes left, right: goes right}}
payoffs:
  left: {left: [1, 1], right: [0, 0]}
  right: {left: [0, 0], right: [1, 1]}
"""
GRAPH = """\
graph_model: 1
title: A quarrel
parties:
  ann: {name: Ann, options: {yield: {title: Give way}}, ranking: [s1, s2, s3, s4]}
  bob: {name: Bob, options: {push: {title: Push}}, ranking: [s4, s3, s2, s1]}
"""


def told(text: str) -> list[str]:
    """Return what is wrong with a text, without the file's name."""
    kind = next(kind for kind in GAMES if f"{kind}:" in text)
    return [str(m).removeprefix("game:") for m in examine_game(text, "game", GAMES[kind])[1]]


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("text", [DIVISION, BIMATRIX, GRAPH], ids=["division", "2", "graph"])
def test_a_file_without_a_mistake_is_read(text: str) -> None:
    assert told(text) == []


def test_all_that_is_wrong_with_a_division_is_told_at_once() -> None:
    text = changed(
        DIVISION,
        ("division: 1", "division: 2"),
        ("indivisible", "indivisable"),
        ("barn: 40, trees: 60", "barn: 40, tres: 60"),
        ("trees: 30", "trees: -30"),
    )
    assert told(text + "  eve: {name: Eve, points: {barn: 50, trees: 45}, source: will}\n") == [
        "1:11: division: found 2, and this program reads version 1: write `division: 1`",
        "5:25: items.trees.indivisable: no field is called 'indivisable' here; did you mean "
        "'indivisible'? (fields: title, indivisible, note)",
        "7:20: parties.ann.points: no points for trees: add them, 0 if it is worth none",
        "7:39: parties.ann.points.tres: no item is called 'tres'; did you mean 'trees'? "
        "(items: barn, trees)",
        "8:46: parties.bob.points.trees: expected a number of 0 or more, found -30",
        "9:3: parties.eve: a third party: Adjusted Winner divides between two",
        "9:20: parties.eve.points: the points add up to 95, not 100: give out as many, or change "
        "`total`",
        "9:59: parties.eve.source: no source is called 'will'; there are none",
    ]


def test_points_of_another_total_are_fine_if_both_hand_out_as_many() -> None:
    text = changed(DIVISION, ("title: Two heirs\n", "title: Two heirs\ntotal: 10\n"),
                   ("barn: 40, trees: 60", "barn: 4, trees: 6"))  # fmt: skip
    assert told(text) == [
        "9:20: parties.bob.points: the points add up to 100, not 10: give out as many, or change "
        "`total`"
    ]
    assert told(changed(text, ("barn: 70, trees: 30", "barn: 7.5, trees: 2.5"))) == []


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("", ["1:1: nothing says what coalitions are worth: add `worths`, a `vote`, an `estate` or "
              "`shared_costs`"]),
        ("shared_costs: {ann: 1, bob: 2, eve: 3}\nvote: {weights: {ann: 1, bob: 1, eve: 1}, "
         "quota: 2}\n", ["4:1: shared_costs: there is `vote` already: keep one of the two"]),
        ("worths: [{of: [ann, bib], worth: 1}, {of: [bob, bob], worth: 2}]\nunlisted: nothing\n",
         ["4:21: worths[0].of[1]: no player is called 'bib'; did you mean 'bob'? "
          "(players: ann, bob, eve)",
          "4:49: worths[1].of[1]: 'bob' stands here twice: take one out"]),
        ("worths: [{of: [ann], worth: 1}, {of: [ann], worth: 2}]\n",
         ["4:1: worths: 6 of the coalitions have no worth: list them, or say `unlisted: nothing`, "
          "`best_part` or `best_partition`",
          "4:34: worths[1].of: this coalition has a worth already (entry 1): keep one"]),
        ("unlisted: best_part\nshared_costs: {ann: 1, bob: 2}\n",
         ["4:1: unlisted: belongs to `worths`: take it out",
          "5:1: shared_costs: no costs for eve: add a number for each"]),
        ("vote: {weights: {ann: 1, bob: 1, eve: 0.5}, quota: 2, vetoes: [eva]}\n",
         ["4:39: vote.weights.eve: expected a whole number of 0 or more, found 0.5",
           "4:64: vote.vetoes[0]: no player is called 'eva'; did you mean 'eve'? "
          "(players: ann, bob, eve)"]),
        ("vote: {weights: {ann: 1, bob: 1, eve: 1}, quota: 4}\n",
         ["4:50: vote.quota: no motion can pass: all votes together are 3; lower it"]),
        ("estate: {amount: 200, claims: {ann: 0, bob: 50, eve: 60}}\n",
         ["4:18: estate.amount: covers all claims, which come to 110: there is nothing to divide",
          "4:37: estate.claims.ann: a claim must be above 0: take it out, and the player"]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_coalition_game_is_told_at_once(
    part: str, wanted: list[str]
) -> None:
    assert told(COALITIONS + part) == wanted


def test_games_that_are_too_large_are_refused_before_they_are_begun() -> None:
    players = ", ".join(f"p{k}: P" for k in range(22))
    costs = ", ".join(f"p{k}: {k}" for k in range(22))
    text = f"coalitions: 1\ntitle: Many\nplayers: {{{players}}}\nshared_costs: {{{costs}}}\n"
    assert told(text) == [
        "3:1: players: 22 players: this is done for at most 20; join those that always act together"
    ]
    items = "".join(f"  i{k}: {{title: Item}}\n" for k in range(61))
    points = "{" + ", ".join(f"i{k}: {40 if k == 0 else 1}" for k in range(61)) + "}"
    text = (
        f"division: 1\ntitle: Many\nitems:\n{items}parties:\n"
        f"  a: {{name: A, points: {points}}}\n  b: {{name: B, points: {points}}}\n"
    )
    assert told(text) == [
        "3:1: items: 61 issues: this is done for at most 60; join those that go together"
    ]
    names = ", ".join(f"s{k}: S" for k in range(101))
    (said,) = [t for t in told(changed(BIMATRIX, ("left: goes left, right: goes right", names)))
               if "strategies" in t and "has" in t]  # fmt: skip
    assert "101 strategies" in said
    options = ", ".join(f"o{k}: {{title: O}}" for k in range(30))
    assert told(changed(GRAPH, ("yield: {title: Give way}", options)))


@pytest.mark.parametrize("kind", list(GAMES))
def test_an_empty_game_is_asked_for_what_it_lacks(kind: str) -> None:
    said = told(f"{kind}: 1\n")
    assert "1:1: the file has no title: add `title: …`" in said
    assert any("parties" in line or "players" in line for line in said)
    assert all(line.startswith("1:1: ") for line in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("division: 1\ntitle: [\n", "3:1: the end of the text stands where a value is expected"),
        ("division: 1\ntitle: a\ntitle: b\n", "3:1: title: 'title' stands here for the second "
         "time (first on line 2): keep one of the two, or join what stands under them"),
        ("division: 1\ntitle: &a b\n", "names a value for use elsewhere"),
        ("division: 1\n---\ntitle: a\n", "a second document begins here"),
        ("division: yes\ntitle: a\n", "write `division: 1`"),
    ],
)  # fmt: skip
def test_what_is_wrong_as_yaml_is_told_as_for_scenarios(text: str, said: str) -> None:
    assert any(said in line for line in told(text))


def test_a_list_or_nothing_is_no_game() -> None:
    for text in ("[division]\n", "", "division\n"):
        (mistake,) = examine_game(text, "game", GAMES["division"])[1]
        assert "no game" in mistake.text


def test_what_cannot_be_read_hides_no_other_mistake_and_breeds_none() -> None:
    text = changed(DIVISION, ("barn: {title: Barn}", "barn: Barn"), ("trees: 60", "trees: 50"))
    assert told(text) == [
        "4:9: items.barn: expected a mapping, found the text 'Barn'",
        "7:20: parties.ann.points: the points add up to 90, not 100: give out as many, or change "
        "`total`",
    ]


def test_a_kind_that_is_misspelt_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "game.yaml"
    path.write_text("coalition: 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="did you mean `coalitions: 1`"):
        find_game(path)
    path.write_text("zopa: 1\ndivision: 1\n", encoding="utf-8")
    assert find_game(path) is None
    path.write_text("something: 1\n", encoding="utf-8")
    assert find_game(path) is None


def test_files_that_are_no_text_or_too_long_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.yaml"
    path.write_bytes(b"division: 1\ntitle: \xff\n")
    with pytest.raises(InputError) as error:
        read_game(path, "division")
    assert "2:8" in str(error.value)
    path.write_bytes(b"division: 1\n" + b"#" * LARGEST_FILE)
    with pytest.raises(InputError, match="larger"):
        find_game(path)
    assert find_game("no-such-game") is None
    assert find_game("\0") is None


def nodes(tree: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of everything in a file."""
    yield path
    if isinstance(tree, dict):
        for name, child in tree.items():
            yield from nodes(child, (*path, name))
    if isinstance(tree, list):
        for place, child in enumerate(tree):
            yield from nodes(child, (*path, place))


def broken(tree: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Take something out of a file, rename it, or put something else there."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.randint(1, 3)):
        path = rng.choice([path for path in nodes(tree) if path])
        around: Any = tree
        for step in path[:-1]:
            around = around[step]
        what = rng.randrange(4)
        if what == 0:
            del around[path[-1]]
        elif what == 1 and isinstance(around, dict):
            around[f"{path[-1]}x"] = around.pop(path[-1])
        else:
            around[path[-1]] = rng.choice(
                ["x", True, [1], {"a": 1}, None, -3, 1e9, "", [], {}, 0, 0.5]
            )
    return tree


@pytest.mark.parametrize("name", sorted(shipped_games()))
def test_however_a_game_is_broken_something_sensible_is_said(name: str) -> None:
    path, kind = find_game(name) or (Path(), "")
    whole = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
    rng = random.Random(name)
    editor = Draft202012Validator(game_schema(kind))
    assert not list(editor.iter_errors(whole))
    for _ in range(25):
        tree = broken(whole, rng)
        text = json.dumps(tree)
        game, mistakes = examine_game(text, "game", GAMES[kind])
        for mistake in mistakes:
            assert (mistake.line, mistake.origin) == (1, "game")
            said = mistake.text.casefold()
            assert not any(word in said for word in ("pydantic", "traceback", "nonetype", "keyerr"))
        if kind in tree and not mistakes:
            assert game is not None
        reading = read_tree(text, "game")
        if (
            reading.root is not None and not reading.mistakes
        ):  # the editor sees what the reader does
            slips = check_types(reading.root, GAMES[kind].whole, GAMES[kind].part).mistakes
            assert bool(slips) == (not editor.is_valid(tree)), (slips, text)


def test_scenarios_and_games_are_kept_apart() -> None:
    assert not any("games" in name for name in shipped_scenarios())
    assert not set(shipped_scenarios()) & set(shipped_games())
    for name in shipped_games():
        found = find_game(name)
        assert found is not None
        read_game(*found)
    assert find_game("job-offer") is None
    with pytest.raises(InputError):
        read_scenario("divorce")


@pytest.mark.parametrize("kind", list(GAMES))
def test_there_is_a_game_of_each_kind_to_start_from(kind: str, tmp_path: Path) -> None:
    assert told(starter_game(kind)) == []
    assert set(EXAMPLES) == set(GAMES)
    path = tmp_path / "game.yaml"
    assert run_command(["new", "--kind", kind, str(path)]) == 0
    assert run_command(["check", str(path)]) == 0
    assert run_command(["schema", "--kind", kind]) == 0


def test_games_are_checked_and_listed_like_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "game.yaml"
    path.write_text(DIVISION.replace("trees: 60", "trees: 50"), encoding="utf-8")
    assert run_command(["check", "divorce", "job-offer", str(path)]) == 2
    out, err = capsys.readouterr()
    assert "divorce: fine (a division between two parties by points)" in out
    assert "job-offer: fine (4 issues" in out
    assert f"{path}:7:20: parties.ann.points: the points add up to 90" in err
    assert run_command(["list", "games"]) == 0
    assert run_command(["list", "models"]) == 0
    out, _ = capsys.readouterr()
    assert "Carol and Bob divide" in out
    assert "(coalitions files)" in out
    assert run_command(["schema", "--kind", "divisions"]) == 2
    assert run_command(["new", "--kind", "divisions"]) == 2
    _, err = capsys.readouterr()
    assert err.count("did you mean 'division'?") == 2
