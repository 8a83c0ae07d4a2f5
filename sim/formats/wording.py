"""What is wrong with a value, in plain words with the cure, from what pydantic found."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, get_args, get_origin

from sim.errors import did_you_mean, nearest
from sim.formats.shape import Shape, expected
from sim.formats.yaml_scalars import plain_scalar
from sim.issues import LARGEST, NUMERAL, OPTION, is_numeral, numeral

_LENGTH = 40
_AS_TRUTH = frozenset({"yes", "no", "on", "off", "y", "n"})
_NOUNS = {"options": "options", "between": "uncertain numbers"}
_LOOKS_LIKE: dict[str, Callable[[str], str]] = {
    r"[-+]?[0-9]*,[0-9]+": lambda word: f": write {word.replace(',', '.')}",
    r"[-+]?[0-9]+(\.[0-9]+)? ?%": lambda word: f": write {float(word.rstrip('% ')) / 100:g}",
    r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?": lambda _: ", which is a date",
    r"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?": lambda _: ": take the quotes off",
    r"(?i)yes|no|on|off|y|n": lambda word: f" (YAML 1.2 reads {word} as text): write a number",
    r"(?i)nan|[-+]?inf(inity)?": lambda _: ": write a finite number",
}
"""Texts that stand where a number is wanted, and what their writer may have meant."""


def found(value: object) -> str:
    """Say what stands in the file.

    >>> found("no"), found(True), found([1, 2])
    ("the text 'no'", 'true', 'a list')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        short = value if len(value) <= _LENGTH else value[: _LENGTH - 1] + "…"
        return "the text '" + short.replace("\n", " ") + "'"
    if isinstance(value, float) and not math.isfinite(value):
        return "infinity" if value > 0 else "minus infinity" if value < 0 else ".nan"
    if isinstance(value, int | float):
        return f"{value:.12g}" if abs(value) < LARGEST else f"{float(value):g}"
    return "a list" if isinstance(value, list) else "a mapping"


def wrong_value(
    kind: str, context: dict[str, Any], shape: Shape, value: object, name: str = ""
) -> str:
    """Say what is wrong with a value and what would be right.

    Parameters
    ----------
    kind, context
        What pydantic calls the error, and its details.
    shape
        What the place expects.
    value
        What stands there.
    name
        The name that it stands under.
    """
    if kind == "value_error":
        said = str(context["error"])
    elif kind == "union_tag_invalid":
        said = "a tier stands for a weight only: write a number or a range here"
    elif kind in ("too_short", "too_long"):
        said = wrong_length(shape, context["actual_length"], context.get("min_length", 0), name)
    elif kind == "string_too_short":
        said = "an empty text: write something, or take the line out"
    elif kind == "string_pattern_mismatch":
        said = _wrong_pattern(shape, str(value))
    elif kind == "literal_error":
        said = _wrong_word(shape, value, name)
    else:
        misspelt = isinstance(value, list) and nearest(name, ["order"])
        hint = ": did you mean `order`?" if misspelt else _hint(shape, value)
        said = f"expected {expected(shape)}, found {found(value)}{hint}"
    return said


def missing(name: str, instead: str | None = None, *, top: bool) -> str:
    """Say that a field is not there, nor the one that may stand in its place."""
    either = f", or `{instead}: …`" if instead else ""
    return f"{'the file ' if top else ''}has no {name}: add `{name}: …`{either}"


def wrong_name(name: str, shape: Shape) -> str:
    """Say that something cannot be called so."""
    if shape.bare is int:
        return f"'{name}' is no tier: tiers are whole numbers from 1 up"
    return _wrong_pattern(shape, name)


def wrong_length(shape: Shape, has: int | None, least: int = 0, name: str = "") -> str:
    """Say that there is too much or too little of something."""
    if get_origin(shape.bare) is tuple:
        needs = len(get_args(shape.bare))
        return f"needs {needs} numbers, has {has if has is not None else 'more'}"
    if not has and least == 1:
        return "is empty: add something, or take the line out"
    return f"needs at least {least} {_NOUNS.get(name, 'entries')}, has {has}"


def unknown(name: str, shape: Shape) -> str:
    """Say that no field is called so, with the nearest and all that may stand here."""
    shown = name if len(name) <= _LENGTH else name[: _LENGTH - 1] + "…"
    return f"no field is called '{shown}' here{did_you_mean(name, shape.fields, 'fields')}"


def no_kind_of_number(name: str, value: object) -> str:
    """Say that a mapping stands where a number is wanted, and how numbers are written."""
    points = isinstance(value, dict) and any(is_numeral(key) for key in value)
    if points and nearest(name, ["line"]):
        return "no number: did you mean `line`?"
    return (
        "no number: write one as 0.4, {uniform: [low, high]}, {triangular: [low, mode, high]} or "
        "{normal: [mean, sd]}; with its source, as {value: 0.4, source: …}"
    )


def _wrong_pattern(shape: Shape, text: str) -> str:
    if expected(shape) == "a date":
        return (
            f"expected a date such as 2025-12-01, 2025-12 or 2025 (two with / between them for a "
            f"span), found {found(text)}"
        )
    pattern = shape.rule("pattern")
    if pattern in (OPTION, NUMERAL) and (number := _as_number(text)) is not None:
        return f"'{text}' is not how a number is written here: write {numeral(number)}"
    if pattern == NUMERAL:
        return (
            f"{found(text).removeprefix('the text ')} is no number, and a line runs along numbers"
        )
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-")
    plain = re.sub(r"^[0-9]", r"n\g<0>", plain)
    rule = "a name begins with a letter and goes on with letters, digits, `_` and `-`"
    shown = found(text).removeprefix("the text ")
    return f"{shown} is no name: {rule}" + (f"; for example {plain[:_LENGTH]}" if plain else "")


def _as_number(text: str) -> float | None:
    value = plain_scalar(text) if text else None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and abs(value) <= LARGEST else None  # type: ignore[arg-type]


def _wrong_word(shape: Shape, value: object, name: str) -> str:
    words = [str(word) for word in get_args(shape.bare)]
    if words == ["1"]:
        return f"found {found(value)}, and this program reads version 1: write `{name}: 1`"
    guess = did_you_mean(value, words) if isinstance(value, str) else ""
    nearest = guess[: guess.index(" (")] if "did you mean" in guess else ""
    return f"expected {expected(shape)}, found {found(value)}{nearest}{_hint(shape, value)}"


def _texts_beside(value: float) -> tuple[str, ...]:
    """Return what is wanted where a number, or a truth value, was written and a text is meant."""
    texts = ("a name", "a text")
    return (*texts, "a name or a number") if isinstance(value, bool) else texts


def _hint(shape: Shape, value: object) -> str:
    """Say how to mend a value whose type is wrong, where its look gives it away."""
    wanted = expected(shape)
    hint = ""
    if isinstance(value, int | float) and abs(value) > LARGEST and math.isfinite(value):
        hint = f": no number here is larger than {LARGEST:g}"
    elif wanted == "a list" and isinstance(value, str):
        hint = f": write [{value}]"
    elif isinstance(value, int | float) and wanted in _texts_beside(value):
        hint = ": put it in quotes if text is meant"
    elif wanted == "true or false" and isinstance(value, str) and value.casefold() in _AS_TRUTH:
        hint = f": YAML 1.2 reads {value} as text"
    elif wanted.startswith(("a number", "a whole")) and isinstance(value, list):
        hint = ": a range is written {uniform: [low, high]}"
    elif wanted.startswith(("a number", "a whole")) and isinstance(value, str):
        word = value.strip()
        looks = (say(word) for look, say in _LOOKS_LIKE.items() if re.fullmatch(look, word))
        hint = next(looks, "")
    return hint
