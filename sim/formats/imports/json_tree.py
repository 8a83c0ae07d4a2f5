"""A JSON text as a tree that remembers where every name and every value stands.

Python's own reader forgets places and keeps the last of two equal names; this one tells both. It
keeps a stack of its own, so that no nesting can exhaust the machine's. ``NaN`` and ``Infinity``,
which JSON has not and Python writes all the same, are read, and refused where a number is used.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from sim.errors import LocatedMistake
from sim.formats.yaml_scalars import Scalar
from sim.formats.yaml_tree import DEEPEST, Mark, Node

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[][{},:])|(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<word>[^][{},:\"\s]+))"
)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


class _RefusedError(Exception):
    """What is wrong, and where in the text."""

    def __init__(self, place: int, said: str) -> None:
        self.place, self.said = place, said
        super().__init__(said)


def read_json(text: str, origin: str) -> tuple[Node | None, list[LocatedMistake]]:
    """Read a JSON text into a tree; nulls are left out.

    Returns
    -------
    Node or None
        The tree; none where the text is no JSON.
    list of LocatedMistake
        What is wrong with it as JSON: names that stand twice, or the first thing that ends the
        reading.
    """
    reader = _Reader(text, origin)
    try:
        root = reader.read()
    except _RefusedError as refused:
        mistake = LocatedMistake((), refused.said, False, *reader.mark(refused.place))
        return None, [*reader.mistakes, mistake]
    return root, reader.mistakes


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, origin: str) -> None:
        self.text, self.origin = text, origin
        self.starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
        self.mistakes: list[LocatedMistake] = []
        self.place = 0
        self.stack: list[Node] = []
        self.key: tuple[str, int] | None = None

    def mark(self, place: int) -> Mark:
        """Return line and column of a place in the text."""
        line = bisect_right(self.starts, place)
        return Mark(self.origin, line, place - self.starts[line - 1] + 1)

    def _next(self) -> tuple[str, str, int]:
        """Return kind, spelling and place of the next word; empty at the end."""
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            rest = self.text[self.place :]
            place = self.place + len(rest) - len(rest.lstrip(" \t\r\n"))
            if place >= len(self.text):
                return "end", "", place
            raise _RefusedError(place, _no_token(self.text[place]))
        kind = found.lastgroup or ""
        self.place = found.end()
        return kind, found[kind], found.start(kind)

    def read(self) -> Node | None:
        """Read the one value of the text."""
        root: Node | None = None
        ready, first = True, True  # a value may begin here; nothing stands in this bracket yet
        while True:
            kind, word, place = self._next()
            if root is not None and not self.stack:
                if kind == "end":
                    return root
                raise _RefusedError(
                    place, "the text goes on after its end: is a bracket closed twice?"
                )
            if kind == "end":
                self._cut_off(place)
            if kind == "mark" and word in "]}" and (not ready or first) and self.stack:
                self._close(word, place)
                ready, first = False, False
            elif word == "," and kind == "mark" and not ready and self.stack:
                ready = True
            elif ready and not (kind == "mark" and word not in "[{"):
                if self._wants_name():
                    self._name(kind, word, place)
                    first = False
                    continue
                node = self._value(kind, word, place)
                root = root or node
                ready = first = isinstance(node.value, dict | list)
            else:
                raise _RefusedError(place, f"`{word[:20]}` does not continue what stands before it")

    def _wants_name(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.key is None

    def _name(self, kind: str, word: str, place: int) -> None:
        """Read a name and its colon."""
        if kind != "text":
            raise _RefusedError(place, f"`{word[:20]}` stands where a name in quotes is expected")
        name = self._unquoted(word, place)
        following, colon, where = self._next()
        if following != "mark" or colon != ":":
            raise _RefusedError(where, f"no `:` follows the name {word[:40]}")
        self.key = (name, place)

    def _value(self, kind: str, word: str, place: int) -> Node:
        """Read a value, or begin a list or an object, and hang it under what is open."""
        value: Scalar | list[Node] | dict[str, Node]
        if kind == "mark":
            if len(self.stack) >= DEEPEST:
                raise _RefusedError(place, f"lists and objects stand more than {DEEPEST} deep here")
            value = [] if word == "[" else {}
        else:
            value = self._unquoted(word, place) if kind == "text" else _plain(word, place)
        node = Node(value, self.mark(place), named_at=self.mark(place))
        if self.stack:
            self._hang(node)
        if kind == "mark":
            self.stack.append(node)
        return node

    def _hang(self, node: Node) -> None:
        parent = self.stack[-1]
        if isinstance(parent.value, list):
            node.name = len(parent.value) + len(parent.lost)
            if node.value is None:
                parent.lost.add(node.name)
            else:
                parent.value.append(node)
            return
        assert isinstance(parent.value, dict)
        assert self.key is not None
        name, place = self.key
        node.name, node.named_at, self.key = name, self.mark(place), None
        if name in parent.value or name in parent.lost:
            older = parent.value.get(name)
            where = f" (first on line {older.named_at.line})" if older else ""
            said = f"'{name[:40]}' stands here for the second time{where}: keep one of the two"
            self.mistakes.append(LocatedMistake((), said, False, *node.named_at))
        elif node.value is None:
            parent.lost.add(name)
        else:
            parent.value[name] = node

    def _close(self, word: str, place: int) -> None:
        opened = self.stack[-1]
        if self.key is not None:
            raise _RefusedError(place, f"no value follows the name '{self.key[0][:40]}'")
        if isinstance(opened.value, dict) != (word == "}"):
            said = f"`{word}` closes what line {opened.at.line} opened with another bracket"
            raise _RefusedError(place, said)
        self.stack.pop()

    def _cut_off(self, place: int) -> None:
        if not self.stack:
            raise _RefusedError(place, "the file is empty")
        opened = self.stack[-1].at
        raise _RefusedError(
            place,
            f"the file ends before the bracket of line {opened.line} is closed: is it cut off?",
        )

    def _unquoted(self, word: str, place: int) -> str:
        try:
            return str(json.loads(word))
        except ValueError:
            raise _RefusedError(
                place, "this text holds an escape that JSON does not know"
            ) from None


def _plain(word: str, place: int) -> Scalar:
    if word in _WORDS:
        return _WORDS[word]
    if not _NUMBER.fullmatch(word) or len(word) > 300:
        raise _RefusedError(place, f"`{word[:20]}` is no JSON value: texts stand in double quotes")
    return float(word) if any(c in word for c in ".eE") else int(word)


def _no_token(character: str) -> str:
    if character == '"':
        return "a quote opens here and is not closed on this line"
    return f"`{character}` begins nothing that JSON knows"
