"""Writing scenario files: as people write them, and whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.formats.yaml_scalars import plain_scalar
from sim.scenario import Scenario

WIDTH = 100
_WORDS_OF_OLD_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ALSO_PLAIN = frozenset(" _.()$%/+-'×÷")


def scenario_text(scenario: Scenario | Mapping[str, Any]) -> str:
    r"""Return a scenario as the text of a file, which reads back as the same scenario.

    What fits on a line stands on one, in braces or brackets; the rest is indented.

    Examples
    --------
    >>> height = {"title": "Height", "options": {"low": "up to 1 m", "high": "more: 2 m"}}
    >>> print(scenario_text({"zopa": 1, "title": "no", "issues": {"height": height}}))
    zopa: 1
    title: "no"
    <BLANKLINE>
    issues:
      height:
        title: Height
        options: {low: up to 1 m, high: "more: 2 m"}
    <BLANKLINE>
    """
    if isinstance(scenario, Scenario):
        plain = scenario.model_dump(mode="python", by_alias=True, exclude_unset=True)
    else:
        plain = dict(scenario)
    lines: list[str] = []
    for key, value in plain.items():
        block = list(_entry(key, value, 0))
        if lines and len(block) > 1:
            lines.append("")
        lines += block
    return "\n".join(lines) + "\n"


def _entry(key: object, value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of ``key: value``."""
    start = " " * indent + f"{_scalar(key)}:"
    if value is None:
        return
    if not isinstance(value, Mapping | list | tuple):
        yield from _leaf(start, value, indent)
    elif (
        _depth(value) <= (2 if len(value) == 1 and indent else 1)
        and len(line := f"{start} {_flow(value)}") <= WIDTH
    ):
        yield line
    else:
        yield start
        yield from _block(value, indent + 2)


def _leaf(start: str, value: object, indent: int) -> Iterator[str]:
    """Yield a text or number, a long text over several lines."""
    line = f"{start} {_scalar(value)}"
    if not isinstance(value, str) or len(line) <= WIDTH or not _can_be_folded(value):
        yield line
        return
    yield f"{start} >-"
    margin = " " * (indent + 2)
    yield from textwrap.wrap(
        value, WIDTH, initial_indent=margin, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _can_be_folded(text: str) -> bool:
    return text.isprintable() and " ".join(text.split()) == text


def _block(value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], indent: int) -> Iterator[str]:
    """Yield a mapping or a list, an entry to a line or more."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(key, inner, indent)
        return
    dash = " " * indent + "- "
    for item in value:
        nested = isinstance(item, Mapping | list | tuple)
        if not nested or (_depth(item) <= 3 and len(dash + _flow(item)) <= WIDTH):
            yield dash + _flow(item)
            continue
        first, *rest = _block(item, indent + 2)
        yield dash + first[indent + 2 :]
        yield from rest


def _depth(value: object) -> int:
    """Count the collections inside one another."""
    if isinstance(value, Mapping):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list | tuple):
        return 1 + max(map(_depth, value), default=0) if any(map(_depth, value)) else 0
    return 0


def _flow(value: object) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        inner = (f"{_scalar(k)}: {_flow(v)}" for k, v in value.items() if v is not None)
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """Write a text or a number, in quotes only where it would mean something else without."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if not isinstance(value, str):
        return str(value)
    plain = (
        value[:1].isalpha()
        and value[-1] != " "
        and all(c.isalnum() or c in _ALSO_PLAIN for c in value)
        and value.casefold() not in _WORDS_OF_OLD_YAML
        and plain_scalar(value) == value
    )
    return value if plain else "".join(map(_seen, json.dumps(value, ensure_ascii=False)))


def _seen(character: str) -> str:
    """Write what cannot be seen as an escape."""
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"


def write_scenario(scenario: Scenario | Mapping[str, Any], path: Path, *, force: bool) -> None:
    """Write a scenario file that stands there whole or not at all.

    Parameters
    ----------
    scenario
        What to write.
    path
        Where; the folder is made if need be.
    force
        Whether to write over a file that stands there.

    Raises
    ------
    InputError
        If there is a file already, or nothing can be written there; nothing has changed then.
    """
    taken = f"{path}: there is a file already; --force writes over it"
    draft: Path | None = None
    try:
        if not force and (path.exists() or path.is_symlink()):
            raise InputError(taken)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.draft-", dir=path.parent)
        draft = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(scenario_text(scenario))
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        if force:
            draft.replace(path)
        else:
            _put(draft, path)
    except FileExistsError as error:
        in_the_way = path.parent.exists() and not path.parent.is_dir()
        raise InputError(f"{path.parent}: this is no folder" if in_the_way else taken) from error
    except OSError as error:
        raise InputError(f"{path}: cannot write here ({error.strerror})") from error
    finally:
        if draft is not None:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> None:
    """Give a complete file its name, unless something took the name meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError from None
        draft.rename(path)
