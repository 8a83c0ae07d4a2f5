"""From the bytes of a file to text, with what is wrong as text: size, encoding, hidden characters.

Reading goes on past a few wrong bytes, each read as a stand-in, so that the mistakes behind them
are found in the same pass.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from sim.errors import InputError, LocatedMistake

LARGEST_FILE = 8_000_000
"""Bytes; the longest scenario known has about 100,000."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HIDDEN = re.compile(
    "[^\t\n\r -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BEFORE_GIVING_UP = 20


def is_file(path: Path) -> bool:
    """Tell whether a file is there; under a name that no file can have there is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_bytes(path: Path, called: str) -> bytes:
    """Read a file, or say why it cannot be read.

    Raises
    ------
    InputError
        If it is a folder, may not be read, or is larger than `LARGEST_FILE`; what is too large
        is never read.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            data = b"" if status.st_size > LARGEST_FILE else file.read(LARGEST_FILE + 1)
    except IsADirectoryError:
        raise InputError(f"{called} is a folder: name a file in it") from None
    except OSError as error:
        raise InputError(f"{called} cannot be read: {error.strerror or error}") from None
    size = status.st_size if stat.S_ISREG(status.st_mode) else len(data)
    if max(size, len(data)) > LARGEST_FILE:
        much = f" ({size / 1e6:.0f} MB)" if size > 1.1 * LARGEST_FILE else ""
        raise InputError(
            f"{called} is larger than {LARGEST_FILE / 1e6:.0f} MB{much}, "
            "which no scenario is: is it the right file?"
        )
    return data


def decode(data: bytes, origin: str) -> tuple[str | None, list[LocatedMistake]]:
    """Decode UTF-8 and find what no text should hold.

    Returns
    -------
    str or None
        The text with stand-ins for what could not be read, without a byte order mark; none if
        there are so many that the file is no text.
    list of LocatedMistake
        Wrong bytes and hidden characters.
    """
    if data[:2] in UTF_16:
        return None, [_at(origin, 1, 1, "the file is in UTF-16: save it as UTF-8")]
    data = data.removeprefix(b"\xef\xbb\xbf")
    text, mistakes = _decode_utf8(data, origin)
    text, hidden = _reveal(text, origin)
    mistakes += hidden
    if len(mistakes) > _BEFORE_GIVING_UP:
        return None, [_at(origin, 1, 1, "this is no text in UTF-8"), *mistakes[:3]]
    return text, mistakes


def _decode_utf8(data: bytes, origin: str) -> tuple[str, list[LocatedMistake]]:
    parts: list[str] = []
    mistakes: list[LocatedMistake] = []
    start = 0
    while len(mistakes) <= _BEFORE_GIVING_UP:
        try:
            parts.append(data[start:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            bad = start + error.start
            parts += [data[start:bad].decode("utf-8"), "\N{REPLACEMENT CHARACTER}"]
            line, column = _place("".join(parts)[:-1])
            said = f"byte 0x{data[bad]:02X} (at offset {bad}) is not UTF-8: save the file as UTF-8"
            mistakes.append(_at(origin, line, column, said))
            start += max(error.end, error.start + 1)
    return "".join(parts), mistakes


def _reveal(text: str, origin: str) -> tuple[str, list[LocatedMistake]]:
    """Find characters that cannot be seen, and put a space for each."""
    mistakes = []
    for found in _HIDDEN.finditer(text):
        line, column = _place(text[: found.start()])
        said = f"a character that cannot be seen, U+{ord(found[0]):04X}: take it out"
        mistakes.append(_at(origin, line, column, said))
        if len(mistakes) > _BEFORE_GIVING_UP:
            break
    return _HIDDEN.sub(" ", text), mistakes


def _place(before: str) -> tuple[int, int]:
    """Return line and column of what follows a stretch of text, counted from 1."""
    rows = re.split("\r\n|\r|\n", before)
    return len(rows), len(rows[-1]) + 1


def _at(origin: str, line: int, column: int, text: str) -> LocatedMistake:
    return LocatedMistake((), text, False, origin, line, column)
