"""Constraints that leave no outcome: proved by search, never by listing outcomes.

A constraint forbids a box: some options of one issue, together with some of another, and so on.
An outcome is left if options can be chosen so that every box is escaped through one of its
issues. Where all issues of a box but one are caught in it, that one must escape (unit
propagation); otherwise both ways out are tried (Davis, Logemann and Loveland 1962). Issues that
share no constraint are looked at apart. Exponential at worst; past `MOST_WORK` nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.consistency.known import Known
from sim.errors import Mistake
from sim.issues import Span, options_of

Box = dict[str, int]
"""What a constraint forbids: for each of its issues a bit for every option."""

LONGEST_WHY, MOST_NAMED = 40, 6
MOST_WORK = 200_000
"""Boxes looked at before the search gives up: a fraction of a second."""


def constraint_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield the smallest set found of constraints that together forbid every outcome."""
    issues = known.scenario.issues
    boxes: dict[int, Box] = {}
    for index, constraint in enumerate(known.scenario.constraints):
        clear = all(_is_clear(known, issue, said) for issue, said in constraint.forbid.items())
        if clear and known.whole(("constraints", index)):
            boxes[index] = {
                issue: sum(
                    1 << issues[issue].index(option)
                    for option in set(options_of(said, issues[issue].options))
                )
                for issue, said in constraint.forbid.items()
            }
    sizes = {issue: len(spec.options) for issue, spec in issues.items()}
    for group in _connected(boxes):
        if some_outcome({k: boxes[k] for k in group}, sizes) is False:
            yield _clash(known, _smallest(group, boxes, sizes), boxes)


def _is_clear(known: Known, issue: str, said: str | list[str] | Span) -> bool:
    """Tell whether all options that a constraint names for an issue are known."""
    if not known.settled(issue):
        return False
    options = known.scenario.issues[issue].options
    if isinstance(said, Span):
        return known.rising(issue, said)
    return set(options_of(said, options)) <= set(options)


def some_outcome(boxes: dict[int, Box], sizes: dict[str, int]) -> bool | None:
    """Tell whether some outcome escapes all boxes; none if the search was given up.

    >>> some_outcome({0: {"height": 0b01}, 1: {"height": 0b10}}, {"height": 2})
    False
    """
    return _search(boxes, sizes)[0]


def _search(boxes: dict[int, Box], sizes: dict[str, int]) -> tuple[bool | None, int]:
    """Return what `some_outcome` does, and how many boxes were looked at for it."""
    start = {issue: (1 << sizes[issue]) - 1 for box in boxes.values() for issue in box}
    waiting, work = [(start, list(boxes.values()))], 0
    while waiting:
        domains, alive = waiting.pop()
        open_boxes, looked_at = _propagate(domains, alive)
        work += looked_at
        if work > MOST_WORK:
            return None, work
        if open_boxes is None:
            continue
        if not open_boxes:
            return True, work
        box = min(open_boxes, key=len)
        issue = next(i for i in box if domains[i] & ~box[i])
        caught = {**domains, issue: domains[issue] & box[issue]}
        free = {**domains, issue: domains[issue] & ~box[issue]}
        waiting += [(caught, open_boxes), (free, open_boxes)]
    return False, work


def _propagate(domains: Box, boxes: list[Box]) -> tuple[list[Box] | None, int]:
    """Narrow the domains by what is forced.

    Returns
    -------
    list of Box or None
        The boxes still to be escaped; none if one of them cannot be.
    int
        How many boxes were looked at.
    """
    looked_at, changed = 0, True
    while changed:
        changed, still_open = False, []
        for box in boxes:
            looked_at += 1
            if any(not domains[issue] & mask for issue, mask in box.items()):
                continue
            ways = [issue for issue, mask in box.items() if domains[issue] & ~mask]
            if not ways:
                return None, looked_at
            if len(ways) == 1:
                domains[ways[0]] &= ~box[ways[0]]
                changed = True
            else:
                still_open.append(box)
        boxes = still_open
    return boxes, looked_at


def _connected(boxes: dict[int, Box]) -> list[list[int]]:
    """Group the boxes that share issues, directly or through others."""
    groups: list[tuple[set[str], list[int]]] = []
    for k, box in boxes.items():
        joined, members = set(box), [k]
        for other in [group for group in groups if group[0] & joined]:
            groups.remove(other)
            joined |= other[0]
            members = other[1] + members
        groups.append((joined, members))
    return [sorted(members) for _, members in groups]


def _smallest(group: list[int], boxes: dict[int, Box], sizes: dict[str, int]) -> list[int]:
    """Leave out boxes, many at a time and then one by one, while the rest forbids everything."""
    kept, stretch, work = list(group), len(group) // 2, 0
    while stretch and work < MOST_WORK:
        place = 0
        while place < len(kept) and work < MOST_WORK:
            rest = kept[:place] + kept[place + stretch :]
            found, looked_at = _search({k: boxes[k] for k in rest}, sizes)
            work += looked_at + len(rest)
            kept = rest if found is False else kept
            place += stretch if found is not False else 0
        stretch = min(stretch // 2, len(kept))
    return kept


def _clash(known: Known, which: list[int], boxes: dict[int, Box]) -> Mistake:
    *others, last = which
    at = ("constraints", last, "forbid")
    if not others:
        (issue,) = boxes[last] if len(boxes[last]) == 1 else [""]
        every = f"every option of {issue}" if issue else "every combination of its issues"
        return Mistake(at, f"forbids {every}, so that no outcome is left: take one out")
    names = ", ".join(
        f"constraints[{k}] ({known.scenario.constraints[k].why[:40]})" for k in others
    )
    return Mistake(at, f"leaves no outcome together with {names}: loosen one of them")
