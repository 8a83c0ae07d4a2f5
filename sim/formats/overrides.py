"""Changes to a scenario on its way in: ``parties.us.consent=required``, as ``--set`` takes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import get_args, get_origin

from sim.errors import LocatedMistake, Path, did_you_mean, dotted
from sim.formats.shape import Shape, shape_of
from sim.formats.yaml_tree import Mark, Node, read_tree
from sim.issues import is_numeral
from sim.scenario import Scenario

Overrides = Mapping[str, object] | Sequence[str]
TINY = 1e-9
"""What a number is above, that must be above an end, at least."""
_STEP = re.compile(r"\.|\[(?=\d+\])|(?<=\d)\](?=\.|\[|$)")


def apply_overrides(root: Node, overrides: Overrides) -> list[LocatedMistake]:
    """Put values into a tree before it is checked.

    Parameters
    ----------
    root
        The tree, which is changed.
    overrides
        ``PATH=VALUE`` texts, the value in YAML, or values by path; ``null`` takes a field out.

    Returns
    -------
    list of LocatedMistake
        Paths that lead nowhere and values that cannot be read.
    """
    mistakes: list[LocatedMistake] = []
    if isinstance(overrides, Mapping):
        for path, value in overrides.items():
            change = _Change(f"--set {path}={value}", path)
            change.put(root, change.tree(value, change.path))
            mistakes += change.mistakes
        return mistakes
    for written in overrides:
        path, equals, text = written.partition("=")
        change = _Change(f"--set {written}", path)
        change.put(root, change.read(text if equals and path.strip() else None))
        mistakes += change.mistakes
    return mistakes


def _steps(path: str) -> Path:
    """Take a path apart; list places may be written ``.0`` or ``[0]``.

    >>> _steps("parties.ann.red_lines[0].binds")
    ('parties', 'ann', 'red_lines', 0, 'binds')
    """
    words = [word for word in _STEP.split(path) if word]
    return tuple(int(word) if word.isdecimal() and len(word) < 10 else word for word in words)


def _with_numerals(root: Node, path: Path) -> Path:
    """Take numbers that name something for names: points of a grid, with decimals or without.

    ``values.tax.2.5`` was taken apart at every point; where a mapping holds ``2.5``, or names of
    the writer's own may follow it, the two parts belong together.
    """
    node: Node | None = root
    shape, steps, rest = shape_of(Scenario), [], list(path)
    while rest:
        step = rest.pop(0)
        named = node is not None and isinstance(node.value, dict)
        if (named or (node is None and _is_table(shape))) and is_numeral(str(step)):
            there = {} if node is None else node.value
            assert isinstance(there, dict)
            decimal = f"{step}.{rest[0]}" if rest and isinstance(rest[0], int) else ""
            joined = decimal in there or (len(rest) == 1 and str(step) not in there)
            step = decimal if decimal and joined else str(step)
            rest = rest[1:] if step == decimal else rest
        steps.append(step)
        node, shape = (node.child(step) if node else None), _enter(shape, step)
    return tuple(steps)


class _Change:
    """One value on its way to its place."""

    def __init__(self, origin: str, path: str) -> None:
        self.path = _steps(path.strip())
        self.mark = Mark(origin, 0, 0)
        self.mistakes: list[LocatedMistake] = []

    def _note(self, text: str, path: Path = ()) -> None:
        self.mistakes.append(LocatedMistake(path, text, False, *self.mark))

    def read(self, text: str | None) -> Node | None:
        """Read a value written in YAML; none, with a note of why, if that cannot be."""
        if text is None:
            self._note("write PATH=VALUE, for example parties.us.consent=required")
            return None
        reading = read_tree(text, self.mark.origin, start=self.path, numbered=False)
        self.mistakes += reading.mistakes
        if reading.root is None and not reading.mistakes:
            self._note("gives no value: write null to take the field out", self.path)
        return reading.root if reading.complete else None

    def tree(self, value: object, path: Path) -> Node | None:
        """Return a Python value as a tree; none, with a note of why, if that cannot be."""
        if isinstance(value, Mapping):
            pairs = ((str(name), self.tree(v, (*path, str(name)))) for name, v in value.items())
            return self._node({name: node for name, node in pairs if node is not None})
        if isinstance(value, list | tuple):
            nodes = (self.tree(v, (*path, k)) for k, v in enumerate(value))
            return self._node([node for node in nodes if node is not None])
        if value is None or isinstance(value, bool | str):
            return self._node(value)
        if isinstance(value, Integral):
            return self._node(int(value))
        if isinstance(value, Real):
            return self._node(float(value))
        self._note(f"a {type(value).__name__} is nothing that a scenario can hold", path)
        return None

    def _node(self, value: str | float | bool | list[Node] | dict[str, Node] | None) -> Node:
        node = Node(value, self.mark, "", self.mark)
        names: Iterable[tuple[str | int, Node]] = ()
        if isinstance(value, dict):
            names = value.items()
        elif isinstance(value, list):
            names = enumerate(value)
        for name, child in names:
            child.name = name
        return node

    def put(self, root: Node, value: Node | None) -> None:
        """Walk to the place and put the value there, if there is one."""
        if value is None:
            return
        node, shape = root, shape_of(Scenario)
        self.path = _with_numerals(root, self.path)
        for depth, step in enumerate(self.path[:-1]):
            inner = node.child(step)
            if inner is None:
                inner = self._opened(node, shape, step)
            if inner is None:
                self._lead_nowhere(node, shape, depth)
                return
            node, shape = inner, _enter(shape, step)
        last = self.path[-1] if self.path else ""
        known = node.child(last) is not None or last in _fields(shape)
        adds = value.value is not None and isinstance(last, str) and _is_table(shape)
        if not isinstance(node.value, dict | list) or not (known or adds):
            self._lead_nowhere(node, shape, len(self.path) - 1)
        else:
            self._place(node, last, value)

    def _place(self, node: Node, step: str | int, value: Node) -> None:
        value.name, value.named_at = step, self.mark
        if isinstance(node.value, dict):
            node.lost.discard(step)
            if value.value is None:
                node.value.pop(str(step), None)
            else:
                node.value[str(step)] = value
        elif isinstance(node.value, list) and isinstance(step, int):
            node.value[step : step + 1] = [] if value.value is None else [value]

    def _opened(self, node: Node, shape: Shape, step: str | int) -> Node | None:
        """Return a new mapping for a field that the file leaves out, if it takes one."""
        takes = _enter(shape, step)
        opens = _is_table(takes) or takes.model or takes.is_choice
        if step not in _fields(shape) or not opens or not isinstance(node.value, dict):
            return None
        return node.value.setdefault(str(step), Node({}, self.mark, step, self.mark))

    def _lead_nowhere(self, node: Node, shape: Shape, depth: int) -> None:
        step, above = self.path[depth] if self.path else "", dotted(self.path[:depth])
        if not isinstance(node.value, dict | list):
            self._note(f"{above} is {node.value}, with nothing inside it: set {above} itself")
            return
        there = list(node.value) if isinstance(node.value, dict) else range(len(node.value))
        names = [*map(str, there), *(f for f in _fields(shape) if f not in there)]
        where = f" in {above}" if above else ""
        self._note(f"nothing is called '{step}'{where}{did_you_mean(str(step), names)}")


def domain_of(path: str) -> tuple[float, float]:
    """Return the ends of what may stand at a place, if a number may.

    >>> domain_of("parties.ann.red_lines[0].binds"), domain_of("parties.ann.weights.cost")[0]
    ((0.0, 1.0), 0.0)
    """
    shape = shape_of(Scenario)
    for step in _steps(path):
        shape = _enter(shape, step)
    while shape.is_choice:
        shape = shape_of(get_args(shape.bare)[0])
    low, above, high = (shape.rule(name) for name in ("ge", "gt", "le"))
    if above is not None:
        low = above + TINY
    return (-math.inf if low is None else float(low)), (math.inf if high is None else float(high))


def _fields(shape: Shape) -> list[str]:
    """Return the fields that may stand at a place, whichever of several types it takes."""
    return list(dict.fromkeys(f for model in shape.models() for f in Shape(model).fields))


def _is_table(shape: Shape) -> bool:
    """Whether names of the writer's own stand here, such as issues or options."""
    if shape.is_choice:
        return any(_is_table(shape_of(member)) for member in get_args(shape.bare))
    return get_origin(shape.bare) is dict


def _enter(shape: Shape, step: str | int) -> Shape:
    """Return what is expected one step further, whichever of several types this is."""
    if not shape.is_choice:
        return shape.step(step)
    inner = (_enter(shape_of(member), step) for member in get_args(shape.bare))
    return next((found for found in inner if found.bare is not object), Shape(object))
