"""Mistakes in what the user gave us: said all at once, each with the place and the cure.

Finding that no agreement exists is an answer and never raises. These are for input that
cannot be read as a question.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong, where, and how to mend it.

    Attributes
    ----------
    path
        The steps from the top of the file to the offence: ``("parties", "ann", "weights")``.
    text
        What is wrong and what would be right, in one line.
    at_name
        Whether it is the name at the end of the path that is wrong, not what stands under it.
    """

    path: Path
    text: str
    at_name: bool = False

    def __str__(self) -> str:
        where = dotted(self.path)
        return f"{where}: {self.text}" if where else self.text


@dataclass(frozen=True)
class LocatedMistake(Mistake):
    """A mistake with its place, as ``file:line:column: path: what is wrong``.

    Attributes
    ----------
    origin
        The file's name as the user gave it, or the ``--set PATH=VALUE`` that is at fault.
    line, column
        Counted from 1, as editors do; 0 where the origin has no lines.
    """

    origin: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.origin}{place}: {super().__str__()}"


class InputError(ValueError):
    """Input that cannot be read as a question: every mistake in it, one to a line.

    The command line prints the message as it stands and leaves with exit code 2.
    """


class ScenarioError(InputError):
    """Everything that is wrong with a scenario, not only the first thing.

    Attributes
    ----------
    mistakes
        In the order in which they stand in the file, where the file is known.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def dotted(path: Path) -> str:
    """Write a path as people do.

    >>> dotted(("parties", "ann", "red_lines", 0, "kind"))
    'parties.ann.red_lines[0].kind'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was most likely meant, or none where none is near.

    >>> nearest("Salry", ["salary", "remote"])
    'salary'
    """
    if len(name) > LONGEST:
        return None
    known = {_plain(other): other for other in names if len(other) <= LONGEST}
    near = difflib.get_close_matches(_plain(name), known, n=1, cutoff=0.6)
    return known[near[0]] if near else None


def did_you_mean(name: str, names: Iterable[str], kind: str = "") -> str:
    """End a message with the nearest name and all that are known, unless they are many.

    >>> did_you_mean("salry", ["salary", "remote"])
    "; did you mean 'salary'? (salary, remote)"
    >>> did_you_mean("salry", ["salary", "remote"], "issues")
    "; did you mean 'salary'? (issues: salary, remote)"
    >>> did_you_mean("bonus", ["salary", "remote"])
    ' (known: salary, remote)'
    """
    known = list(names)
    if not known:
        return "; there are none"
    shown = ", ".join(known[:MANY]) + (f" and {len(known) - MANY} more" if known[MANY:] else "")
    near = nearest(name, known)
    if near:
        listed = "" if known[MANY:] else f" ({kind}: {shown})" if kind else f" ({shown})"
        return f"; did you mean '{near}'?{listed}"
    return f" ({kind or 'known'}: {shown})"


MANY = 12
"""More names than this are not listed."""

LONGEST = 100
"""Names longer than this are not compared: nobody means them, and comparing takes long."""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
