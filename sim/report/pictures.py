"""Drawing the pictures of an experiment into a folder, each with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.comparison import Comparison
from sim.errors import InputError
from sim.experiment import Finished
from sim.experiment.design import Figure
from sim.experiment.study import Study
from sim.plots import PICTURES, caption, draw, save
from sim.report.file_names import free, told_apart

LONGEST_NAME = 60
"""Characters of a file name that say which case it is."""


@dataclass(frozen=True)
class Drawn:
    """A picture that was drawn.

    Attributes
    ----------
    file
        Its SVG as the report finds it.
    title, alt
        Its finding, and all that it shows in words.
    picture, options
        Key of `PICTURES`, and what it was told.
    """

    file: str
    title: str
    alt: str
    picture: str
    options: dict[str, Any]


@dataclass
class Album:
    """Pictures on their way into a folder.

    Attributes
    ----------
    folder
        Where the files go; it is called ``figures`` beside the report.
    missing
        What could not be drawn, and why, a sentence each.
    """

    folder: Path
    missing: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def of_a_case(self, figures: Sequence[Figure], done: Finished) -> list[Drawn]:
        """Draw the pictures that a case has something to show for.

        Parameters
        ----------
        figures
            The picture of an empty zone is drawn only where it is empty, that of the utility
            space only where some package is left.
        done
            The case.
        """
        subjects = [s for s in (done.comparison, done.settlement) if s is not None]
        return [
            drawn
            for figure, name in zip(figures, told_apart(figures), strict=True)
            if any(isinstance(s, PICTURES[figure.name].of) for s in subjects)
            and _telling(figure.name, done)
            for drawn in self._draw(figure, f"{done.case.slug[:LONGEST_NAME]}-{name}", *subjects)
        ]

    def of_a_study(
        self, figures: Sequence[Figure], study: Study, names: Sequence[str] = ()
    ) -> list[Drawn]:
        """Draw the pictures of all cases together.

        Parameters
        ----------
        figures
            Those of single cases are left out.
        study
            All cases.
        names
            What the files are called; as little as tells them apart if left out.
        """
        called = names or told_apart(figures, study.settings)
        return [
            drawn
            for figure, name in zip(figures, called, strict=True)
            if issubclass(PICTURES[figure.name].of, Study)
            for drawn in self._draw(figure, name, study)
        ]

    def _draw(self, figure: Figure, name: str, *subjects: Any) -> list[Drawn]:
        """Draw one picture; what it cannot show is noted, and costs nothing else."""
        try:
            words = caption(figure.name, *subjects, **figure.options)
            picture = draw(figure.name, *subjects, **figure.options)
        except InputError as error:
            self.missing.append(f"{figure.name}: {error}")
            return []
        svg, _ = save(picture, self.folder / self._free(name), alt=words.alt)
        file = f"{self.folder.name}/{svg.name}"
        return [Drawn(file, words.title, words.alt, figure.name, figure.options)]

    def _free(self, name: str) -> str:
        """Return a file name that no other picture has."""
        stem = free(name, self._taken)
        self._taken.add(stem)
        return stem


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
