"""Collecting everything that is wrong with foreign files, each with its file and line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sim.errors import LocatedMistake, ScenarioError, did_you_mean
from sim.formats.text import decode
from sim.formats.yaml_tree import Mark
from sim.issues import LARGEST, MOST_POINTS

MOST_TOLD = 100
LONGEST_SHOWN = 60
LONGEST_NAME = 2000
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass
class Complaints:
    """What is wrong so far.

    Attributes
    ----------
    mistakes
        In the order in which they were found.
    """

    mistakes: list[LocatedMistake] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.mistakes)

    def at(self, mark: Mark, text: str) -> None:
        """Note one mistake."""
        self.mistakes.append(LocatedMistake((), text, False, *mark))

    def unknown(self, mark: Mark, text: str, name: str, names: Iterable[str], kind: str) -> None:
        """Note that something is called by no known name, with the nearest of them."""
        few = len(self.mistakes) < MOST_TOLD  # more are not told, and looking takes long
        self.at(mark, text + (did_you_mean(name, names, kind) if few else ""))

    def few_enough(self, count: int, mark: Mark, what: str) -> bool:
        """Tell whether a list is one that a scenario takes; complain if not."""
        if count > MOST_POINTS:
            self.at(mark, f"{what} has {count:,} values, and zopa takes at most {MOST_POINTS:,}")
        return count <= MOST_POINTS

    def number(self, text: str | None, mark: Mark, what: str) -> float | None:
        """Read a number; say what is wrong if there is none."""
        if text is None:
            self.at(mark, f"{what} is missing")
            return None
        word = text.strip()
        value = float(word) if len(word) < LONGEST_SHOWN and _NUMBER.fullmatch(word) else math.nan
        return self.finite(value, mark, what, shown=word)

    def finite(self, value: float, mark: Mark, what: str, shown: str = "") -> float | None:
        """Refuse what is no number or too large for one."""
        said = f"'{short(shown)}'" if shown else f"{value:g}"
        if math.isnan(value):
            self.at(mark, f"{what} is {said}, which is no number: write one such as 0.5")
        elif abs(value) > LARGEST:
            self.at(mark, f"{what} is {said}: no number here is larger than {LARGEST:g}")
        else:
            return value
        return None

    def not_negative(self, value: float | None, mark: Mark, what: str) -> float | None:
        """Refuse numbers below 0."""
        if value is not None and value < 0:
            self.at(mark, f"{what} is {value:g}, and is never below 0")
            return None
        return value

    def name(self, text: str | None, mark: Mark, what: str) -> str | None:
        """Read a name that people will see: not empty, nothing hidden in it."""
        words = " ".join((text or "").split())
        if not words:
            self.at(mark, f"{what} has no name: give it one")
            return None
        if len(words) > LONGEST_NAME:
            self.at(mark, f"the name of {what} has {len(words)} characters: is it a name?")
            return None
        _, hidden = decode(words.encode("utf-8", "surrogatepass"), "")
        if hidden:
            self.at(mark, f"the name of {what} holds {hidden[0].text}")
            return None
        return words

    def raise_if_any(self) -> None:
        """Tell everything that was noted, in the order of files and lines.

        Raises
        ------
        ScenarioError
            If anything is wrong.
        """
        once = list(dict.fromkeys(self.mistakes))
        if not once:
            return
        files = list(dict.fromkeys(mistake.origin for mistake in once))
        told = sorted(once, key=lambda m: (files.index(m.origin), m.line, m.column))
        if len(told) > MOST_TOLD:
            more = f"and {len(told) - MOST_TOLD} more mistakes: is it the right file?"
            told = [*told[:MOST_TOLD], replace(told[MOST_TOLD], text=more)]
        raise ScenarioError(told)


def short(text: str) -> str:
    """Cut a text that would fill the screen."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def listed(names: list[str], most: int = 8) -> str:
    """Write names one after another, not more than a few of them."""
    shown = ", ".join(short(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if names[most:] else "")
