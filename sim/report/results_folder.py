"""From a run whose cases are done to its folder: tables, analyses, pictures, report, provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sim.errors import InputError
from sim.experiment import Finished
from sim.experiment.analysis.tables import TABLES
from sim.experiment.cases import Design
from sim.experiment.design import Figure
from sim.experiment.job import Columns
from sim.experiment.prepared import Prepared
from sim.experiment.run import analyses, run_case, shown_apart, shown_together
from sim.experiment.shape import TableShape
from sim.experiment.study import Study
from sim.formats.provenance import InputFiles, Made, write_provenance
from sim.formats.result_tables import TablesOnDisk, Written
from sim.formats.runs import Run
from sim.plots import PICTURES
from sim.report.markdown import case_findings, case_sections, experiment_report
from sim.report.pictures import Album, Drawn
from sim.words import counted

Told = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What was asked for, as it was read before anything ran.

    Attributes
    ----------
    prepared, files, fingerprint
        The experiment, the files that it stands in, and what tells it from others.
    figures
        Whether its pictures are drawn.
    started
        When the run began.
    """

    prepared: Prepared
    files: InputFiles
    fingerprint: str
    figures: bool
    started: datetime

    @property
    def steps(self) -> int:
        """How many steps `publish` takes."""
        return 2 + self.prepared.experiment.report + len(self._looked_at)

    @property
    def _looked_at(self) -> range:
        """The numbers of the cases that are shown, or drawn, by themselves."""
        prepared = self.prepared
        wanted = shown_apart(prepared) or bool(self.of_cases)
        return range(prepared.design.n_cases if wanted else 0)

    @property
    def of_cases(self) -> list[Figure]:
        """The pictures of single cases."""
        chosen = self.prepared.experiment.figures if self.figures else []
        return [one for one in chosen if not issubclass(PICTURES[one.name].of, Study)]

    @property
    def of_all(self) -> list[Figure]:
        """The pictures of all cases together."""
        chosen = self.prepared.experiment.figures if self.figures else []
        return [one for one in chosen if issubclass(PICTURES[one.name].of, Study)]

    def numbers(self, failed: set[int]) -> list[int]:
        """Return the cases to look at by themselves, those that failed left out."""
        return [number for number in self._looked_at if number not in failed]


@dataclass(frozen=True)
class Published:
    """What stands in the folder, to be told at the terminal.

    Attributes
    ----------
    tables
        Name -> what was written.
    together
        What all cases say together, a sentence or two each.
    finished
        The cases that are shown by themselves.
    figures
        What was drawn.
    missing
        Pictures that could not be drawn, and why.
    seconds
        How long the run took.
    """

    tables: Mapping[str, Written]
    together: Sequence[str]
    finished: Sequence[Finished]
    figures: Sequence[Drawn]
    missing: Sequence[str]
    seconds: float

    @property
    def apart(self) -> list[str]:
        """What was found in each case that is shown by itself."""
        return [
            " ".join([f"{done.heading}:", *filter(None, case_findings(done))])
            for done in self.finished
        ]


def publish(run: Run, asked: Asked, workers: int, told: Told) -> Published:
    """Fill the draft of a results folder.

    Parameters
    ----------
    run
        All of its cases are done.
    asked
        What was asked for.
    workers
        How many blocks were computed at the same time, for the record.
    told
        Is told what comes next, and an empty text at the end.

    Raises
    ------
    InputError
        If an analysis cannot be made as asked.
    """
    prepared, draft = asked.prepared, run.draft
    told("writing tables")
    tables = run.write_tables(
        draft / "tables", lambda k: prepared.case(k).settings, partial(_analyses, prepared)
    )
    on_disk = TablesOnDisk(draft / "tables", tables)
    study = Study(asked.files.name, prepared, on_disk, len(run.failures))
    cases = _Cases(asked, draft / "figures", {failure.case for failure in run.failures})
    cases.look(told)
    told("drawing")
    together = cases.album.of_a_study(asked.of_all, study)
    if prepared.experiment.report:
        told("writing the report")
        report = _report(asked, study, cases, together)
        (draft / "report.md").write_text(report, encoding="utf-8")
    figures = [*together, *(one for drawn in cases.drawn.values() for one in drawn)]
    made = Made(
        asked.started, datetime.now(UTC), workers, len(run.failures), tables,
        [vars(one) for one in figures],
    )  # fmt: skip
    write_provenance(prepared, asked.files, asked.fingerprint, made, draft)
    told("")
    missing = _not_drawn(study.design, cases.album.missing)
    return Published(tables, _findings(study), cases.shown, figures, missing, made.seconds)


def _not_drawn(design: Design, missing: Sequence[str]) -> list[str]:
    """Say which pictures could not be drawn, and why."""
    if missing and design.cut_short:
        drawn = counted(len(missing), "picture")
        return [f"{drawn} of analyses, which are made of a whole design"]
    return list(dict.fromkeys(missing))


def _analyses(prepared: Prepared, folder: Path) -> dict[str, tuple[TableShape, Columns]]:
    """Make the tables of the analyses from the table of outcomes."""
    outcomes = TablesOnDisk(folder, ["outcomes"])["outcomes"]
    return {name: (TABLES[name], rows) for name, rows in analyses(prepared, outcomes).items()}


class _Cases:
    """The cases that are shown by themselves, and the pictures of single cases."""

    def __init__(self, asked: Asked, folder: Path, failed: set[int]) -> None:
        self._asked, self._failed = asked, failed
        self.album = Album(folder)
        self.shown: list[Finished] = []
        self.drawn: dict[int, list[Drawn]] = {}
        if asked.of_cases or asked.of_all:
            folder.mkdir()

    def look(self, told: Told) -> None:
        """Compute cases whole, draw them, and keep those that are shown."""
        keep = shown_apart(self._asked.prepared)
        for number in self._asked.numbers(self._failed):
            told(self._asked.prepared.case(number).label)
            try:
                done = run_case(self._asked.prepared, number)
            except InputError as error:  # its rows are in the tables all the same
                self.album.missing.append(f"case {number} by itself: {error}")
                continue
            self.drawn[number] = self.album.of_a_case(self._asked.of_cases, done)
            if keep:
                self.shown.append(done)


def _report(asked: Asked, study: Study, cases: _Cases, together: Sequence[Drawn]) -> str:
    """Write the report: what all cases say together, each by itself, or both."""
    prepared = asked.prepared
    if cases.shown and not shown_together(prepared):
        text = experiment_report(prepared.experiment, cases.shown, cases.drawn, together)
    else:
        from sim.report.sweep import sweep_report  # noqa: PLC0415  only where it is needed

        pictures = [*together, *_of_those_not_shown(cases)]
        apart = case_sections(cases.shown, cases.drawn)
        text = sweep_report(study, [(one.file, one.title, one.alt) for one in pictures], apart)
    return _with_warnings(text, study)


def _of_those_not_shown(cases: _Cases) -> list[Drawn]:
    shown = {done.case.number for done in cases.shown}
    return [one for number, drawn in cases.drawn.items() if number not in shown for one in drawn]


def _with_warnings(report: str, study: Study) -> str:
    """Say right under the title what is not whole."""
    heading, _, rest = report.partition("\n")
    warnings = [f"> {said}\n" for said in not_whole(study.design, study.failed)]
    return "\n".join([heading, "", *warnings, rest.lstrip("\n")]) if warnings else report


def not_whole(design: Design, failed: int) -> list[str]:
    """Say which cases are not in the results, if any."""
    said = []
    if design.cut_short:
        said.append(
            f"A part of the design: its first {design.n_cases:,} of {design.whole:,} cases. What "
            "stands on the whole of it, such as analyses of sensitivity, is left out."
        )
    if failed:
        missing = "is" if failed == 1 else "are"
        said.append(
            f"{failed:,} of {design.n_cases:,} cases failed and {missing} missing; the table "
            "`failures` says why."
        )
    return said


def _findings(study: Study) -> list[str]:
    """Say what all cases say together, if that is shown."""
    if not shown_together(study.prepared):
        return []
    from sim.report.sweep_findings import findings_of  # noqa: PLC0415  only where it is needed

    return findings_of(study)
