"""Markdown that holds whatever a title holds: escaped text, tables, and long tables cut short."""

from __future__ import annotations

import re
from collections.abc import Sequence

MARKS = re.compile(
    r"[\\|\[\]*`#$~]|<(?=[A-Za-z/!?])|(?<!\w)_|_(?!\w)|^>|^[+-](?=\s)|^\d+(?=[.)]\s)"
)
"""What Markdown, or a page that shows it, may take for more than a character."""


def escaped(text: str) -> str:
    r"""Write text in one line so that Markdown takes it for nothing else.

    >>> print(escaped("a|b [c]\n*d*"))
    a\|b \[c\] \*d\*
    """
    return MARKS.sub(_marked, " ".join(text.split()))


def _marked(found: re.Match[str]) -> str:
    """Put a stroke before a mark; after the number of what would be an item of a list."""
    mark = found.group()
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def description(text: str) -> str:
    r"""Keep a picture's description from being read as Markdown.

    >>> description("bars [longest first]\nof all")
    'bars (longest first) of all'
    """
    return " ".join(text.split()).replace("[", "(").replace("]", ")")


def markdown_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Sequence[int] = (0,)
) -> list[str]:
    r"""Set cells, as they are written, as the lines of a table and an empty line after it.

    Parameters
    ----------
    heads, rows
        Already escaped.
    texts
        Places of the columns that are read from the left; the others are numbers.

    >>> print(*markdown_table(["plan", "share"], [["first", "40 %"]])[:-1], sep="\n")
    | plan | share |
    |---|---:|
    | first | 40 % |
    """
    marks = ("---" if k in texts else "---:" for k in range(len(heads)))
    lines = [heads, *rows]
    set_lines = [f"| {' | '.join(line)} |" for line in lines]
    return [set_lines[0], f"|{'|'.join(marks)}|", *set_lines[1:], ""]


def cut_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    table: str,
    most: int = 12,
    texts: Sequence[int] = (0,),
) -> list[str]:
    """Set the first rows as a table, and say where the others are.

    Parameters
    ----------
    heads, rows, texts
        See `markdown_table`.
    table
        The table of the results that has all rows.
    most
        How many rows are shown; one more is shown rather than announced.
    """
    if len(rows) <= most + 1:
        return markdown_table(heads, rows, texts=texts)
    note = f"The first {most} of {len(rows):,}; all are in `tables/{table}.parquet`."
    return [*markdown_table(heads, rows[:most], texts=texts), note, ""]


def bullets(sentences: Sequence[str]) -> list[str]:
    """Set plain sentences as a list, and an empty line after it."""
    return [*(f"- {escaped(one)}" for one in sentences), ""] if sentences else []
