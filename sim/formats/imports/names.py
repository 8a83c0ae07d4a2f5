"""Identifiers for names that people gave: letters, digits, `_` and `-`, each of them once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60


def identifier(text: str, letter: str) -> str:
    """Turn a name into an identifier; ``letter`` goes before one that begins with a digit.

    >>> [identifier(name, "v") for name in ("valueA", "2.5 million $", "-3", "Größe", "5%", "../x")]
    ['valueA', 'v2_5_million', 'minus_3', 'Grosse', 'v5', 'x']
    """
    text = re.sub(r"^\s*[-\u2212](?=[0-9.])", "minus ", text).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_-")[:LONGEST].rstrip("_-")
    return word if word[:1].isalpha() else f"{letter}{word}"


def identifiers(names: Iterable[str], letter: str) -> list[str]:
    """Turn names into identifiers, no two alike.

    >>> identifiers(["a b", "a-b", "a_b", "東", "京"], "v")
    ['a_b', 'a-b', 'a_b_2', 'v', 'v_2']
    """
    found: list[str] = []
    taken: set[str] = set()
    last: dict[str, int] = {}
    for name in names:
        word = unique = identifier(name, letter)
        while unique in taken:
            last[word] = last.get(word, 1) + 1
            unique = f"{word}_{last[word]}"
        taken.add(unique)
        found.append(unique)
    return found
