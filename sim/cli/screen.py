"""Writing for people: one console for answers, one for progress, and a few shared marks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

answers = Console(highlight=False, soft_wrap=False)
progress = Console(stderr=True, highlight=False)

CONDITION = "Conditional on these inputs; not a forecast."


def print_json(answer: dict[str, Any]) -> None:
    """Print one JSON object on standard output and nothing else."""
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
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
