"""Drawing the pictures of a case into a folder, each with its description."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.comparison import Comparison
from sim.experiment import Finished
from sim.plots import PICTURES, caption, draw, save


def draw_case(names: Sequence[str], done: Finished, folder: Path) -> list[tuple[str, str, str]]:
    """Draw the pictures that a case has something to show for.

    Parameters
    ----------
    names
        Keys of `PICTURES`. The picture of an empty zone is drawn only where it is empty, that
        of the utility space only where some package is left.
    done
        The case.
    folder
        Where the files go; it is called ``figures`` beside the report.

    Returns
    -------
    list of (str, str, str)
        File of each picture as the report finds it, its finding, and all that it shows in words.
    """
    subjects = [s for s in (done.comparison, done.settlement) if s is not None]
    drawn = []
    for name in names:
        if not any(isinstance(s, PICTURES[name].of) for s in subjects) or not _telling(name, done):
            continue
        stem = f"{done.case.slug}-{name}"
        words = caption(name, *subjects)
        save(draw(name, *subjects), folder / stem, alt=words.alt)
        drawn.append((f"{folder.name}/{stem}.svg", words.title, words.alt))
    return drawn


def _telling(name: str, done: Finished) -> bool:
    """Tell whether a picture has anything to show in this case."""
    if name == "empty_zone":
        return done.settlement is not None and done.settlement.zone.empty is True
    if name == "utility_space":
        return (
            done.settlement is not None
            and not done.settlement.clash
            and len(done.settlement.parties) > 1
        )
    if name == "plan_changes":
        return isinstance(done.comparison, Comparison) and len(done.comparison.plans) > 1
    return True
