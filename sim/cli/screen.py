"""Writing for people: one console for answers, one for progress, and a few shared marks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.clock import Stopped, gently

answers = Console(highlight=False, soft_wrap=False)
progress = Console(stderr=True, highlight=False)

CONDITION = "Conditional on these inputs; not a forecast."


@contextmanager
def answering() -> Iterator[None]:
    """Let Ctrl-C wind up the work inside: what is proven by then is still printed.

    Everything up to the end of the answer belongs inside.

    Raises
    ------
    Stopped
        At the end, where that was asked for.
    """
    asked: list[bool] = []

    def tell() -> None:
        asked.append(True)
        message = "winding up: what is known by now follows (Ctrl-C again breaks off)"
        sys.stderr.write(f"\n{message}\n")

    with gently(tell):
        yield
    if asked:
        raise Stopped


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object on standard output and nothing else."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-")
    ascii_only = encoding not in ("utf-8", "utf8")  # then letters are written as JSON spells them
    json.dump(answer, sys.stdout, ensure_ascii=ascii_only, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def bold(text: str) -> str:
    """Set a user's text in bold; square brackets in it stay what they are."""
    return f"[bold]{escape(text)}[/bold]"


def dim(text: str) -> str:
    """Set a user's text dim; square brackets in it stay what they are."""
    return f"[dim]{escape(text)}[/dim]"


def bullets(lines: Iterable[str]) -> Table:
    """Set lines as a list with hanging indents."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row(" •", escape(line))
    return table


def note(text: str) -> Text:
    """Set a line in the dim style of a footnote."""
    return Text(text, style="dim")
