"""A YAML text as a tree that remembers where every name and every value stands.

The tree is built from the parser's events with a stack of its own, so that no nesting, however
deep, can exhaust the machine's. What scenario files have no use for (aliases, tags, merge keys,
several documents) is refused by name; a name that stands twice is refused with both places.
Time is linear in the length of the text: about 1 µs for each name or value with libyaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from sim.errors import LocatedMistake, Path
from sim.formats.yaml_complaints import TAB, in_plain_words, spaces_for_tabs, tabs_in_indentation
from sim.formats.yaml_scalars import Scalar, plain_scalar

DEEPEST = 40
"""Collections inside one another; the deepest place of a scenario has about twelve."""

CONTROL = frozenset(map(chr, {*range(32), 127} - {9, 10}))
NOTHING = "nothing stands here: give a value, or take the line out"
NO_DECIMAL_POINT = "a number with nothing after it: is a comma meant as a decimal point?"
SECOND_DOCUMENT = (
    "a second document begins here: a scenario is one document, so take this `---` out, or put "
    "what follows into a file of its own"
)
TOO_DEEP = (
    f"lists and mappings stand more than {DEEPEST} deep inside one another here, which no scenario "
    "needs: is a bracket or an indentation wrong?"
)
NAME_EXPECTED = (
    "a list, a mapping or an alias stands where a name is expected: a text that begins with "
    "`[`, `{` or `*` needs quotes"
)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark(NamedTuple):
    """A place in a text, counted from 1; in an override the line is 0."""

    origin: str
    line: int
    column: int


NOWHERE = Mark("", 0, 0)


@dataclass(slots=True, eq=False)
class Node:
    """A value with its place: a scalar, a list of nodes, or nodes by name.

    Attributes
    ----------
    value
        What stands there.
    at
        Where it begins.
    name
        The key or index under which it stands in the file, as it is written there.
    named_at
        Where that key begins; in a list, where the value begins.
    lost
        Names of children that were there and could not be read, so that nobody misses them.
    """

    value: Scalar | list[Node] | dict[str, Node]
    at: Mark
    name: str | int = ""
    named_at: Mark = NOWHERE
    lost: set[str | int] = field(default_factory=set)

    @property
    def children(self) -> Iterator[Node]:
        """The nodes directly below."""
        if isinstance(self.value, dict):
            yield from self.value.values()
        elif isinstance(self.value, list):
            yield from self.value

    def child(self, step: str | int) -> Node | None:
        """Return the node one step below, if it is there."""
        if isinstance(self.value, dict):
            return self.value.get(step) if isinstance(step, str) else None
        if isinstance(self.value, list) and isinstance(step, int):
            return self.value[step] if 0 <= step < len(self.value) else None
        return None

    def plain(self) -> object:
        """Return the tree as plain Python."""
        if isinstance(self.value, dict):
            return {name: child.plain() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: Node
    path: Path
    key: yaml.ScalarEvent | None = None
    seen: dict[str, Mark] = field(default_factory=dict)  # names written in this very mapping
    length: int = 0  # items written in this list

    @property
    def expects_name(self) -> bool:
        """Whether the next word is a name."""
        return isinstance(self.node.value, dict) and self.key is None


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a tree.

    Attributes
    ----------
    root
        The tree; none where the text is empty or its first word is no YAML. A value that could
        not be read is left out and listed as `Node.lost` by its parent.
    mistakes
        Everything that is wrong with it as YAML.
    complete
        Whether reading came to the end of the text.
    """

    root: Node | None
    mistakes: list[LocatedMistake]
    complete: bool


def read_tree(text: str, origin: str, *, start: Path = (), numbered: bool = True) -> Reading:
    """Read a text into a tree, with everything that is wrong with it as YAML.

    Parameters
    ----------
    text
        The whole file, decoded, without a byte order mark.
    origin
        What to call it in messages.
    start
        Where the text stands in a larger tree; the paths in messages begin with it.
    numbered
        Whether lines and columns mean something to whoever wrote the text.
    """
    reading, error = _parse(text, origin, start, numbered=numbered)
    tabs = tabs_in_indentation(text) if error else []
    if error is None or not tabs:
        return reading
    # Tabs are mended as whoever typed them may have meant them, to find what else is wrong.
    told = [_mistake(Mark(origin, line, column), TAB, start) for line, column in tabs]
    for width in (2, 4, 8):
        mended, failed = _parse(spaces_for_tabs(text, width), origin, start, numbered=numbered)
        if failed is None:
            return Reading(mended.root, told + mended.mistakes, mended.complete)
    return Reading(reading.root, told, complete=False)


def _parse(
    text: str, origin: str, start: Path, *, numbered: bool
) -> tuple[Reading, yaml.MarkedYAMLError | None]:
    """Parse once; return also the parser's own error if it gave up."""
    builder = _Builder(origin, start, numbered=numbered)
    try:
        loader = _Loader(text)
        try:
            while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
                builder.take(event)
        finally:
            loader.dispose()
    except _TooMuchError:
        return Reading(builder.root, builder.mistakes, builder.complete), None
    except yaml.MarkedYAMLError as error:
        line, column, said = in_plain_words(error, text)
        builder.mistakes.append(_mistake(builder.mark(line, column), said, start))
        return Reading(builder.root, builder.mistakes, complete=False), error
    return Reading(builder.root, builder.mistakes, complete=True), None


def _mistake(mark: Mark, text: str, path: Path) -> LocatedMistake:
    return LocatedMistake(path, text, False, *mark)


class _TooMuchError(Exception):
    """Reading goes no further; the mistake is noted."""


class _Builder:
    """Puts events together, one at a time."""

    def __init__(self, origin: str, start: Path, *, numbered: bool) -> None:
        self.origin, self.start, self.numbered = origin, start, numbered
        self.root: Node | None = None
        self.mistakes: list[LocatedMistake] = []
        self.stack: list[_Open] = []
        self.documents = 0
        self.complete = False
        self.refused: set[str] = set()  # anchors that were already complained about

    def take(self, event: yaml.Event) -> None:
        """Add what one event says."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._begin_document(event)
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin_collection(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def mark(self, line: int, column: int) -> Mark:
        """Return a place that the parser counts from 0."""
        return Mark(self.origin, line + 1, column + 1) if self.numbered else Mark(self.origin, 0, 0)

    def _begin(self, event: yaml.Event) -> Mark:
        start = event.start_mark
        assert start is not None
        return self.mark(start.line, start.column)

    def _note(self, event: yaml.Event, text: str, path: Path | None = None) -> None:
        where = self._path() if path is None else path
        self.mistakes.append(_mistake(self._begin(event), text, where))

    def _path(self) -> Path:
        """Return the steps to the value that comes next."""
        if not self.stack:
            return self.start
        top = self.stack[-1]
        if isinstance(top.node.value, list):
            return (*top.path, top.length)
        return (*top.path, top.key.value) if top.key is not None else top.path

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self._note(event, SECOND_DOCUMENT)
            self.complete = True
            raise _TooMuchError

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        top = self.stack[-1] if self.stack else None
        if top and top.expects_name:
            self._note(event, NAME_EXPECTED)
            raise _TooMuchError
        merging = top is not None and top.key is not None and top.key.value == "<<"
        if event.anchor not in self.refused and not merging:
            self.refused.add(str(event.anchor))
            self._note(event, f"`*{event.anchor}` repeats a value from elsewhere, which scenario "
                       "files do not do: write the value out")  # fmt: skip
        self._place(event, None, lost=True)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        tagged = self._check_anchor_and_tag(event)
        hidden = next((c for c in event.value if c in CONTROL), None)
        if hidden is not None:
            self._note(event, f"holds the control character U+{ord(hidden):04X}: take it out")
        top = self.stack[-1] if self.stack else None
        if top and top.expects_name:
            top.key = event
            return
        value = event.value if event.style else plain_scalar(event.value)
        nothing = value is None and top is not None and not tagged
        if nothing:
            comma = top is not None and top.key is not None and top.key.value.isdecimal()
            self._note(event, NO_DECIMAL_POINT if comma else NOTHING)
        self._place(event, value, lost=tagged or nothing or hidden is not None)

    def _begin_collection(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= DEEPEST:
            self._note(event, TOO_DEEP, self.start)
            raise _TooMuchError
        if self.stack and self.stack[-1].expects_name:
            self._note(event, NAME_EXPECTED)
            raise _TooMuchError
        tagged = self._check_anchor_and_tag(event)
        path = self._path()
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = self._place(event, {} if mapping else [], lost=tagged)
        self.stack.append(_Open(node, path))

    def _check_anchor_and_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
        """Refuse what scenario files do not use; tell whether the value is lost by it."""
        if event.anchor is not None:
            self.refused.add(event.anchor)
            self._note(event, f"`&{event.anchor}` names a value for use elsewhere, which scenario "
                       f"files do not do: take it out, and write the value out for each "
                       f"`*{event.anchor}`")  # fmt: skip
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(event, f"the tag `{tag}` is not used in scenario files: take it out, and "
                       "put what is meant as text in quotes")  # fmt: skip
        return event.tag is not None

    def _place(
        self, event: yaml.NodeEvent, value: Scalar | list[Node] | dict[str, Node], *, lost: bool
    ) -> Node:
        """Hang a value under its parent; return the node to fill, which may be an older one."""
        at = self._begin(event)
        node = Node(value, at, named_at=at)
        top = self.stack[-1] if self.stack else None
        if top is None:
            self.root = None if lost else node
        elif isinstance(top.node.value, list):
            node.name = top.length
            top.length += 1
            if lost:
                top.node.lost.add(node.name)
            else:
                top.node.value.append(node)
        else:
            return self._place_by_name(top, node, lost=lost)
        return node

    def _place_by_name(self, top: _Open, node: Node, *, lost: bool) -> Node:
        assert isinstance(top.node.value, dict)
        assert top.key is not None
        name = top.key.value
        node.name, node.named_at = name, self._begin(top.key)
        self._check_name(top, top.key)
        top.key = None
        if name == "<<" or lost:
            top.node.lost.add(name)
            return node
        older = top.node.value.setdefault(name, node)
        # What stands under a name for the second time joins the first, so that its own mistakes
        # are found in the same pass and nothing that it defines is taken for missing.
        joins = isinstance(node.value, dict | list) and type(older.value) is type(node.value)
        return older if joins else node

    def _check_name(self, top: _Open, key: yaml.ScalarEvent) -> None:
        name, mark = key.value, self._begin(key)
        path = (*top.path, name)
        if name == "<<" and not key.style:
            self._note(key, "`<<` merges another mapping into this one, which scenario files do "
                       "not do: write its lines out", path)  # fmt: skip
        elif name in top.seen:
            line = top.seen[name].line
            first = f"first on line {line}" if line else "twice"
            self._note(key, f"'{name}' stands here for the second time ({first}): keep one of the "
                       "two, or join what stands under them", path)  # fmt: skip
        top.seen.setdefault(name, mark)
