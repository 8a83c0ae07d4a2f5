"""What is wrong with what an experiment wants to see: pictures, and outcomes that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from typing import Any, Protocol

from sim.comparison import Comparison
from sim.errors import InputError, LocatedMistake, did_you_mean
from sim.experiment.design import Discovery, Figure
from sim.experiment.prepared import Prepared
from sim.experiment.run import DRAWN_APART, stands_apart
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.shape import Column
from sim.experiment.study import Study
from sim.formats.experiment_checks import File
from sim.settlement import Settlement

ASKED_BY: Mapping[type[Any], str] = {Comparison: "compare", Settlement: "solve"}
"""What a picture of a single case shows -> what computes it."""


class Picture(Protocol):
    """What has to be known of a picture before it is drawn."""

    @property
    def caption(self) -> Callable[..., Any]:
        """The words for a subject; its keyword arguments are the options."""

    @property
    def of(self) -> type[Any]:
        """What it shows."""

    @property
    def plans_too(self) -> bool:
        """Whether it is also given a comparison, which no file can name."""


Pictures = Mapping[str, Picture]


def drawable(pictures: Pictures) -> list[str]:
    """Return the names of those pictures that an experiment can ask for."""
    return [
        name
        for name, picture in pictures.items()
        if issubclass(picture.of, Study) or picture.of in ASKED_BY
    ]


def figure_mistakes(file: File, pictures: Pictures) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the figures in themselves: names, options, what they show."""
    asked = file.experiment.asked
    for k, figure in enumerate(file.experiment.figures):
        if figure.name not in pictures:
            guess = did_you_mean(figure.name, pictures)
            yield file.at("figures", k, text=f"no picture is called '{figure.name}'{guess}")
            continue
        picture = pictures[figure.name]
        yield from _options(file, k, figure, picture)
        if issubclass(picture.of, Study):
            continue
        needed = ASKED_BY.get(picture.of)
        if needed is None:
            said = f"{figure.name} shows what no case of an experiment keeps: leave it out"
            yield file.at("figures", k, text=said)
        elif needed not in asked:
            said = f"{figure.name} shows what `{needed}` computes: ask for that under `compute:`"
            yield file.at("figures", k, text=said)
        elif not stands_apart(file.experiment):
            said = (
                f"{figure.name} shows a single case, without levers, and levers vary here: leave "
                "it out, or take a picture of all cases"
            )
            yield file.at("figures", k, text=said)


def _options(file: File, k: int, figure: Figure, picture: Picture) -> Iterator[LocatedMistake]:
    known = [
        name
        for name, parameter in signature(picture.caption).parameters.items()
        if parameter.kind is Parameter.KEYWORD_ONLY
        and not (picture.plans_too and name == "comparison")
    ]
    for name in figure.options:
        if name not in known:
            guess = did_you_mean(name, known)
            said = f"'{name}' is nothing that {figure.name} can be told{guess}"
            yield file.at("figures", k, figure.name, name, at_name=True, text=said)


def too_many_pictures(file: File, pictures: Pictures, n_cases: int) -> Iterator[LocatedMistake]:
    """Yield pictures of single cases where there are too many cases for that."""
    for k, figure in enumerate(file.experiment.figures):
        picture = pictures.get(figure.name)
        if n_cases > DRAWN_APART and picture is not None and picture.of in ASKED_BY:
            said = (
                f"{figure.name} is drawn for every case, and {n_cases:,} are too many to look at "
                f"(at most {DRAWN_APART}): take a picture of all cases such as tornado or "
                "zone_heatmap, or put fewer cases into an experiment of their own"
            )
            yield file.at("figures", k, text=said)


def unknown_outcomes(file: File, prepared: Prepared) -> Iterator[LocatedMistake]:
    """Yield outcomes, parties and settings that are asked about and that no case has."""
    try:
        columns = dict(ScenarioJob(prepared).tables["outcomes"].columns)
    except InputError as error:
        yield file.at("compute", text=str(error))
        return
    del columns["case"]
    experiment = file.experiment
    for k, name in enumerate((experiment.sensitivity and experiment.sensitivity.outcomes) or []):
        yield from _of_outcome(file, columns, name, "sensitivity", "outcomes", k)
    for k, question in enumerate(experiment.discovery or []):
        wrong = list(_of_outcome(file, columns, question.outcome, "discovery", k, "outcome"))
        yield from wrong or _of_question(file, columns[question.outcome], question, k)
        if question in (experiment.discovery or [])[:k]:
            yield file.at("discovery", k, text="asks the same as one before it: keep one")
    parties = {party for scenario in prepared.scenarios.values() for party in scenario.parties}
    settings = dict.fromkeys(prepared.design.columns)
    for k, figure in enumerate(experiment.figures):
        for option, value in figure.options.items():
            place = ("figures", k, figure.name, option)
            if option == "outcome":
                yield from _of_outcome(file, columns, value, *place)
            elif option == "party" and value not in {*parties, "all"}:
                guess = did_you_mean(str(value), sorted(parties))
                yield file.at(*place, text=f"no party is called '{value}'{guess}")
            elif option in ("x", "y") and value not in settings:
                guess = did_you_mean(str(value), settings)
                yield file.at(*place, text=f"nothing that varies is called '{value}'{guess}")


def _of_question(
    file: File, column: Column, question: Discovery, k: int
) -> Iterator[LocatedMistake]:
    """Yield where a question does not fit its outcome: a number needs a level, yes and no none.

    Of yes (1) and no (0), ``below: 0`` asks for no; other levels are met by both or by neither.
    """
    level = "above" if question.above is not None else "below"
    asked = getattr(question, level)
    tells = asked is None or (0 < asked <= 1 if level == "above" else 0 <= asked < 1)
    if column.kind == "truth" and not tells:
        said = (
            f"{question.outcome} is yes or no: leave `{level}` out to ask when it is yes, or write "
            "`below: 0` to ask when it is no"
        )
        yield file.at("discovery", k, level, text=said)
    elif column.kind != "truth" and asked is None:
        said = f"{question.outcome} is a number: say from where, such as `above: 0`, or `below`"
        yield file.at("discovery", k, text=said)


def _of_outcome(
    file: File, columns: Mapping[str, Column], name: object, *place: str | int
) -> Iterator[LocatedMistake]:
    if not isinstance(name, str) or name not in columns:
        guess = did_you_mean(str(name), columns)
        said = f"no outcome is called '{name}'{guess}"
        yield file.at(*place, text=said)
    elif columns[name].kind == "text":
        yield file.at(*place, text=f"'{name}' is a word: an analysis takes a number, or yes and no")
