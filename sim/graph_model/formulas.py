"""Statements about options: ``release and not attack``, read safely and told apart when wrong.

    formula   := either ("iff" either)*
    either    := part ("if" part)*            a if b: whenever b, then a
    part      := term ("or" term)*
    term      := factor ("and" factor)*
    factor    := "not" factor | "(" formula ")" | option | pattern

A pattern has one sign for every option, in file order: ``Y`` taken, ``N`` not taken, ``-`` either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.graph_model.graph import Bools

WORDS = ("and", "or", "not", "if", "iff")
LONGEST, DEEPEST = 2000, 60
_TOKEN = re.compile(r"\s*([A-Za-z0-9_-]+|[()]|\S)")


@dataclass(frozen=True)
class Formula:
    """A statement, taken apart.

    Attributes
    ----------
    kind
        ``option``, ``pattern``, ``not``, ``and``, ``or``, ``if`` or ``iff``.
    parts
        What it is made of.
    name
        The option, or the pattern.
    """

    kind: str
    parts: tuple[Formula, ...] = ()
    name: str = ""

    def holds(self, states: Bools, options: Sequence[str]) -> Bools:
        """Tell in which states the statement is true.

        Parameters
        ----------
        states
            Which options are taken, shape ``(n_states, n_options)``.
        options
            Their names, in column order.

        Returns
        -------
        ndarray
            Shape ``(n_states,)``.
        """
        if self.kind == "option":
            taken: Bools = states[:, list(options).index(self.name)]
            return taken
        if self.kind == "pattern":
            return matches(states, self.name)
        first, *others = (part.holds(states, options) for part in self.parts)
        if self.kind == "not":
            return ~first
        for other in others:
            if self.kind == "and":
                first = first & other
            elif self.kind == "or":
                first = first | other
            else:
                first = first == other if self.kind == "iff" else first | ~other
        return first


def matches(states: Bools, pattern: str) -> Bools:
    """Tell which states fit a pattern over Y, N and -.

    >>> matches(np.array([[True, False], [True, True]]), "Y-").tolist()
    [True, True]
    """
    fits = np.ones(len(states), dtype=bool)
    for column, sign in enumerate(pattern):
        if sign != "-":
            fits &= states[:, column] == (sign == "Y")
    return fits


def is_pattern(text: str) -> bool:
    """Tell whether a text consists of the signs of a pattern."""
    return bool(text) and set(text) <= set("YN-")


def read_formula(text: str, options: Sequence[str]) -> Formula:
    """Take a statement apart.

    Parameters
    ----------
    text
        The statement.
    options
        Names of all options, in order.

    Raises
    ------
    InputError
        If it is none, with the place and what would be right.

    Examples
    --------
    >>> states = np.array([[False, False], [True, False], [False, True], [True, True]])
    >>> options = ["release", "attack"]
    >>> read_formula("release if attack", options).holds(states, options).tolist()
    [True, True, False, True]
    >>> read_formula("release an attack", options)
    Traceback (most recent call last):
    sim.errors.InputError: at 'an' (character 9): expected and, or, if, iff or the end
    """
    if len(text) > LONGEST:
        raise InputError(f"a statement of {len(text):,} characters: at most {LONGEST:,} are read")
    reader = _Reader(text, options)
    formula = reader.iff(0)
    if reader.word:
        raise reader.wrong("expected and, or, if, iff or the end")
    return formula


class _Reader:
    """Goes through a statement from left to right."""

    def __init__(self, text: str, options: Sequence[str]) -> None:
        self.options = options
        self.tokens = [(m.group(1), m.start(1) + 1) for m in _TOKEN.finditer(text)]
        self.place = 0

    @property
    def word(self) -> str:
        """What comes next; nothing at the end."""
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    @property
    def key(self) -> str:
        """What comes next, if it is one of the words between options."""
        known = self.word.casefold()
        return known if known in WORDS and self.word not in self.options else ""

    def wrong(self, text: str) -> InputError:
        """Return the error at the present place."""
        if not self.word:
            return InputError(f"the statement ends too soon: {text}")
        return InputError(f"at '{self.word}' (character {self.tokens[self.place][1]}): {text}")

    def iff(self, depth: int) -> Formula:
        """Read a whole formula."""
        return self._chain("iff", depth)

    def _chain(self, key: str, depth: int) -> Formula:
        """Read parts joined by one word; the words that bind tighter are read inside."""
        inner = {"iff": "if", "if": "or", "or": "and"}.get(key)

        def part() -> Formula:
            return self._chain(inner, depth) if inner else self._factor(depth)

        parts = [part()]
        while self.key == key:
            self.place += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Formula(key, tuple(parts))

    def _factor(self, depth: int) -> Formula:
        if depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} brackets and nots inside each other")
        if self.key == "not":
            self.place += 1
            return Formula("not", (self._factor(depth + 1),))
        if self.word == "(":
            self.place += 1
            formula = self.iff(depth + 1)
            if self.word != ")":
                raise self.wrong("expected a closing bracket")
            self.place += 1
            return formula
        return self._leaf()

    def _leaf(self) -> Formula:
        word = self.word
        if word in self.options:
            self.place += 1
            return Formula("option", name=word)
        if is_pattern(word):
            if len(word) != len(self.options):
                raise self.wrong(
                    f"a pattern has one sign for each of the {len(self.options)} options, "
                    f"this has {len(word)}"
                )
            self.place += 1
            return Formula("pattern", name=word)
        if not word or self.key or not re.fullmatch(r"[A-Za-z0-9_-]+", word):
            raise self.wrong("expected an option, a pattern, not or an opening bracket")
        raise self.wrong(f"no such option{did_you_mean(word, self.options)}")
