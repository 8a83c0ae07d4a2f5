"""Names, types and fixed ranges: a tree checked against the types of a scenario, all at once.

What is wrong is told, then mended in the tree as its writer most likely meant it: a misspelt field
gets its name, what cannot be read is left out. What remains is checked again, so that one mistake
hides no other and breeds none. Two rounds do for almost every file; each round takes something
out, so that there is an end to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import LocatedMistake, Mistake, Path, nearest
from sim.formats import wording
from sim.formats.shape import KEY, Shape, shape_of
from sim.formats.yaml_tree import Node
from sim.issues import Frozen, Identifier, Issue
from sim.preferences.uncertain import Point
from sim.preferences.uncertain import whole as whole_number
from sim.scenario import Party, Scenario

M = TypeVar("M", bound=Frozen)

REQUIRED = ("issues", "parties")
"""Sections that every scenario has; what refers to one that is missing is not reported."""

MOST = 500
"""Mistakes that are told; a file with more of them is the wrong file."""

STAND_IN = "…"
"""Stands for a title or a reason that is missing, while the rest is checked."""


class PartialScenario(Scenario):
    """What could be read of a scenario with mistakes in it."""

    zopa: Annotated[Any, BeforeValidator(whole_number)] = 1
    title: str = ""
    issues: dict[Identifier, Issue] = Field(default_factory=dict)
    parties: dict[Identifier, Party] = Field(default_factory=dict)


@dataclass(frozen=True)
class Checked(Generic[M]):
    """A tree checked against the types.

    Attributes
    ----------
    value
        What could be read; none where nothing could. Complete if there are no mistakes.
    mistakes
        What is wrong with names, types and fixed ranges.
    unreadable
        Places that were left out, so that nobody reports what refers to them.
    """

    value: M | None
    mistakes: list[LocatedMistake]
    unreadable: frozenset[Path]


def check_structure(root: Node, *, complete: bool = True) -> Checked[Scenario]:
    """Check a tree against the types of a scenario: see `check_types`."""
    checked = check_types(root, Scenario, PartialScenario, complete=complete)
    absent = {(name,) for name in REQUIRED if root.child(name) is None}
    return replace(checked, unreadable=checked.unreadable | absent)


def check_types(root: Node, whole: type[M], part: type[M], *, complete: bool = True) -> Checked[M]:
    """Check a tree against a type; the tree is mended on the way.

    Parameters
    ----------
    root
        The tree.
    whole, part
        What the file should hold, and what is left of it where something cannot be read.
    complete
        Whether it holds the whole file; if not, nothing is said to be missing.
    """
    told: dict[LocatedMistake, None] = {}  # as an ordered set
    renamed: set[int] = set()
    model = part if root.lost else whole
    while True:
        try:
            value = model.model_validate(root.plain())
        except ValidationError as error:
            errors = error.errors(include_url=False)
            faults = [_follow(root, found, whole) for found in errors[: MOST + 1]]
            this = _Round(faults, renamed, complete=complete)
            told |= dict.fromkeys(this.mistakes())
            if errors[MOST:] or (not this.mend() and model is part):
                return Checked(None, list(told), frozenset())
            model = part
        else:
            return Checked(value, list(told), frozenset(_unreadable(root)))


def located(nodes: list[Node], text: str, *, at_name: bool = False) -> LocatedMistake:
    """Return a mistake at the last of the nodes that lead to it.

    A list or mapping is shown by the name that it stands under, anything else where it begins.
    """
    node = nodes[-1]
    inner = isinstance(node.value, dict | list) and len(nodes) > 1
    mark = node.named_at if at_name or inner else node.at
    return LocatedMistake(tuple(n.name for n in nodes[1:]), text, at_name, *mark)


def _unreadable(node: Node, path: Path = ()) -> Iterator[Path]:
    """Yield the places that were left out of a tree."""
    for name in node.lost:
        yield path if name == "<<" else (*path, name)
    if isinstance(node.value, dict):
        for step, child in node.value.items():
            yield from _unreadable(child, (*path, step))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _unreadable(child, (*path, index))


@dataclass(frozen=True, eq=False)
class _Fault:
    """One error of pydantic's, with the nodes and types that it leads through.

    Attributes
    ----------
    kind, context
        What pydantic calls it; a wrong name of an entry is ``[key]``.
    nodes
        From the top of the file to the value at fault; to the mapping that lacks a field.
    name
        The last step: what the value stands under, or the field that is missing.
    shape, owner
        What is expected there, and of the mapping around it.
    """

    kind: str
    context: dict[str, Any]
    nodes: list[Node]
    name: str | int
    shape: Shape
    owner: Shape

    @property
    def node(self) -> Node:
        """The last node that exists."""
        return self.nodes[-1]


def _follow(root: Node, error: ErrorDetails, whole: type[Frozen]) -> _Fault:
    """Walk a path of pydantic's through types and nodes; steps that only tag a union drop out."""
    nodes, kind = [root], error["type"]
    shape = owner = shape_of(whole)
    name: str | int = ""
    steps = list(error["loc"])
    if steps and steps[-1] == KEY:
        kind = KEY
        steps.pop()
    for step in steps:
        if shape.is_choice:
            shape = shape.step(step)
            continue
        name, owner, shape = step, shape, shape.step(step)
        child = nodes[-1].child(step)
        if child is None:
            break
        nodes.append(child)
    context = error.get("ctx", {})
    if kind == "missing" and "field" in context:  # one of two fields: the type says so itself
        name, owner, shape = context["field"], shape, shape.step(context["field"])
    return _Fault(kind, context, nodes, name, shape, owner)


class _Round:
    """What one validation found: told, then mended."""

    def __init__(self, faults: list[_Fault], renamed: set[int], *, complete: bool) -> None:
        self.faults, self.renamed, self.complete = faults, renamed, complete
        self.meant: dict[int, str] = {}  # a misspelt node -> the field that it was meant as
        self.claimed: set[tuple[int, str | int]] = set()  # (mapping, field) that one stands for
        for fault in faults:
            if fault.kind == "extra_forbidden":
                self._guess(fault)
        claimed = {mapping for mapping, _ in self.claimed}
        # mappings where a number is wanted that have no name of any kind of number in them
        self.no_numbers = {
            id(fault.node)
            for fault in faults
            if fault.kind == "missing"
            and issubclass(fault.owner.model or Node, Point)
            and id(fault.node) not in claimed
        }

    def _guess(self, fault: _Fault) -> None:
        mapping = fault.nodes[-2]
        meant = nearest(str(fault.name), fault.owner.fields)
        if meant is None or mapping.child(meant) is not None or meant in mapping.lost:
            return
        if (id(mapping), meant) not in self.claimed:
            self.meant[id(fault.node)] = meant
            self.claimed.add((id(mapping), meant))

    def mistakes(self) -> Iterator[LocatedMistake]:
        """Say what is wrong, leaving out what only follows from something else."""
        for fault in self.faults:
            if not self._follows(fault):
                at_name = fault.kind in ("extra_forbidden", KEY)
                yield located(fault.nodes, self._text(fault), at_name=at_name)

    def _follows(self, fault: _Fault) -> bool:
        node = fault.node
        if not self.complete and fault.kind in ("missing", "too_short"):
            return True
        if fault.kind == "extra_forbidden":
            return id(fault.nodes[-2]) in self.no_numbers
        if fault.kind == "missing":
            stands_in = {(id(node), fault.name)} | {
                (id(node), other) for other in fault.owner.fields if fault.owner.choices
            }
            # of a list of numbers, or of a number, what is lost is what was needed
            part = isinstance(fault.name, int) or bool(fault.owner.choices)
            either = {fault.name, fault.context.get("instead")}
            lost = bool(node.lost) if part else not either.isdisjoint(node.lost)
            return lost or "<<" in node.lost or not self.claimed.isdisjoint(stands_in)
        return id(node) in self.renamed or (fault.kind == "too_short" and bool(node.lost))

    def _text(self, fault: _Fault) -> str:
        if fault.kind == "extra_forbidden":
            return wording.unknown(str(fault.name), fault.owner)
        if fault.kind == KEY:
            return wording.wrong_name(str(fault.name), fault.owner.step(KEY))
        if fault.kind == "missing":
            if id(fault.node) in self.no_numbers:
                return wording.no_kind_of_number(str(fault.node.name), fault.node.value)
            if isinstance(fault.name, int) and isinstance(fault.node.value, list):
                return wording.wrong_length(fault.owner, len(fault.node.value))
            instead = fault.context.get("instead")
            return wording.missing(str(fault.name), instead, top=len(fault.nodes) == 1)
        value = fault.node.plain()
        return wording.wrong_value(fault.kind, fault.context, fault.shape, value, str(fault.name))

    def mend(self) -> bool:
        """Put right or take out what is wrong; tell whether anything was changed."""
        mended = [self._mend(fault) for fault in self.faults]
        return any(mended)

    def _mend(self, fault: _Fault) -> bool:
        node = fault.node
        if fault.kind == "missing":
            if not self.claimed.isdisjoint((id(node), name) for name in fault.owner.fields):
                return False  # the misspelt field takes its place
            if (
                isinstance(node.value, dict)
                and fault.shape.bare is str
                and not fault.shape.rule("pattern")
            ):
                node.value[str(fault.name)] = Node(STAND_IN, node.at, fault.name, node.named_at)
                return True
            return _take_out(fault.nodes)
        if meant := self.meant.get(id(node)):
            mapping = fault.nodes[-2].value
            assert isinstance(mapping, dict)
            mapping[meant] = mapping.pop(str(fault.name))
            self.renamed.add(id(node))
            return True
        return _take_out(fault.nodes, lost=fault.kind != "extra_forbidden")


def _take_out(nodes: list[Node], *, lost: bool = True) -> bool:
    """Take the last node out of the one around it; tell whether it was still there."""
    if len(nodes) < 2:
        return False
    inner, outer = nodes[-1], nodes[-2]
    if isinstance(outer.value, dict):
        step = next((step for step, node in outer.value.items() if node is inner), None)
        if step is None:
            return False
        del outer.value[step]
        outer.lost |= {step} if lost else set()
        return True
    if isinstance(outer.value, list) and any(node is inner for node in outer.value):
        outer.value[:] = [node for node in outer.value if node is not inner]
        outer.lost.add(inner.name)
        return True
    return False


def placed(root: Node, mistake: Mistake) -> LocatedMistake:
    """Give a mistake the place of the value or name that its path leads to."""
    nodes = [root]
    for step in mistake.path:
        child = nodes[-1].child(step)
        if child is None:
            break
        nodes.append(child)
    found_at = located(nodes, mistake.text, at_name=mistake.at_name)
    beyond = mistake.path[len(nodes) - 1 :]
    return replace(found_at, path=(*found_at.path, *beyond))


def last_line(node: Node) -> int:
    """Return the last line on which something of a tree begins."""
    return max([node.at.line, *(last_line(child) for child in node.children)])
