"""The files that are to be imported: read with care, and told apart by what is in them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.errors import InputError, LocatedMistake
from sim.formats.imports.complaints import Complaints
from sim.formats.imports.json_tree import read_json
from sim.formats.imports.xml_tree import Element, read_xml
from sim.formats.text import UTF_16, decode, read_bytes
from sim.formats.yaml_tree import NOTHING, Mark, Node, read_tree

Role = Literal["domain", "profile", "companion"]
"""A companion says nothing about utilities: figures that a tool computed, a name."""

MOST_FILES = 1000
SUFFIXES = (".xml", ".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Tree:
    """A file as a tree.

    Attributes
    ----------
    path
        Where it is.
    called
        As the user named it, which messages repeat.
    root
        What is in it.
    named
        Whether the user named the file itself, not only its folder.
    """

    path: Path
    called: str
    root: Element | Node
    named: bool

    @property
    def start(self) -> Mark:
        """The beginning of the file."""
        return Mark(self.called, 1, 1)


def read_trees(arguments: list[str], complaints: Complaints) -> tuple[list[Tree], list[str]]:
    """Read all files that were named, and those in folders that were named.

    Returns
    -------
    list of Tree
        In the order in which they were named; in a folder, in the order of their names.
    list of str
        What was left aside in folders, to be told.

    Raises
    ------
    InputError
        If a file cannot be read at all; with all that cannot.
    """
    trees: dict[Path, Tree] = {}
    notes: list[str] = []
    unreadable: list[str] = []
    for path, called, named in _files(arguments, unreadable, notes):
        try:
            data = _regular(path, called)
        except InputError as error:
            if named or path.suffix.lower() in SUFFIXES:
                unreadable.append(str(error))
            else:
                notes.append(f"{called}: left aside, as it is neither XML nor JSON nor YAML")
            continue
        tree = _tree(data, path, called, complaints, named=named)
        if tree is not None:
            trees.setdefault(path.resolve(), tree)
        elif not named and not _was_told(called, complaints):
            notes.append(f"{called}: left aside, as it is neither XML nor JSON nor YAML")
    if unreadable:
        raise InputError("\n".join(unreadable))
    return list(trees.values()), notes


def _files(
    arguments: list[str], unreadable: list[str], notes: list[str]
) -> Iterator[tuple[Path, str, bool]]:
    """Yield every file with what to call it, and whether it was named itself."""
    for argument in arguments:
        path = Path(argument)
        try:
            if not path.is_dir():
                yield path, argument, True
                continue
            inside = sorted(p for p in path.iterdir() if not p.name.startswith("."))
        except (OSError, ValueError) as error:
            unreadable.append(f"{argument} cannot be read: {error}")
            continue
        files = [p for p in inside if not p.is_dir()]
        if not files:
            folders = ", ".join(p.name for p in inside[:8])
            unreadable.append(
                f"{argument}: there are no files in this folder"
                + (f", only folders: name one of them ({folders})" if folders else "")
            )
        elif len(files) > MOST_FILES:
            unreadable.append(
                f"{argument}: {len(files)} files, which no domain has: name its files"
            )
        else:
            inner = (p for p in inside if p.is_dir())
            notes.extend(f"{folder}: left aside, a folder inside a folder" for folder in inner)
            yield from ((p, str(p), False) for p in files)


def _regular(path: Path, called: str) -> bytes:
    """Read a file, but nothing that could wait forever or never end."""
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{called} cannot be read: {reason}") from None
    if not stat.S_ISREG(kind):
        raise InputError(f"{called} is no file that can be read twice: save it as a file first")
    return read_bytes(path, called)


def _tree(
    data: bytes, path: Path, called: str, complaints: Complaints, *, named: bool
) -> Tree | None:
    """Read what a file holds by its first character; tell only what was meant to be read."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    in_yaml = path.suffix.lower() in (".yaml", ".yml")
    root: Element | Node | None = None
    mistakes: list[LocatedMistake] = []
    if start == b"<" or (data[:2] in UTF_16 and b"<" in data[2:6]):
        root, mistakes = read_xml(data, called)
    elif start and (named or in_yaml or start in b"{["):
        text, mistakes = decode(data, called)
        if text is not None and start in b"{[" and not in_yaml:
            root, more = read_json(text, called)
            mistakes += more
        elif text is not None:
            reading = read_tree(text, called)
            root = reading.root
            mistakes += [m for m in reading.mistakes if m.text != NOTHING]
    ours = path.suffix.lower() in SUFFIXES and (in_yaml or not start)
    if root is None and not mistakes and (named or ours):
        mistakes = [LocatedMistake((), "the file is empty", False, called, 1, 1)]
    complaints.mistakes += mistakes
    return None if root is None else Tree(path, called, root, named)


def _was_told(called: str, complaints: Complaints) -> bool:
    return any(mistake.origin == called for mistake in complaints.mistakes)
