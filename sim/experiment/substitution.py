"""A scenario with other values at some of its places, without reading its file again.

Only the parts on the way to a place are made anew, and only the innermost of them is checked
against its type; everything else is shared with the scenario as it was. What must hold *between*
parts is not looked at here: `sim.consistency` does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import InputError, did_you_mean
from sim.experiment.factors import Setting
from sim.scenario import Party, Scenario

_STEP = re.compile(r"\.|\[(?=\d+\])|(?<=\d)\](?=\.|\[|$)")
PLAIN = (Scenario, Party)
"""Types that check nothing beyond each field and remember nothing: they may be copied."""

Changes = dict[str, Any]
"""Step -> changes further in, or a `_Put` at the end of a path."""


class _Put:
    """A value at the end of its path."""

    def __init__(self, value: Setting, path: str) -> None:
        self.value, self.path = value, path


def with_values(scenario: Scenario, values: Mapping[str, Setting]) -> Scenario:
    """Return the scenario with values put in by path, as ``--set`` would; ``None`` takes out.

    Parameters
    ----------
    scenario
        A valid scenario; it is not changed.
    values
        Path, such as ``parties.ann.weights.cost``, -> value.

    Raises
    ------
    InputError
        If a path leads nowhere, or its value is of no type that may stand there.

    Notes
    -----
    About 0.1 ms for any number of values in a party, where reading the file takes a thousand
    times as long.

    Examples
    --------
    >>> from sim.formats import parse_scenario, starter_scenario
    >>> fence = parse_scenario(starter_scenario())
    >>> with_values(fence, {"parties.ann.threshold": 0.45}).parties["ann"].threshold
    0.45
    """
    changes: Changes = {}
    for path, value in values.items():
        words = steps_of(path)
        inner = changes
        for word in words[:-1]:
            held = inner.setdefault(word, {})
            if isinstance(held, _Put):
                raise InputError(f"{path}: {held.path} is set as a whole: keep one of the two")
            inner = held
        if not words or isinstance(inner.get(words[-1]), dict):
            raise InputError(f"'{path}' is no path, or others that are set lie inside it")
        inner[words[-1]] = _Put(value, path)
    changed = _changed(scenario, changes)
    assert isinstance(changed, Scenario)
    return changed


def steps_of(path: str) -> list[str]:
    """Return the steps of a path: names, and places in lists.

    >>> steps_of("parties.ann.red_lines[0].binds")
    ['parties', 'ann', 'red_lines', '0', 'binds']
    """
    return [word for word in _STEP.split(path.strip()) if word]


def _changed(node: Any, changes: Changes) -> Any:
    """Return a node with changes made further in."""
    if isinstance(node, BaseModel):
        return _changed_model(node, changes)
    if isinstance(node, Mapping):
        return _changed_mapping(node, changes)
    if isinstance(node, list | tuple):
        return _changed_list(node, changes)
    where = next(_puts(changes)).path
    raise InputError(f"{where}: {node} stands on the way, with nothing inside it")


def _changed_model(model: BaseModel, changes: Changes) -> BaseModel:
    names = {info.alias or name: name for name, info in type(model).model_fields.items()}
    unknown = [word for word in changes if word not in names]
    if unknown:
        where = next(_puts(changes[unknown[0]])).path
        guess = did_you_mean(unknown[0], names)
        raise InputError(f"{where}: nothing is called '{unknown[0]}'{guess}")
    new = {names[word]: _new(getattr(model, names[word]), held) for word, held in changes.items()}
    sound = all(_same_kind(getattr(model, name), value) for name, value in new.items())
    if isinstance(model, PLAIN) and sound:
        return model.model_copy(update=new)
    written = {
        alias: new.get(name, getattr(model, name))
        for alias, name in names.items()
        if (name in model.model_fields_set or name in new) and new.get(name, 0) is not None
    }
    try:
        return type(model).model_validate(written)
    except ValidationError as error:
        said = "; ".join(dict.fromkeys(found["msg"] for found in error.errors(include_url=False)))
        paths = ", ".join(put.path for put in _puts(changes))
        raise InputError(f"{paths}: {said}") from error


def _same_kind(before: Any, after: Any) -> bool:
    """Tell whether a value was already checked, further in, as what it stands for here."""
    if isinstance(before, BaseModel):
        return type(before) is type(after)
    if isinstance(before, dict) and isinstance(after, dict):
        changed = [k for k, inner in after.items() if k not in before or before[k] is not inner]
        return all(k in before and _same_kind(before[k], after[k]) for k in changed)
    return False


def _new(child: Any, held: Changes | _Put) -> Any:
    if isinstance(held, _Put):
        return held.value
    return _changed({} if child is None else child, held)


def _changed_mapping(mapping: Mapping[Any, Any], changes: Changes) -> dict[Any, Any]:
    """Change entries; a point of a grid such as 2.5 was taken apart at its point."""
    names = {str(key): key for key in mapping}
    found = dict(mapping)
    for word, held in changes.items():
        for name, inner in _joined(word, held, names):
            key = names.get(name, name)
            value = _new(found.get(key), inner)
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value
    return found


def _joined(
    word: str, held: Changes | _Put, names: Mapping[str, Any]
) -> Iterator[tuple[str, Changes | _Put]]:
    """Yield each entry that a word leads to, decimals put together again."""
    apart: Changes = {}
    if isinstance(held, dict) and word.lstrip("-").isdecimal():
        for following, inner in held.items():
            alone = isinstance(inner, _Put) and word not in names
            if following.isdecimal() and (f"{word}.{following}" in names or alone):
                yield f"{word}.{following}", inner
            else:
                apart[following] = inner
        if not apart:
            return
        held = apart
    yield word, held


def _changed_list(items: list[Any] | tuple[Any, ...], changes: Changes) -> list[Any]:
    found: list[Any] = list(items)
    for word, held in changes.items():
        place = int(word) if word.isdecimal() else len(found)
        if place >= len(found):
            where = next(_puts({word: held})).path
            raise InputError(f"{where}: nothing is called '{word}'; there are {len(found)} entries")
        found[place] = _new(found[place], held)
    return [item for item in found if item is not None]


def _puts(held: Changes | _Put) -> Iterator[_Put]:
    if isinstance(held, _Put):
        yield held
        return
    for inner in held.values():
        yield from _puts(inner)
