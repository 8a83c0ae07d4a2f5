"""The tornado in words: what each factor does alone, which flips the verdict, and where."""

from __future__ import annotations

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.analyses import (
    MOST_OUTCOMES,
    Analysis,
    Row,
    answered,
    heading,
    names_in_words,
    rows_of,
)
from sim.report.sections.numbers import number
from sim.report.sections.outcomes import Told, quoted
from sim.words import counted, listed

MOST_FLIPS = 5
"""Factors of which a sentence says where they flip the verdict; the table has the others."""

AT_THE_BASE = "as at the base"
"""What the analysis calls the setting of weights that have not moved."""

MOST_SPANS = 3
"""Factors that a sentence names with what each does."""


def alone_section(told: Told) -> list[str]:
    """Write what each factor does alone, and which flips a verdict."""
    found = answered(told, "tornado")
    if not found:
        return []
    base = "the median of every range and the first value of every list"
    if told.study.design.name != "one_at_a_time":
        base = "the first case: the first value of every list"
    lines = [
        "### One factor alone",
        "",
        f"Each factor moves while the others stay at the base case ({base}). What two factors do "
        "together does not show here, nor how likely a setting is.",
        "",
    ]
    moved = [one for one in found if _moves(told, one.outcome)]
    for one in moved[:MOST_OUTCOMES]:
        lines += _of_outcome(told, one)
    lines += _other_flips(told, moved[MOST_OUTCOMES:])
    still = [one.outcome for one in found if one not in moved]
    if still:
        lines += bullets([f"Moved by no factor alone: {names_in_words(told, still)}."])
    return lines


def _moves(told: Told, outcome: str) -> bool:
    """Tell whether some factor alone moves an outcome, or leaves it without a value."""
    rows = rows_of(told, "tornado", outcome=outcome)
    return any(row["low"] != row["high"] or row["undefined"] for row in rows)


def _of_outcome(told: Told, one: Analysis) -> list[str]:
    rows = rows_of(told, "tornado", outcome=one.outcome)
    yes_or_no = told.is_yes_or_no(one.outcome)
    said = [base_in_words(told, one.outcome)]
    if not told.is_yes_or_no(one.outcome):
        said.append(moved_alone_in_words(told, one.outcome))
    said += flips_in_words(told, one.outcome)
    cells = [_cells(told, row, yes_or_no) for row in rows]
    flips = rows and rows[0]["flips"] is not None
    heads = ["factor", "lowest", "at", "highest", "at", *(["flips it"] if flips else [])]
    return [
        *heading(told, one.outcome),
        *bullets([s for s in (*said, undefined_in_words(told, one.outcome)) if s]),
        *cut_table(heads, cells, table="tornado", texts=(0, 2, 4, 5)),
    ]


def _cells(told: Told, row: Row, yes_or_no: bool) -> list[str]:
    cells = [escaped(told.factor(row["factor"]))]
    for end in ("low", "high"):
        cells += [_value(told, row, end, yes_or_no=yes_or_no), escaped(_at(told, row, f"at_{end}"))]
    return cells if row["flips"] is None else [*cells, escaped(_flip_in_brief(told, row))]


def _flip_in_brief(told: Told, row: Row) -> str:
    """Say between which values a factor flips the verdict, for a cell."""
    path, points = row["factor"], _points(told, row)
    if not row["flips"] or not points:
        return "yes" if row["flips"] else "no"
    ends = ((told.setting(path, at["low"]), told.setting(path, at["high"])) for at in points)
    return "; ".join(f"between {low} and {high}" for low, high in ends)


def undefined_in_words(told: Told, outcome: str) -> str:
    """Say with which settings an outcome has no value; nothing where it always has one."""
    said = [
        f"{quoted(told.factor(row['factor']))} {told.setting(row['factor'], words)}"
        for row in rows_of(told, "tornado", outcome=outcome)
        if row["undefined"]
        for words in row["undefined"].split("; ")
    ]
    return f"No value with {listed(said)}." if said else ""


def _value(told: Told, row: Row, which: str, *, yes_or_no: bool) -> str:
    value = row[which]
    if value is None:
        return "–"
    if yes_or_no and value in (0, 1):
        return "yes" if value else "no"
    return number(value, told.kind(row["outcome"]))


def _at(told: Told, row: Row, end: str) -> str:
    """Say where a factor has its least or greatest outcome; nothing where it moves nothing."""
    moves = row[end] and row["low"] != row["high"]
    return told.setting(row["factor"], row[end]) if moves else "–"


def base_in_words(told: Told, outcome: str) -> str:
    """Say what the outcome is at the base case, and on which side of its threshold."""
    row = rows_of(told, "tornado", outcome=outcome)[0]
    if row["base"] is None:
        return "At the base case the outcome has no value."
    if told.is_yes_or_no(outcome):
        answer = "yes" if row["base"] >= 0.5 else "no"  # a mean where cases are repeated
        return f"At the base case the answer is {answer}."
    return f"At the base case it is {number(row['base'], told.kind(outcome))}."


def moved_alone_in_words(told: Told, outcome: str) -> str:
    """Say which factors move an outcome most when each is moved alone, and how many do nothing."""
    rows = [row for row in rows_of(told, "tornado", outcome=outcome) if row["low"] is not None]
    moving = [row for row in rows if row["low"] != row["high"]]
    if not moving:
        return "No factor moves it alone."
    first, *others = [_span(told, row) for row in moving[:MOST_SPANS]]
    said = f"Alone, {first[0]} moves it most, {first[1]}"
    if others:
        said += f"; then {listed(f'{name} ({ends})' for name, ends in others)}"
    still = len(rows) - len(moving)
    return f"{said}. {still:,} of {len(rows):,} factors do not move it." if still else f"{said}."


def _span(told: Told, row: Row) -> tuple[str, str]:
    """Return a factor, and from where to where it moves the outcome."""
    low, high = (_value(told, row, end, yes_or_no=False) for end in ("low", "high"))
    there = [_placed(_at(told, row, end)) for end in ("at_low", "at_high")]
    ends = f"from {low} ({there[0]}) to {high} ({there[1]})"
    return f"{quoted(told.factor(row['factor']))}", ends


def _placed(setting: str) -> str:
    """Say that something is so at a setting; of weights, with one."""
    if setting == AT_THE_BASE:
        return "at the base"
    return f"{'with' if setting.startswith('most on') else 'at'} {setting}"


def flips_in_words(told: Told, outcome: str) -> list[str]:
    """Say which factor flips the verdict by itself and where, and which cannot.

    Returns
    -------
    list of str
        Nothing for an outcome without a verdict.
    """
    rows = rows_of(told, "tornado", outcome=outcome)
    if any(row["flips"] is None for row in rows):
        return []
    turning = [row for row in rows if row["flips"]]
    said = [f"Alone, {flip_in_words(told, row)}." for row in turning[:MOST_FLIPS]]
    if len(turning) > MOST_FLIPS:
        more = told.several([row["factor"] for row in turning[MOST_FLIPS:]])
        said.append(f"Each alone, these flip it too: {more}.")
    still = [row["factor"] for row in rows if not row["flips"]]
    if still:
        none = "No factor flips the verdict alone" if not turning else "Not able to flip it alone"
        said.append(f"{none}, anywhere in the values looked at: {told.several(still)}.")
    return said


def flip_in_words(told: Told, row: Row) -> str:
    """Say where one factor flips the verdict."""
    path = row["factor"]
    name = f"{quoted(told.factor(path))} flips it"
    found = rows_of(told, "break_even", outcome=row["outcome"], factor=path)
    jumps = [at for at in found if at["value"] is None and at["holds"] in {"below", "above"}]
    if jumps:
        return f"{name}: {listed([_jump(told, path, at) for at in jumps])}"
    points = [at for at in found if at["value"] is not None]
    if points:
        places = [_place(told, path, at) for at in points]
        return f"{name}: yes {listed(places)}"
    yes, no = (_placed(_at(told, row, end)) for end in ("at_high", "at_low"))
    return f"{name}: yes {yes}, no {no}"


def _jump(told: Told, path: str, at: Row) -> str:
    """Say what the answer is on either side, where no value between the two means anything."""
    low, high = (told.setting(path, at[end]) for end in ("low", "high"))
    below, above = ("yes", "no") if at["holds"] == "below" else ("no", "yes")
    return f"{below} at {low}, {above} at {high} and above"


def _points(told: Told, row: Row) -> list[Row]:
    """Return the break-even values of a factor."""
    found = rows_of(told, "break_even", outcome=row["outcome"], factor=row["factor"])
    return [at for at in found if at["value"] is not None]


def _place(told: Told, path: str, at: Row) -> str:
    """Say on which side of which value the answer is yes."""
    value, low, high = (told.setting(path, at[end]) for end in ("value", "low", "high"))
    said = f"{at['holds']} a point between {low} and {high}"
    if told.is_yes_or_no(at["outcome"]):
        return said
    return f"{said} (about {value} on a straight line)"


def _other_flips(told: Told, rest: list[Analysis]) -> list[str]:
    """List which factor flips which further outcome."""
    rows, never = [], 0
    for one in rest:
        found = rows_of(told, "tornado", outcome=one.outcome)
        turning = [row for row in found if row["flips"]]
        never += bool(found) and not turning and found[0]["flips"] is not None
        rows += [
            [escaped(told.label(one.outcome)), escaped(flip_in_words(told, row))] for row in turning
        ]
    lines = []
    if rows:
        heads = ["outcome", "what flips it"]
        lines += ["**Other verdicts that one factor alone flips**", ""]
        lines += cut_table(heads, rows, table="tornado", texts=(0, 1))
    if never:
        verb = "is" if never == 1 else "are"
        said = f"{counted(never, 'further verdict')} {verb} flipped by no factor alone."
        lines += [said, ""]
    return lines
