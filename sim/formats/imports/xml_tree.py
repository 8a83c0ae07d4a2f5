"""An XML text as a tree that remembers where every element begins.

Document types and entities of one's own are refused outright: they are how a file of a few lines
grows to gigabytes in memory or reads other files of the machine, and no domain needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from sim.errors import LocatedMistake
from sim.formats.yaml_tree import Mark

DEEPEST = 40
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)")
_SAID = {
    expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]: "closes another element than the one "
    "that is open: is a closing tag missing or misspelt above?",
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: "the file ends before its elements "
    "are closed: is it cut off?",
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]: "a tag begins here and is never "
    "closed: is the file cut off?",
    expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]: "this is not well-formed XML: a `<` "
    "in a text is written `&lt;`, attributes stand in quotes, and a file that is not in UTF-8 "
    "names its encoding in the first line",
    expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: "the file goes on after its "
    "outermost element was closed: a domain or profile is one element",
    expat.errors.codes[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "an attribute stands in this "
    "element twice: take one out",
    expat.errors.codes[
        expat.errors.XML_ERROR_UNDEFINED_ENTITY
    ]: "an entity that XML does not know: write the character itself",
    expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]: "the first line names an encoding "
    "that is not known: save the file as UTF-8",
}


@dataclass(slots=True, eq=False)
class Element:
    """An element with its place."""

    tag: str
    attributes: dict[str, str]
    at: Mark
    children: list[Element] = field(default_factory=list)

    def named(self, tag: str) -> list[Element]:
        """Return the elements directly below that are called so."""
        return [child for child in self.children if child.tag == tag]

    def walk(self) -> Iterator[Element]:
        """Yield this element and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    def get(self, attribute: str) -> str | None:
        """Return an attribute, or none where it is not there."""
        return self.attributes.get(attribute)


class _RefusedError(Exception):
    """Reading goes no further."""


def read_xml(data: bytes, origin: str) -> tuple[Element | None, list[LocatedMistake]]:
    """Read an XML file into a tree.

    Blank lines before the first line and ampersands that stand for themselves, both of which
    GENIUS takes, are taken.

    Returns
    -------
    Element or None
        The outermost element; none where anything is wrong.
    list of LocatedMistake
        The first thing that is wrong, as an XML parser goes no further.
    """
    above, body = _without_blank_start(data)
    builder = _Builder(origin, above)
    try:
        builder.parser.Parse(body, True)
    except _RefusedError as refused:
        return None, [builder.mistake(str(refused))]
    except expat.ExpatError as error:
        said = _SAID.get(error.code, f"this is not XML: {expat.ErrorString(error.code)}")
        mark = Mark(origin, error.lineno + above, error.offset + 1)
        return None, [LocatedMistake((), said, False, *mark)]
    except (LookupError, UnicodeError):
        said = "the encoding that the first line names cannot be read: save the file as UTF-8"
        return None, [LocatedMistake((), said, False, origin, 1, 1)]
    return builder.root, []


def _without_blank_start(data: bytes) -> tuple[int, bytes]:
    """Take off blank lines and a byte order mark; return how many lines went."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return 0, data  # UTF-16, which expat reads itself
    data = data.removeprefix(b"\xef\xbb\xbf")
    body = data.lstrip()
    return data[: len(data) - len(body)].count(b"\n"), _BARE_AMPERSAND.sub(b"&amp;", body)


class _Builder:
    """Puts elements together as the parser meets them."""

    def __init__(self, origin: str, above: int) -> None:
        self.origin, self.above = origin, above
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def mark(self) -> Mark:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber
        return Mark(self.origin, line + self.above, column + 1)

    def mistake(self, text: str) -> LocatedMistake:
        return LocatedMistake((), text, False, *self.mark())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= DEEPEST:
            raise _RefusedError(f"elements stand more than {DEEPEST} deep inside one another")
        element = Element(tag, attributes, self.mark())
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def _end(self, tag: str) -> None:
        self.stack.pop()

    def _doctype(self, *_: object) -> None:
        raise _RefusedError(
            "a document type or an entity is declared here, which can make a small file huge or "
            "read others: no domain needs it, so take the `<!DOCTYPE …>` out"
        )
