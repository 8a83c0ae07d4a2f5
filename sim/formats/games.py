"""Reading game files, such as a graph model, as strictly as scenarios."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import sim
from sim.equilibria.game_files import GAMES, GameKind
from sim.errors import LocatedMistake, Mistake, ScenarioError
from sim.formats.structure import check_types, located
from sim.formats.text import decode, read_bytes
from sim.formats.yaml_tree import Node, read_tree
from sim.issues import Frozen


def shipped_games() -> dict[str, Path]:
    """Return the game files that come with zopa, by name."""
    package = Path(sim.__file__).parent
    here: dict[str, Path] = {}
    for folder in (package / "shipped_scenarios" / "games", package.parent / "scenarios" / "games"):
        for path in sorted(folder.glob("*.yaml")):
            here.setdefault(path.stem, path)
    return here


def find_game(path_or_name: str | os.PathLike[str]) -> tuple[Path, str] | None:
    """Return the file and the kind of a game; ``None`` where the file holds no game.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    called = os.fspath(path_or_name)
    path = Path(called)
    if not path.is_file():
        if called not in shipped_games():
            return None
        path = shipped_games()[called]
    text, _ = decode(read_bytes(path, called), called)
    root = read_tree(text or "", called).root
    names = root.value if root is not None and isinstance(root.value, dict) else {}
    kind = next((kind for kind in GAMES if kind in names), None)
    return None if kind is None else (path, kind)


def read_game(path: Path, kind: str) -> Frozen:
    """Read a game file of a kind.

    Raises
    ------
    ScenarioError
        With every mistake in the file.
    """
    text, mistakes = decode(read_bytes(path, str(path)), str(path))
    if text is None:
        raise ScenarioError(mistakes)
    game, more = examine_game(text, str(path), GAMES[kind])
    if mistakes or more or game is None:
        raise ScenarioError([*mistakes, *more])
    return game


def examine_game(
    text: str, origin: str, kind: GameKind
) -> tuple[Frozen | None, list[LocatedMistake]]:
    """Read a text as a game of a kind, and say everything that is wrong with it."""
    reading = read_tree(text, origin)
    root = reading.root
    if root is None:
        return None, reading.mistakes
    checked = check_types(root, kind.whole, kind.part, complete=reading.complete)
    mistakes = [*reading.mistakes, *checked.mistakes]
    if checked.value is not None and not mistakes:
        mistakes += _placed(root, kind.mistakes(checked.value))
    return checked.value, sorted(mistakes, key=lambda m: (m.line, m.column))


def _placed(root: Node, mistakes: Iterator[Mistake]) -> Iterator[LocatedMistake]:
    """Give mistakes the place of the value or name that their path leads to."""
    for mistake in mistakes:
        nodes = [root]
        for step in mistake.path:
            child = nodes[-1].child(step)
            if child is None:
                break
            nodes.append(child)
        yield located(nodes, mistake.text, at_name=mistake.at_name)
