"""What an experiment found, in a few plain sentences: for the terminal, and to open its page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sim.experiment.analysis.defined import is_constant
from sim.experiment.study import Study
from sim.report.sections.agreements import unspoken
from sim.report.sections.alone import flip_in_words, moved_alone_in_words
from sim.report.sections.analyses import analyses, answered, rows_of
from sim.report.sections.discovery import box_in_words, falls_short, fresh_in_words
from sim.report.sections.distributions import moved_in_words
from sim.report.sections.distributions import shown as exceeds_chance
from sim.report.sections.numbers import in_cases, spread, without_value
from sim.report.sections.outcomes import Told, quoted
from sim.report.sections.robustness import choice_in_words
from sim.report.sections.screening import screened_in_words
from sim.report.sections.screening import shown as exceeds_nothing
from sim.report.sections.variance import first_in_words
from sim.report.sections.versions import accepted_in_cases, leader_in_words
from sim.report.sections.zone import by_category_in_words, chance_over_cases, existence_in_cases
from sim.words import capital, solution_name

MOST = 8
FEWEST = 3
MOST_ASKED = 2
MOST_FLIPS = 2

READ = {"sobol": first_in_words, "morris": screened_in_words, "pawn": moved_in_words}
"""How the analyses of sensitivity are read, the one that says most first."""

SHOWN = {"morris": exceeds_nothing, "pawn": exceeds_chance}
"""What tells whether an input is shown to matter, where that can be told."""


def findings_of(study: Study) -> list[str]:
    """Say what an experiment found, the headline first.

    Parameters
    ----------
    study
        An experiment that was run.

    Returns
    -------
    list of str
        From one to eight plain sentences, each about these cases only.
    """
    told = Told(study)
    if not told.n_cases:
        which = f"All {study.failed:,} cases" if study.failed > 1 else "The only case"
        return [f"{which} failed; the table “failures” says why."]
    said = [
        existence_in_cases(told),
        chance_over_cases(told),
        by_category_in_words(told),
        accepted_in_cases(told),
        leader_in_words(told, "all"),
        _sensitivity(told),
        _flips(told),
        _box(told),
        _robust(told),
    ]
    named = study.experiment.sensitivity.outcomes if study.experiment.sensitivity else None
    asked = [
        name
        for name in unspoken(told)
        if name in (named or ()) and not is_constant(told.outcome(name).known)
    ]
    found = [*(other_in_words(told, name) for name in asked[:MOST_ASKED]), *filter(None, said)]
    if len(found) < FEWEST:
        found += [*_solutions(told), *(other_in_words(told, name) for name in unspoken(told))]
        found = list(dict.fromkeys(found))[:FEWEST]
    return found[:MOST]


def _sensitivity(told: Told) -> str:
    """Say what the first outcome hangs on, by the first method that has an answer."""
    for method, read in READ.items():
        found = [one.outcome for one in answered(told, method)]
        if method in SHOWN:
            found.sort(key=partial(_nothing_shown, told, method))
        if found:
            return f"For {quoted(told.label(found[0]))}: {read(told, found[0])}"
    for one in answered(told, "tornado"):
        if not told.is_yes_or_no(one.outcome):
            said = moved_alone_in_words(told, one.outcome)
            return f"For {quoted(told.label(one.outcome))}: {said[0].lower()}{said[1:]}"
    if any(analyses(told, method) for method in READ):
        return "No analysis of sensitivity has an answer; the page says why."
    return ""


def _nothing_shown(told: Told, method: str, outcome: str) -> bool:
    """Tell whether a method shows of no input that it matters to an outcome."""
    return not any(map(SHOWN[method], rows_of(told, method, outcome=outcome)))


def _flips(told: Told) -> str:
    """Say which factors flip a verdict alone: the first that some factor flips, else the first."""
    verdicts = {
        one.outcome: rows
        for one in answered(told, "tornado")
        if (rows := rows_of(told, "tornado", outcome=one.outcome)) and rows[0]["flips"] is not None
    }
    if not verdicts:
        return ""
    turned = [name for name, rows in verdicts.items() if any(row["flips"] for row in rows)]
    name = (turned or list(verdicts))[0]
    what = (
        f"Whether {told.claim(name)}"
        if told.is_yes_or_no(name)
        else (f"Whether {quoted(told.label(name))} is at least 0")
    )
    turning = [flip_in_words(told, row) for row in verdicts[name] if row["flips"]]
    if not turning:
        return f"{what}: no factor flips this alone, anywhere in the values looked at."
    more = len(turning) - MOST_FLIPS
    also = f"; so {'does' if more == 1 else 'do'} {more} more" if more > 0 else ""
    return f"{what}: alone, {'; '.join(turning[:MOST_FLIPS])}{also}."


def _box(told: Told) -> str:
    """Read the first box, with a warning if it is not to be relied on as it stands."""
    for one in answered(told, "prim"):
        box = rows_of(told, "boxes", outcome=one.outcome, box=0)[0]
        said = box_in_words(told, one, box)
        return f"{said} {fresh_in_words(box)}" if falls_short(box) else said
    return ""


def _robust(told: Told) -> str:
    """Say which version the rules choose for all jointly."""
    if not any(one.outcome == "all" for one in answered(told, "robustness")):
        return ""
    return f"By the chance that all accept: {choice_in_words(told, 'all')}"


def _solutions(told: Told) -> Iterator[str]:
    for solution in told.solutions:
        name = f"{solution}.agreement"
        if told.has(name):
            known = told.outcome(name).known
            reached = in_cases(int(known.sum()), len(known))
            yield f"The {solution_name(solution)} solution is a package {reached}."


def other_in_words(told: Told, name: str) -> str:
    """Say how an outcome is spread that no other part of the page speaks of."""
    known = told.outcome(name).known
    label = capital(told.label(name))
    if not len(known):
        return f"{label}: no value in any case."
    if told.is_yes_or_no(name):
        return f"{label}: yes {in_cases(int(known.sum()), len(known))}."
    gaps = without_value(len(told.outcome(name)) - len(known), len(told.outcome(name)))
    return f"{label}: {spread(known, told.kind(name))}{gaps}."
