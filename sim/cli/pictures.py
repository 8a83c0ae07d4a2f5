"""Drawing what a command has just answered, for a slide or a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.comparison import Comparison
    from sim.diagnosis import Diagnosis
    from sim.equilibria.prediction import Prediction
    from sim.levers import LeverStudy
    from sim.settlement import Settlement


def draw_into(
    folder: Path, *, comparison: Comparison | None = None, settlement: Settlement | None = None
) -> None:
    """Draw every picture that the answer has something to show for, as SVG and PNG.

    Parameters
    ----------
    folder
        Made if need be; pictures of the same name in it are written anew.
    comparison, settlement
        What was answered.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    from sim.cli.screen import progress  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.experiment import Case, Finished  # noqa: PLC0415
    from sim.experiment.design import Figure  # noqa: PLC0415
    from sim.plots import PICTURES  # noqa: PLC0415
    from sim.report.pictures import Album  # noqa: PLC0415

    answered = comparison or settlement
    assert answered is not None  # a command draws what it has answered
    case = Case(0, {"red_lines": answered.red_lines})
    done = Finished(case, answered.scenario, comparison, settlement)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        album = Album(folder)
        drawn = album.of_a_case([Figure(name=name) for name in PICTURES], done)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{error.filename or folder}: cannot draw here ({reason})") from error
    for one in drawn:
        progress.print(f"{folder / Path(one.file).name}: {one.title}", soft_wrap=True, markup=False)
    for said in album.missing:
        progress.print(f"not drawn: {said}", soft_wrap=True, markup=False)


def draw_zone_into(folder: Path, diagnosis: Diagnosis, study: LeverStudy | None = None) -> None:
    """Draw what a diagnosis of the zone, and a study of levers, have to show, as SVG and PNG.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    from sim.cli.screen import progress  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.plots import PICTURES, caption, draw, save  # noqa: PLC0415
    from sim.plots.lever_frontier import missing  # noqa: PLC0415

    lacks = "" if study is None else missing(study)
    subjects = [s for s in (diagnosis, None if lacks else study) if s is not None]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in PICTURES.items():
            if any(isinstance(subject, picture.of) for subject in subjects):
                stem = folder / f"{diagnosis.red_lines}-{name}"
                words = caption(name, *subjects)
                _, png = save(draw(name, *subjects), stem, alt=words.alt)
                progress.print(f"{png.with_suffix('.svg')}: {words.title}", soft_wrap=True,
                               markup=False)  # fmt: skip
        if lacks:
            progress.print(f"lever_frontier is not drawn: {lacks}", soft_wrap=True)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{error.filename or folder}: cannot draw here ({reason})") from error


def draw_predictions_into(folder: Path, found: Mapping[str, Prediction]) -> None:
    """Draw what models of bargaining have to show, as SVG and PNG.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    from sim.cli.screen import progress  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.plots import PICTURES, caption, draw, save  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for model, prediction in found.items():
            for name, picture in PICTURES.items():
                if isinstance(prediction.picture, picture.of):
                    words = caption(name, prediction.picture)
                    stem = folder / f"{model}-{name}"
                    _, png = save(draw(name, prediction.picture), stem, alt=words.alt)
                    progress.print(f"{png.with_suffix('.svg')}: {words.title}", soft_wrap=True,
                                   markup=False)  # fmt: skip
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{error.filename or folder}: cannot draw here ({reason})") from error
