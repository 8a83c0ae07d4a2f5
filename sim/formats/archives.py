"""A results folder as one file that can be sent, kept, and read again.

The same folder gives the same archive: files by name, no times, no owners.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PureWindowsPath

from sim.errors import InputError
from sim.formats.room import free_bytes

SUFFIX = ".zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can give a file; all have it."""

PACKED = (".parquet", ".png")
"""Files that are compressed already."""

LEVEL = 6

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def is_archive(path: Path) -> bool:
    """Tell whether a path is that of an archive."""
    return path.suffix == SUFFIX and path.is_file()


def write_archive(folder: Path, name: str, path: Path) -> None:
    """Write all files of a folder into an archive; links and hidden files stay out.

    Parameters
    ----------
    folder
        What to write.
    name
        The one folder that the archive unpacks to.
    path
        Where to.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(_files(folder), key=lambda file: file.relative_to(folder).as_posix()):
            entry = zipfile.ZipInfo(f"{name}/{file.relative_to(folder).as_posix()}", EPOCH)
            entry.create_system = 3  # as on Unix, wherever it is written
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            packed = file.suffix in PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001  no public name before 3.13
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def unpacked(path: Path) -> Path:
    """Unpack an archive into a new temporary folder, which is the caller's to remove.

    Raises
    ------
    InputError
        If it is damaged, would write outside the folder, or there is no room for it.
    """
    folder = Path(tempfile.mkdtemp(prefix="zopa-"))
    try:
        with zipfile.ZipFile(path) as archive:
            _check(path, archive, folder)
            archive.extractall(folder)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, _DAMAGED):
            raise InputError(f"{path}: a damaged archive ({error}); get it again") from error
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise InputError(f"{path}: cannot be unpacked ({reason})") from error
        raise
    return folder


def _check(path: Path, archive: zipfile.ZipFile, goal: Path) -> None:
    """Look at what an archive would write, before it does."""
    for entry in archive.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        name = PureWindowsPath(entry.filename)  # a path that is harmless there is so everywhere
        outside = bool(name.anchor) or ".." in name.parts or not name.parts
        strange = "\\" in entry.filename or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        if outside or strange:
            raise InputError(
                f"{path}: it holds '{entry.filename}', which `zopa results export` never writes; "
                "nothing was unpacked"
            )
    size = sum(entry.file_size for entry in archive.infolist())
    if size > free_bytes(goal):
        raise InputError(f"{path}: unpacked it takes {size / 1e6:,.0f} MB, and there is no room")
