"""What `run.json` says of a run, checked before anything else in its folder is believed."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sim.errors import InputError
from sim.experiment.shape import Column, Kind, TableShape
from sim.formats.shelf import RUN

FORMAT = 1
"""Of `run.json`, as it is read here."""


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or any(c in path for c in "\\:\0"):
        raise ValueError(f"'{path}' is not the path of a file in the folder")
    return path


def _one_folder(name: str) -> str:
    if not name or name in (".", "..") or any(c in name for c in "/\\\0"):
        raise ValueError(f"'{name}' is not the name of a folder")
    return name


Inside = Annotated[str, AfterValidator(_inside)]
Plain = Annotated[str, Field(pattern=r"^\w+$")]


class _Open(BaseModel):
    """Some keys are needed here; others may stand beside them."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


class RecordedColumn(_Open):
    """A column of a table, as the data dictionary has it."""

    kind: Kind
    about: str


class RecordedTable(_Open):
    """A table: what a row is, how many there are, and the checksum of its Parquet file."""

    about: str
    rows: Annotated[int, Field(ge=0)]
    columns: dict[str, RecordedColumn]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @property
    def shape(self) -> TableShape:
        """What the table holds."""
        columns = {name: Column(c.kind, c.about) for name, c in self.columns.items()}
        return TableShape(self.about, columns)


class RecordedInputs(_Open):
    """Where the files stand from which the run can be repeated."""

    experiment: Inside


class RecordedFigure(_Open):
    """A picture in the folder: its file, what it is called, and what it was told."""

    file: Inside
    picture: str
    options: dict[str, Any]


class RunRecord(_Open):
    """What is needed of `run.json` to read results and to check them.

    Attributes
    ----------
    name, title
        What the results are called, and the experiment's own title, if it has one.
    fingerprint
        Of the inputs and of the versions that decide on numbers.
    cases, failed, limit
        How many there are, how many of them gave no results, and whether they are only the first
        ones of a larger design.
    tables
        By name.
    figures
        What was drawn.
    versions, revision
        What computed them.
    started, finished, seconds
        When, in universal time, and for how long.
    """

    format: Literal[1]
    name: Annotated[str, AfterValidator(_one_folder)]
    title: str | None = None
    inputs: RecordedInputs
    fingerprint: str
    cases: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    limit: Annotated[int, Field(ge=1)] | None = None
    tables: dict[Plain, RecordedTable]
    figures: list[RecordedFigure] = []
    versions: dict[str, str]
    revision: str | None = None
    started: str | None = None
    finished: str
    seconds: Annotated[float, Field(ge=0)]


def read_record(folder: Path) -> tuple[RunRecord, dict[str, Any]]:
    """Read what `run.json` says.

    Returns
    -------
    RunRecord, dict
        What is needed of it, and all of it.

    Raises
    ------
    InputError
        If it is not there, cut short, or something in it is not what a run writes.
    """
    path = folder / RUN
    cure = "run the experiment again, or take the folder from where it is whole"
    if not path.is_file():
        raise InputError(f"{folder}: these are no results of zopa (no {RUN} in it)")
    try:
        whole = json.loads(path.read_bytes())
        _check_the_format(path, whole)
        return RunRecord.model_validate(whole), whole
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValidationError as error:
        said = "\n".join(
            f"{path}: {'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}"
            for one in error.errors()
        )
        raise InputError(f"{said}\n{cure}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: cut short or changed by hand ({error}); {cure}") from error


def _check_the_format(path: Path, whole: Any) -> None:
    """Refuse what another version of zopa wrote."""
    if isinstance(whole, dict) and whole.get("format") != FORMAT:
        which = "an older" if whole.get("format") is None else "another"
        raise InputError(
            f"{path}: written by {which} version of zopa; read it with that one, or run the "
            "experiment again"
        )
