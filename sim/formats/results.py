"""What a run leaves behind: tables, a report, and what is needed to make them again."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.experiment import Experiment, Finished
from sim.experiment.run import tables
from sim.formats.tables import write_tables

LIBRARIES = ("zopa", "numpy", "scipy", "numba", "moocore", "pydantic", "duckdb", "matplotlib")


def write_results(
    experiment: Experiment, finished: Sequence[Finished], report: str, folder: Path
) -> None:
    """Write tables, report and provenance of an experiment.

    Parameters
    ----------
    experiment, finished
        What was asked and what came out.
    report
        The report as Markdown.
    folder
        An existing folder, as a rule one that `sim.formats.folders.replacing` gives.
    """
    (folder / "tables").mkdir()
    write_tables(tables(experiment, finished), folder / "tables")
    (folder / "report.md").write_text(report, encoding="utf-8")
    provenance = json.dumps(_provenance(experiment, finished), ensure_ascii=False, indent=1)
    (folder / "run.json").write_text(provenance + "\n", encoding="utf-8")


def _provenance(experiment: Experiment, finished: Sequence[Finished]) -> dict[str, Any]:
    """Everything that the results depend on; the scenario once, and what each case changes."""
    cases = []
    inputs: dict[str, Any] = {}
    for done in finished:
        scenario = done.scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
        key = "as written" if not done.case.overrides else done.case.label
        inputs[key] = scenario
        cases.append({"case": done.case.number, "settings": done.case.settings, "inputs": key})
    return {
        "experiment": experiment.model_dump(mode="json"),
        "seed": experiment.seed,
        "draws": experiment.draws,
        "cases": cases,
        "versions": {"python": platform.python_version(), **_versions()},
        "revision": _revision(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "inputs": inputs,
    }


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _revision() -> str | None:
    """Return the source revision where zopa runs from a checkout under version control."""
    home = Path(__file__).resolve().parents[2]
    if not (home / ".git").exists():
        return None
    try:
        said = subprocess.run(  # noqa: S603  nothing of the user's is in it
            ["git", "-C", str(home), "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None
