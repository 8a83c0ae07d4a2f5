"""The page about an experiment as a whole: what was varied, what came of it, on what it hangs."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiment.study import Study
from sim.report.cells import bullets, description, escaped
from sim.report.sections.agreements import amendments_section, others_section, solutions_section
from sim.report.sections.alone import alone_section
from sim.report.sections.case_by_case import cases_section
from sim.report.sections.discovery import discovery_section
from sim.report.sections.distributions import distributions_section
from sim.report.sections.outcomes import Told
from sim.report.sections.robustness import robustness_section
from sim.report.sections.screening import screening_section
from sim.report.sections.variance import variance_section
from sim.report.sections.varied import varied_section
from sim.report.sections.versions import versions_section
from sim.report.sections.zone import zone_section
from sim.report.sweep_findings import findings_of
from sim.words import listed

Pictures = Sequence[tuple[str, str, str]]
"""File relative to the page, the finding, and all that it shows in words."""

CAUTION = (
    "> Conditional on these inputs: the scenario as it is written, and the ranges below. Positions "
    "are recorded as each party stated them, with sources; weights, thresholds and no-deal values "
    "are assumptions. Nothing here is a forecast, and no side's view is taken as right."
)


def sweep_report(study: Study, pictures: Pictures, apart: Sequence[str] = ()) -> str:
    """Write the page of plain reading of an experiment.

    Parameters
    ----------
    study
        An experiment that was run, with its tables.
    pictures
        What was drawn of all cases together.
    apart
        Lines about single cases, where they are few.

    Returns
    -------
    str
        Markdown text.
    """
    told = Told(study)
    about = listed(scenario.title for scenario in study.prepared.scenarios.values())
    lines = [f"# {escaped(study.experiment.title or about)}", ""]
    if study.experiment.description:
        lines += [study.experiment.description.strip(), ""]
    lines += [CAUTION, "", "## In short", "", *bullets(findings_of(study))]
    lines += varied_section(told)
    if not told.n_cases:
        return "\n".join([*lines, *_method(study)])
    lines += _headed("What came of it", [
        *zone_section(told),
        *cases_section(told),
        *versions_section(told),
        *solutions_section(told),
        *amendments_section(told),
        *others_section(told),
    ])  # fmt: skip
    lines += _headed("What it hangs on", [
        *variance_section(told),
        *screening_section(told),
        *distributions_section(told),
        *alone_section(told),
    ])  # fmt: skip
    lines += [*discovery_section(told), *robustness_section(told)]
    lines += _headed("Pictures", [line for picture in pictures for line in _picture(*picture)])
    return "\n".join([*lines, *apart, *_method(study)])


def _headed(title: str, lines: list[str]) -> list[str]:
    """Put a heading over what there is; nothing over nothing."""
    return [f"## {title}", "", *lines] if lines else []


def _picture(file: str, title: str, alt: str) -> list[str]:
    return [f"### {escaped(title)}", "", f"![{description(alt)}]({file})", ""]


def _method(study: Study) -> list[str]:
    name = study.name
    return [
        "## How this was made",
        "",
        "The numbers on this page are read from the tables of these results; nothing was computed "
        "for the page. The same file and the same seed give the same tables, byte for byte.",
        "",
        "- `tables/` holds every table as Parquet, smaller ones as CSV as well; "
        "`tables/README.md` says what every column means.",
        "- `inputs/` holds the experiment and its scenarios as they were read; `run.json` holds "
        "versions, seed, time, and all inputs with everything resolved.",
        f"- `zopa run inputs/{name}.yaml --into elsewhere`, from this folder, makes it all again.",
        f"- `zopa verify {name}` computes a sample of cases again and compares.",
        f"- `zopa results query {name} SQL` asks the tables anything.",
        f"- `zopa draw {name}` draws the pictures again, or others, without computing.",
        "",
    ]
