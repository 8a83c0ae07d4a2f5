"""Constraints that leave no outcome: proved by search, never by listing outcomes.

A constraint forbids a box: some options of one issue, together with some of another, and so on.
An outcome is left if options can be chosen so that every box is escaped through one of its
issues. Where all issues of a box but one are caught in it, that one must escape (unit
propagation); otherwise both ways out are tried (Davis, Logemann and Loveland 1962). Issues that
share no constraint are looked at apart. Exponential at worst; past `MOST_WORK` nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.consistency.known import Known
from sim.errors import Mistake
from sim.issues import options_of

Box = dict[str, int]
"""What a constraint forbids: for each of its issues a bit for every option."""

MOST_WORK = 200_000
"""Boxes looked at before the search gives up, a second or less."""


def constraint_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield the smallest set found of constraints that together forbid every outcome."""
    issues = known.scenario.issues
    boxes: dict[int, Box] = {}
    for index, constraint in enumerate(known.scenario.constraints):
        named = {issue: options_of(constraint.forbid, issue) for issue in constraint.forbid}
        clear = all(
            known.settled(issue) and set(options) <= set(issues[issue].options)
            for issue, options in named.items()
        )
        if clear and known.whole(("constraints", index)):
            place = {issue: list(issues[issue].options) for issue in named}
            boxes[index] = {
                issue: sum(1 << place[issue].index(option) for option in set(options))
                for issue, options in named.items()
            }
    sizes = {issue: len(spec.options) for issue, spec in issues.items()}
    for group in _connected(boxes):
        if some_outcome({k: boxes[k] for k in group}, sizes) is False:
            yield _clash(known, _smallest(group, boxes, sizes), boxes)


def some_outcome(boxes: dict[int, Box], sizes: dict[str, int]) -> bool | None:
    """Tell whether some outcome escapes all boxes; none if the search was given up.

    >>> some_outcome({0: {"height": 0b01}, 1: {"height": 0b10}}, {"height": 2})
    False
    """
    start = {issue: (1 << sizes[issue]) - 1 for box in boxes.values() for issue in box}
    waiting, work = [start], 0
    while waiting:
        domains = waiting.pop()
        work += len(boxes)
        if work > MOST_WORK:
            return None
        open_box = _propagate(domains, boxes.values())
        if open_box is None:
            continue
        if not open_box:
            return True
        issue = next(i for i in open_box if domains[i] & ~open_box[i])
        caught = {**domains, issue: domains[issue] & open_box[issue]}
        waiting += [caught, {**domains, issue: domains[issue] & ~open_box[issue]}]
    return False


def _propagate(domains: Box, boxes: Collection[Box]) -> Box | None:
    """Force what is forced; return a box still to be escaped, an empty one if there is none.

    Returns none if some box cannot be escaped.
    """
    changed = True
    shortest: Box = {}
    while changed:
        changed, shortest = False, {}
        for box in boxes:
            if any(not domains[issue] & mask for issue, mask in box.items()):
                continue
            ways = [issue for issue, mask in box.items() if domains[issue] & ~mask]
            if not ways:
                return None
            if len(ways) == 1:
                domains[ways[0]] &= ~box[ways[0]]
                changed = True
            elif not shortest or len(box) < len(shortest):
                shortest = box
    return shortest


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
    """Leave out boxes as long as the rest still forbids everything."""
    kept = list(group)
    for k in group:
        rest = {other: boxes[other] for other in kept if other != k}
        if some_outcome(rest, sizes) is False:
            kept.remove(k)
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
