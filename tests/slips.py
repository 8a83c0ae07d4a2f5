"""Slips of the hand in a file: one thing in it is changed, misspelt, lost, or too much."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

SLIPS = [
    None, True, False, "", "no", "low", "a name", "1e3", "2025-13-01", 0, 1, -1, 3, 0.5, 1.5, 2.0,
    1e13, [], ["low"], [1, 2], [1, 2, 3], [0.2, 0.1], {}, {"low": 1}, {"value": 1}, {"when": {}},
    {"uniform": [0, 1]}, {"tier": [1, 2]}, {"from": "low", "to": "mid"}, {"order": ["low", "mid"]},
    "2.5", -0.5, {"from": 0, "to": 5}, {"from": 0, "to": 10, "step": 5}, {"line": {"0": 0, "5": 1}},
    {"line": {"0": 0}}, {"line": {}}, {"2.5": 1}, {"grid": {"from": 0, "to": 1, "step": 1}},
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything inside a tree."""
    steps = node.items() if isinstance(node, dict) else enumerate(node) if node else ()
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


def slipped(tree: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Change one thing in a tree, as a slip of the hand would: mostly for the worse."""
    tree = copy.deepcopy(tree)
    *above, last = rng.choice(list(places(tree)))
    node: Any = tree
    for step in above:
        node = node[step]
    slip = rng.choice(["other", "other", "gone", "misspelt", "more"])
    if slip == "gone":
        del node[last]
    elif slip == "misspelt" and isinstance(last, str):
        node[rng.choice([last + "s", "x " + last, last[1:], last.upper()])] = node.pop(last)
    elif slip == "more" and isinstance(node, dict):
        node["extra"] = rng.choice(SLIPS)
    elif slip == "more":
        node.append(rng.choice(SLIPS))
    else:
        node[last] = rng.choice(SLIPS)
    return tree
