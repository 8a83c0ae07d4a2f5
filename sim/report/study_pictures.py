"""Pictures of results that are there already: which there can be, drawn without computing again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from sim.errors import InputError, did_you_mean
from sim.experiment.design import Figure
from sim.experiment.study import Study
from sim.formats.export import whole_file
from sim.formats.provenance import as_json
from sim.formats.results import Results
from sim.formats.shelf import RUN
from sim.plots import ASKED_BY, PICTURES, caption
from sim.plots.saving import SUFFIXES
from sim.report.file_names import drawn_again
from sim.report.pictures import Album, Drawn

FIGURES = "figures"
"""Where the pictures of results stand in their folder."""


@dataclass(frozen=True)
class Possible:
    """A picture that results may have something to show for.

    Attributes
    ----------
    name, options
        Key of `PICTURES`, and what it can be told.
    finding
        What it would show; empty where there is nothing.
    missing
        Why there is nothing, and what to ask for; empty where there is something.
    """

    name: str
    options: tuple[str, ...]
    finding: str
    missing: str


def study_pictures() -> dict[str, tuple[str, ...]]:
    """Return the pictures of a study by name, and what each can be told."""
    return {
        name: tuple(
            option
            for option, parameter in signature(picture.caption).parameters.items()
            if parameter.kind is Parameter.KEYWORD_ONLY
        )
        for name, picture in PICTURES.items()
        if issubclass(picture.of, Study)
    }


def possible_pictures(study: Study, options: Mapping[str, Any] | None = None) -> list[Possible]:
    """Say of every picture of a study whether there is something to show, and what.

    Parameters
    ----------
    study
        What was run.
    options
        What they shall be told; pictures that can be told less are left out.
    """
    told = dict(options or {})
    found = []
    for name, known in study_pictures().items():
        if not told.keys() <= set(known):
            continue
        try:
            found.append(Possible(name, known, caption(name, study, **told).title, ""))
        except InputError as error:
            found.append(Possible(name, known, "", str(error)))
    return found


def figures_for(names: Sequence[str], options: Mapping[str, Any], study: Study) -> list[Figure]:
    """Return what to draw.

    Parameters
    ----------
    names
        Pictures; none stands for all that there is something to show for.
    options
        What all of them are told.
    study
        What was run.

    Raises
    ------
    InputError
        With all that is wrong: a picture that there is not, or not of a study, something that a
        picture cannot be told, an analysis that was not asked for.
    """
    mistakes = list(_mistakes(names, options, study))
    if mistakes:
        raise InputError("\n".join(dict.fromkeys(mistakes)))
    if names:
        return [Figure(name=name, options=dict(options)) for name in dict.fromkeys(names)]
    possible = possible_pictures(study, options)
    found = [Figure(name=one.name, options=dict(options)) for one in possible if not one.missing]
    if not found:
        raise InputError("\n".join(dict.fromkeys(f"{one.name}: {one.missing}" for one in possible)))
    return found


def _mistakes(names: Sequence[str], options: Mapping[str, Any], study: Study) -> Iterator[str]:
    known = study_pictures()
    unknown = list(_unknown(options, study))
    yield from unknown
    for name in dict.fromkeys(names):
        if name not in PICTURES:
            yield f"no picture is called '{name}'{did_you_mean(name, known)}"
        elif name not in known:
            yield _not_of_a_study(name)
        else:
            wrong = [option for option in options if option not in known[name]]
            takes = ", ".join(f"--{option}" for option in known[name])
            yield from (f"{name} cannot be told --{option}; it takes {takes}" for option in wrong)
            if not wrong and not unknown:
                try:
                    caption(name, study, **options)
                except InputError as error:
                    yield f"{name}: {error}"
    if not names and not any(options.keys() <= set(takes) for takes in known.values()):
        yield f"no picture takes all of {', '.join(f'--{option}' for option in options)}"


def _unknown(options: Mapping[str, Any], study: Study) -> Iterator[str]:
    """Yield what options name and results do not have, once for all pictures."""
    outcome = str(options.get("outcome", "")).partition(" ")[0]  # what is asked of it follows
    if outcome and outcome not in study.outcome_names:
        guess = did_you_mean(outcome, study.outcome_names)
        yield f"--outcome: no outcome is called '{outcome}'{guess}"
    for side in ("x", "y"):
        path = options.get(side)
        if path is not None and path not in study.settings:
            yield f"--{side}: '{path}' does not vary here{did_you_mean(path, study.settings)}"


def _not_of_a_study(name: str) -> str:
    command = ASKED_BY.get(PICTURES[name].of, "equilibria")
    return (
        f"{name} shows a single case, not all together: it is among the figures where the "
        f"experiment asks for it; `zopa {command} … --figures FOLDER` draws it anew"
    )


def draw_study(
    figures: Sequence[Figure],
    study: Study,
    folder: Path,
    recorded: Sequence[Mapping[str, Any]] = (),
) -> list[Drawn]:
    """Draw pictures into a folder, file by file, each of which is there whole or not at all.

    Parameters
    ----------
    figures
        Pictures of a study.
    study
        What was run.
    folder
        It is made if need be; other files in it are left as they are.
    recorded
        The pictures that ``run.json`` lists, whose names they keep.

    Returns
    -------
    list of Drawn
        Their files are named as they would be in a results folder.

    Raises
    ------
    InputError
        If one of them has nothing to show, or nothing can be written there.
    """
    with tempfile.TemporaryDirectory(prefix="zopa-draw-") as draft:
        album = Album(Path(draft) / FIGURES)
        album.folder.mkdir()
        names = drawn_again(figures, recorded, study.settings)
        drawn = album.of_a_study(figures, study, names)
        if album.missing:
            raise InputError("\n".join(album.missing))
        for one in drawn:
            for suffix in SUFFIXES:
                made = album.folder / Path(one.file).with_suffix(suffix).name
                with whole_file(folder / made.name, force=True) as file:
                    file.write_bytes(made.read_bytes())
    return drawn


def record_figures(results: Results, drawn: Sequence[Drawn]) -> None:
    """Add pictures to those that ``run.json`` lists; one of the same file is replaced.

    Parameters
    ----------
    results
        Their folder holds the pictures, in `FIGURES`.
    drawn
        What was drawn there.

    Raises
    ------
    InputError
        If ``run.json`` cannot be written.
    """
    listed = {one["file"]: one for one in results.provenance.get("figures", [])}
    listed |= {one.file: vars(one) for one in drawn}
    whole = {**results.provenance, "figures": list(listed.values())}
    with whole_file(results.folder / RUN, force=True) as file:
        file.write_text(as_json(whole), encoding="utf-8")
