"""Where results come from: what was asked, of what, by which versions, and how to do it again."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.experiment.design import SizedDesign
from sim.experiment.prepared import Prepared
from sim.formats.as_read import AS_READ, scenario_file, table_file
from sim.formats.result_tables import Written
from sim.formats.runs import fingerprint_of
from sim.formats.scenarios import find_scenario
from sim.formats.shelf import RUN
from sim.formats.text import read_bytes

LIBRARIES = ("zopa", "numpy", "scipy", "numba", "moocore", "pydantic", "duckdb", "matplotlib")

CONDITIONAL = "Conditional on these inputs; not a forecast."

BESIDE_THE_POINT = {"title", "description", "figures", "report", "sensitivity", "discovery"}
"""What an experiment file says without any effect on its cases; analyses come after them."""


@dataclass(frozen=True)
class InputFiles:
    """The files that an experiment was read from, as they were then.

    Attributes
    ----------
    name
        What the experiment is called.
    experiment
        Its file.
    scenarios
        Name in the experiment -> name of the file here, and its bytes.
    table
        The same for the table of cases, if there is one.
    """

    name: str
    experiment: bytes
    scenarios: Mapping[str, tuple[str, bytes]]
    table: tuple[str, bytes] | None

    def write(self, folder: Path) -> None:
        """Put the files into a folder, which is made, with the list of what each is there for."""
        folder.mkdir()
        (folder / f"{self.name}.yaml").write_bytes(self.experiment)
        kept = [*self.scenarios.values(), *([self.table] if self.table else [])]
        for file, data in kept:
            (folder / file).write_bytes(data)
        said: dict[str, Any] = {"scenarios": {r: file for r, (file, _) in self.scenarios.items()}}
        if self.table is not None:
            said["table"] = self.table[0]
        (folder / AS_READ).write_text(as_json(said), encoding="utf-8")


def input_files(prepared: Prepared, path: Path) -> InputFiles:
    """Read all files of an experiment once more, to be kept with its results.

    Parameters
    ----------
    prepared, path
        The experiment, and its file.

    Raises
    ------
    InputError
        If one of them has gone meanwhile, or no folder can be called like the experiment.
    """
    name, design = path.stem, prepared.experiment.design
    if name.startswith(".") or _plain(name) != name:
        raise InputError(
            f"{path}: its results would be called '{name}', and there are systems where no folder "
            "can be, or it is hidden; rename the file: no dot in front, no colon, no backslash"
        )
    taken = {f"{name}.yaml".casefold(), AS_READ.casefold()}
    scenarios = {}
    for ref in prepared.scenarios:
        file, _ = find_scenario(scenario_file(ref, path))
        scenarios[ref] = (_free(file.name, "scenario", taken), read_bytes(file, str(file)))
    table = None
    if isinstance(design, SizedDesign) and design.table:
        file = table_file(design.table, path)
        table = (_free(file.name, "cases", taken), _read(file))
    return InputFiles(name, read_bytes(path, str(path)), scenarios, table)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read it ({error.strerror or error})") from error


def _plain(name: str) -> str:
    r"""Write a name so that a file can have it on any system.

    >>> _plain("a:b\\c\n")
    'a_b_c_'
    """
    return "".join("_" if c in "/\\:" or not c.isprintable() else c for c in name)


def _free(name: str, what: str, taken: set[str]) -> str:
    """Return a file name that no other input has, on any file system; it is taken then."""
    name = _plain(name).lstrip(".") or what  # hidden files stay out of archives
    choices = [name, f"{what}-{name}", *(f"{what}-{k}-{name}" for k in range(2, len(taken) + 3))]
    free = next(one for one in choices if one.casefold() not in taken)
    taken.add(free.casefold())
    return free


def fingerprint(prepared: Prepared, files: InputFiles) -> str:
    """Tell experiments apart by all that their cases depend on.

    That is what is computed, what varies, the scenarios with everything resolved, the table of
    cases, how many of the cases are looked at, and the versions that decide on numbers; not where
    files stand, nor titles, pictures, or what is asked of the outcomes afterwards.
    """
    experiment = prepared.experiment
    asked = experiment.model_dump(mode="json", exclude=BESIDE_THE_POINT)
    asked["compute"] = experiment.asked.model_dump(mode="json")
    scenarios = [
        [name if len(prepared.scenarios) > 1 else "", _dump(scenario)]
        for name, scenario in prepared.scenarios.items()
    ]
    del asked["scenario"]
    if files.table is not None:
        asked["design"] = {"table": hashlib.sha256(files.table[1]).hexdigest()}
    cases = prepared.design.n_cases
    return fingerprint_of({"experiment": asked, "scenarios": scenarios, "cases": cases})


def _dump(scenario: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True)
    return dumped


@dataclass(frozen=True)
class Made:
    """How a run went.

    Attributes
    ----------
    started, finished
        When, in UTC.
    workers
        How many blocks were computed at the same time at most.
    failed
        How many cases gave no results.
    tables
        Name -> what was written.
    figures
        What was drawn: ``file``, ``title``, ``alt``, ``picture``, ``options``.
    """

    started: datetime
    finished: datetime
    workers: int
    failed: int
    tables: Mapping[str, Written]
    figures: Sequence[Mapping[str, Any]] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return round((self.finished - self.started).total_seconds(), 3)


def write_provenance(
    prepared: Prepared, files: InputFiles, fingerprint: str, made: Made, folder: Path
) -> None:
    """Write ``run.json`` and ``inputs/``: all that is needed to make the results again.

    Parameters
    ----------
    prepared, files, fingerprint
        What was asked, the files that it stands in, and what tells it from other experiments.
    made
        How it went.
    folder
        The results folder, as a rule one that `sim.formats.folders.replacing` gives.
    """
    files.write(folder / "inputs")
    provenance = _provenance(prepared, files, made) | {"fingerprint": fingerprint}
    (folder / RUN).write_text(as_json(provenance), encoding="utf-8")


def _provenance(prepared: Prepared, files: InputFiles, made: Made) -> dict[str, Any]:
    experiment, design = prepared.experiment, prepared.design
    table = files.table
    return {
        "format": 1,
        "name": files.name,
        "title": experiment.title,
        "conditional": CONDITIONAL,
        "fingerprint": "",
        "seed": experiment.seed,
        "draws": experiment.draws,
        "zone_draws": experiment.zone_draws,
        "cases": design.n_cases,
        "limit": design.n_cases if design.cut_short else None,
        "failed": made.failed,
        "started": _when(made.started),
        "finished": _when(made.finished),
        "seconds": made.seconds,
        "workers": made.workers,
        "versions": {"python": platform.python_version(), **_versions()},
        "revision": revision(),
        "inputs": {
            "experiment": f"inputs/{files.name}.yaml",
            "scenarios": {ref: f"inputs/{file}" for ref, (file, _) in files.scenarios.items()},
            "table": None if table is None else f"inputs/{table[0]}",
        },
        "experiment": experiment.model_dump(mode="json"),
        "tables": {name: _table(written) for name, written in made.tables.items()},
        "figures": list(made.figures),
        "resolved": {name: _dump(scenario) for name, scenario in prepared.scenarios.items()},
    }


def _table(written: Written) -> dict[str, Any]:
    columns = written.shape.columns.items()
    return {
        "about": written.shape.about,
        "rows": written.rows,
        "columns": {name: {"kind": column.kind, "about": column.about} for name, column in columns},
        "sha256": written.sha256,
    }


def as_json(value: Any) -> str:
    """Write what stands in ``run.json``, and in other files of the kind."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def revision() -> str | None:
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
