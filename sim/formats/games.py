"""Reading game files, such as a graph model, as strictly as scenarios."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import sim
from sim.equilibria.game_files import GAMES, GameKind
from sim.errors import LocatedMistake, Mistake, ScenarioError, nearest
from sim.errors import Path as Steps
from sim.formats.structure import MOST, check_types, last_line, located, placed
from sim.formats.text import decode, read_bytes
from sim.formats.yaml_tree import Node, read_tree
from sim.issues import Frozen

OTHERS = ("zopa", "experiment")
"""What scenarios and experiments begin with."""


DEFINING = (("strategies",), ("options",))
"""Sections further down in a file whose names the rest of it uses."""


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
        If the file cannot be read, or begins with what is nearly the word of a kind.
    """
    called = os.fspath(path_or_name)
    path = Path(called)
    try:
        here = path.is_file()
    except (OSError, ValueError):
        return None  # no name that a file can have
    if not here:
        if called not in shipped_games():
            return None
        path = shipped_games()[called]
    text, _ = decode(read_bytes(path, called), called)
    root = read_tree(text or "", called).root
    kind = None if root is None else _kind_of(root)
    return None if kind is None else (path, kind)


def _kind_of(root: Node) -> str | None:
    """Return the kind of game that a tree holds; ``None`` where it holds none.

    Raises
    ------
    InputError
        If its first word is nearly that of a kind, and it is no scenario.
    """
    names = root.value if isinstance(root.value, dict) else {}
    if any(other in names for other in OTHERS):
        return None
    kind = next((kind for kind in GAMES if kind in names), None)
    first = next(iter(names.values()), None)
    if kind is None and first is not None:
        meant = nearest(str(first.name), [*GAMES, *OTHERS])
        if meant in GAMES:
            cure = f"nothing is called '{first.name}' here; did you mean `{meant}: 1`?"
            raise ScenarioError([located([root, first], cure, at_name=True)])
    return kind


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
        raise ScenarioError(in_order([*mistakes, *more]))
    return game


def examine_game(
    text: str, origin: str, kind: GameKind
) -> tuple[Frozen | None, list[LocatedMistake]]:
    """Read a text as a game of a kind, and say everything that is wrong with it."""
    reading = read_tree(text, origin)
    root = reading.root
    if root is None or not isinstance(root.value, dict):
        said = f"the file holds no game: {kind.title} begins with its kind, as in `division: 1`"
        return None, reading.mistakes or [LocatedMistake((), said, False, origin, 1, 1)]
    checked = check_types(root, kind.whole, kind.part, complete=reading.complete)
    mistakes = [*reading.mistakes, *checked.mistakes]
    if not reading.complete:  # whatever ended the reading may have changed the last line's meaning
        last = min(last_line(root), reading.mistakes[-1].line)
        before = [mistake for mistake in checked.mistakes if mistake.line < last]
        return checked.value, in_order([*before, *reading.mistakes])
    if checked.value is not None:
        between = kind.mistakes(checked.value)
        mistakes += [placed(root, m) for m in _own(between, checked.unreadable)]
    return checked.value, in_order(mistakes)


def _own(mistakes: Iterator[Mistake], unreadable: frozenset[Steps]) -> Iterator[Mistake]:
    """Leave out what may only follow from something that could not be read."""
    names = {path[-1] for path in unreadable if len(path) == 2 or path[-2:-1] in DEFINING}
    for mistake in mistakes:
        around = any(
            path[: len(mistake.path)] == mistake.path or mistake.path[: len(path)] == path
            for path in unreadable
        )
        if not around and not any(f"'{name}'" in mistake.text for name in names):
            yield mistake


def in_order(mistakes: list[LocatedMistake]) -> list[LocatedMistake]:
    """Sort mistakes by place, each told once; a file with very many is the wrong file."""
    told = sorted(dict.fromkeys(mistakes), key=lambda m: (m.line, m.column))
    if len(told) > MOST:
        more = replace(told[MOST], path=(), text="and more: is it the right file?")
        return [*told[:MOST], more]
    return told
