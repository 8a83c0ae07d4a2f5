"""What the YAML parser says when it gives up, in words that tell how to go on.

libyaml and PyYAML's own parser word the same complaint differently; both are understood.
"""

from __future__ import annotations

import re

from yaml import MarkedYAMLError

TAB = "a tab in the indentation: YAML indents with spaces only"
_INDENTATION = re.compile(r"[ \t]*")
_OPEN_BRACKET = re.compile(r"expected ',' or '([]}])'")
_OPENING = {"]": "[", "}": "{"}
_MISPLACED = ("did not find expected key", "expected <block end>", "expected '-' indicator")
_WORDS = {
    "start any token": "a value cannot begin with {}: put it in quotes",
    "node content": "{} stands where a value is expected",
    "could not find expected ':'": "a name without `:` after it: write `name: value`",
    "unknown escape character": (
        "this \\ begins no escape in a text in double quotes: use single quotes"
    ),
    "entries are not allowed": "a list of `- ` lines begins on a line of its own",
    "expected comment or line break": "a text after `|` or `>` begins on the next line",
    "chomping or indentation indicators": "a text after `|` or `>` begins on the next line",
    "expected a comment or a line break": "a text after `|` or `>` begins on the next line",
    "unexpected ':'": "a `:` in the middle of a text: put the text in quotes",
    "directive": "a text that begins with `%` needs quotes",
    "tab character": "a tab stands where YAML wants spaces",
    "mapping keys are not allowed": "a text that begins with `? ` needs quotes",
    "expected whitespace": "a text that begins with `!`, `&` or `*` needs quotes",
    "expected URI": "a text that begins with `!` needs quotes",
    "undefined tag handle": "tags (`!…`) are not used in scenario files: put the text in quotes",
    "incompatible YAML document": "a `%YAML` line is not needed: take it out",
    "<document start>": "the file goes on after its end: is a bracket closed twice?",
    "alphabetic or numeric character": "a text that begins with `&` or `*` needs quotes",
}


def in_plain_words(error: MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Turn the error that ended the parsing into a place, counted from 0, and a sentence."""
    problem, opened = str(error.problem or error), error.context_mark
    mark = error.problem_mark or opened
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if "unexpected end of stream" in problem and opened:
        return opened.line, opened.column, "a quote opens here and is never closed"
    if (bracket := _OPEN_BRACKET.search(problem)) and opened:
        closing = bracket[1]
        last = min(line + 1, len(text.splitlines()))
        missing = f"and neither `,` nor `{closing}` follows by line {last}"
        return opened.line, opened.column, f"`{_OPENING[closing]}` opens here, {missing}"
    if "mapping values are not allowed" in problem:
        return line, column, _second_colon(text, line, column)
    if any(words in problem for words in _MISPLACED):
        return line, column, _misplaced(line, opened.line if opened else None)
    plain = next((plain for words, plain in _WORDS.items() if words in problem), None)
    found = _character(text, line, column)
    return line, column, plain.format(found) if plain else f"this is not YAML: {problem}"


def tabs_in_indentation(text: str) -> list[tuple[int, int]]:
    """Return line and column, counted from 1, of the first tab in each line's indentation."""
    return [
        (number, row.index("\t") + 1)
        for number, row in enumerate(text.splitlines(), start=1)
        if row.strip() and "\t" in _indentation(row)
    ]


def spaces_for_tabs(text: str, width: int) -> str:
    """Put spaces for the tabs in the indentation."""
    rows = text.splitlines(keepends=True)
    ends = [len(_indentation(row)) for row in rows]
    indented = (row[:end].replace("\t", " " * width) for row, end in zip(rows, ends, strict=True))
    return "".join(i + row[end:] for i, row, end in zip(indented, rows, ends, strict=True))


def _indentation(row: str) -> str:
    found = _INDENTATION.match(row)
    return found[0] if found else ""


def _second_colon(text: str, line: int, column: int) -> str:
    rows = text.splitlines()
    if line < len(rows) and ": " in rows[line][:column]:
        return "a second `: ` on this line: put the text that holds it in quotes"
    return (
        "this `:` names nothing: the line above has its value already; names of one level stand "
        "in the same column, and a name needs its own `:`"
    )


def _misplaced(line: int, begun: int | None) -> str:
    above = f" (it begins on line {begun + 1})" if begun is not None and begun != line else ""
    return (
        f"this does not continue what stands above{above}: names and `- ` of one level stand in "
        "the same column, and a text in quotes ends with its quote"
    )


def _character(text: str, line: int, column: int) -> str:
    rows = text.splitlines()
    found = rows[line][column : column + 1] if line < len(rows) else ""
    if not found.strip():
        return "a tab" if found == "\t" else "the end of the text"
    return f"'{found}'"
