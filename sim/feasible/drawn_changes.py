"""What every change to a package does to everyone's surplus, draw by draw.

Tables for one search: which changes there are, what each adds to every view in every draw, and
which clauses reach across several of them. A view is a party's surplus over what it asks in that
draw, or a mix of all parties' at prices under which the draw is hardest to satisfy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.ensemble import Ensemble
from sim.partition import groups, meets
from sim.problem import TOLERANCE, Floats, Indices
from sim.scenario import RedLines

Bools = NDArray[np.bool_]

ROOM = 12_000_000
"""Numbers that the table of changes may hold: a hundred megabytes."""


@dataclass(frozen=True, eq=False)
class Wish:
    """What a package is to be amended for.

    Attributes
    ----------
    start
        Option indices that changes are counted from, shape ``(n_issues,)``.
    columns
        Whose thresholds must be met.
    unharmed
        Who must get no less than from the start, draw by draw.
    frozen
        Places of the issues that stay as they are.
    red_lines
        Which red lines of the signatories may bind.
    """

    start: Indices
    columns: tuple[int, ...]
    unharmed: tuple[int, ...] = ()
    frozen: frozenset[int] = frozenset()
    red_lines: RedLines = "stated"

    def satisfied(self, drawn: Ensemble, outcome: Indices) -> Bools:
        """Tell in which draws everyone accepts an outcome, straight from the definition."""
        structure, picks = drawn.structure, [int(option) for option in outcome]
        worth = drawn.utility(picks)
        able: Bools = np.all((worth >= drawn.thresholds - TOLERANCE)[:, list(self.columns)], axis=1)
        if self.unharmed:
            before = drawn.utility([int(option) for option in self.start])
            able &= np.all((worth >= before - TOLERANCE)[:, list(self.unharmed)], axis=1)
        for k in structure.binding(self.red_lines):
            if structure.lines[k].condition.met(picks):
                able &= ~drawn.binds[:, k]
        if any(bool(c.met(picks)) for c in structure.constraints):
            able[:] = False
        return able


@dataclass(frozen=True, eq=False)
class DrawnChanges:
    """Every change, and what it adds in every draw.

    Attributes
    ----------
    issues, choices
        For each block its issues, and the joint choices that its rows change to.
    base
        The views at the start, shape ``(n_draws, n_views)``.
    delta
        What each row adds, shape ``(n_rows, n_draws, n_views)``.
    cost
        Issues that each row changes, shape ``(n_rows,)``.
    start, block_of
        First row of each block and the end; the block of each row.
    n_own
        The first so many views are parties' own; the others mix them.
    part, missing, binds
        Clauses that reach across blocks, see `sim.search.kernels.likeliest.held`.
    least
        No package satisfies a draw with fewer changes than this, ``(n_draws,)``; infinite where
        none does at all. What the table does not hold has ``reach + 1`` changes or more.
    scale
        How much each party has at stake in all changes together, ``(n_own,)``.
    reach
        The table holds all changes to so many issues.
    whole
        Whether it holds all changes there are.
    """

    issues: tuple[tuple[int, ...], ...]
    choices: tuple[Indices, ...]
    base: Floats
    delta: Floats
    cost: Indices
    start: Indices
    block_of: Indices
    n_own: int
    part: Indices
    missing: Indices
    binds: Bools
    least: Floats
    scale: Floats
    reach: int
    whole: bool

    def outcome(self, begin: Indices, rows: Sequence[int] | Indices) -> Indices:
        """Return the package after some changes."""
        changed = begin.copy()
        for row in rows:
            block = self.block_of[row]
            changed[list(self.issues[block])] = self.choices[block][row - self.start[block]]
        return changed

    def rows_of(self, begin: Indices, outcome: Indices) -> Indices | None:
        """Return the row changed to in each block, or -1; ``None`` if it is not in the table."""
        chosen = np.full(len(self.issues), -1, dtype=np.intp)
        for block, (issues, choices) in enumerate(zip(self.issues, self.choices, strict=True)):
            wanted = outcome[list(issues)]
            if (wanted != begin[list(issues)]).any():
                match = np.flatnonzero((choices == wanted).all(axis=1))
                if not len(match):
                    return None
                chosen[block] = self.start[block] + match[0]
        return chosen


def drawn_changes(drawn: Sequence[Ensemble], wish: Wish, most_changes: int) -> DrawnChanges:
    """Table every change to up to so many issues, or to as many as there is room for."""
    from sim.search.kernels.nearest import HEAT, hardest_mix  # noqa: PLC0415 - compiled

    structure, blocks = drawn[0].structure, _blocks(drawn[0], wish)
    n_draws = sum(e.n_draws for e in drawn)
    columns = [*wish.columns, *wish.unharmed]
    n_views = len(columns) + (len(columns) > 1)
    reach = _reach(blocks, structure.space.sizes, wish, most_changes, ROOM // (n_draws * n_views))
    tables = []
    for issues in blocks:
        choices = _near(issues, structure.space.sizes, wish, reach)
        if len(choices):
            tables.append((issues, choices, _adds(drawn, issues, choices, wish, columns)))
    tables.sort(key=lambda table: -float(np.clip(table[2], 0, None).max(axis=0).sum()))
    sizes = [len(choices) for _, choices, _ in tables]
    delta = np.concatenate([np.zeros((0, n_draws, len(columns))), *(t[2] for t in tables)])
    at_stake = np.sum([np.abs(t[2]).max(axis=0).mean(axis=0) for t in tables], axis=0)
    at_stake = at_stake * np.ones(len(columns))
    found = DrawnChanges(
        issues=tuple(issues for issues, _, _ in tables),
        choices=tuple(choices for _, choices, _ in tables),
        base=_base(drawn, wish),
        delta=delta,
        cost=np.concatenate([np.zeros(0, dtype=np.intp), *(
            (choices != wish.start[list(issues)]).sum(axis=1) for issues, choices, _ in tables
        )]),
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp),
        block_of=np.repeat(np.arange(len(tables)), sizes),
        n_own=len(columns),
        part=np.zeros((0, len(delta)), dtype=np.intp),
        missing=np.zeros(0, dtype=np.intp),
        binds=np.zeros((0, n_draws), dtype=bool),
        least=np.zeros(n_draws),
        scale=np.maximum(at_stake, 1e-9),
        reach=reach,
        whole=all(len(_free(issues, wish)) <= reach for issues in blocks),
    )  # fmt: skip
    found = _with_clauses(found, drawn, wish)
    prices = max(len(tables), 1) / found.scale
    least, mix = hardest_mix(
        found.base, found.delta, found.cost.astype(float), found.start, prices, HEAT
    )
    if not found.whole:
        least = np.minimum(least, reach + 1)
    if len(columns) == 1:
        return replace(found, least=least)
    base = np.concatenate([found.base, (found.base * mix).sum(axis=1)[:, None]], axis=1)
    mixed = (found.delta * mix).sum(axis=2)[:, :, None]
    return replace(found, least=least, base=base, delta=np.concatenate([found.delta, mixed], 2))


def _blocks(one: Ensemble, wish: Wish) -> list[tuple[int, ...]]:
    """Group the issues that the utility of some party ties; clauses tie nothing here."""
    who = {*wish.columns, *wish.unharmed}
    n_issues = len(wish.start)
    ties = [b.condition.issues for b in one.bonuses if b.party in who]
    ties += [t.issues for t in one.tables if t.party in who]
    if one.structure.averaged[list(who)].any():
        ties.append(tuple(range(n_issues)))
    return groups(n_issues, ties)


def _free(issues: Sequence[int], wish: Wish) -> list[int]:
    return [i for i in issues if i not in wish.frozen]


def _reach(
    blocks: Sequence[tuple[int, ...]], sizes: Sequence[int], wish: Wish, most: int, room: int
) -> int:
    """Return to how many issues all changes fit into so many rows."""
    rows = 0
    for changes in range(1, most + 1):
        for issues in blocks:
            others = [sizes[i] - 1 for i in _free(issues, wish)]
            if comb(len(others), changes) > room:
                return changes - 1
            rows += sum(int(np.prod(some)) for some in combinations(others, changes))
        if rows > room:
            return changes - 1
    return most


def _near(issues: Sequence[int], sizes: Sequence[int], wish: Wish, most: int) -> Indices:
    """List the joint choices that differ from the start in up to so many issues."""
    own = wish.start[list(issues)]
    rows = []
    places = [k for k, issue in enumerate(issues) if issue not in wish.frozen]
    for changes in range(1, min(most, len(places)) + 1):
        for some in combinations(places, changes):
            others = [[o for o in range(sizes[issues[k]]) if o != own[k]] for k in some]
            for picks in product(*others):
                row = own.copy()
                row[list(some)] = picks
                rows.append(row)
    return np.array(rows, dtype=np.intp).reshape(len(rows), len(issues))


def _adds(
    drawn: Sequence[Ensemble],
    issues: Sequence[int],
    choices: Indices,
    wish: Wish,
    columns: Sequence[int],
) -> Floats:
    """Return what changing to each row adds to each party, ``(n_rows, n_draws, n_columns)``."""
    rows = np.vstack([wish.start[list(issues)], choices])
    worth = np.concatenate([e.row_utilities(issues, rows, columns) for e in drawn])
    return np.ascontiguousarray(np.moveaxis(worth[:, 1:] - worth[:, :1], 0, 1))


def _base(drawn: Sequence[Ensemble], wish: Wish) -> Floats:
    """Return the surplus of each party at the start; whoever is not to be harmed has none yet."""
    picks, who = [int(option) for option in wish.start], list(wish.columns)
    surplus = np.concatenate([(e.utility(picks) - e.thresholds)[:, who] for e in drawn])
    return np.hstack([surplus, np.zeros((len(surplus), len(wish.unharmed)))])


def _with_clauses(table: DrawnChanges, drawn: Sequence[Ensemble], wish: Wish) -> DrawnChanges:
    """Take a large surplus off what meets a clause within one block; note the other clauses."""
    structure, n_draws = drawn[0].structure, len(table.base)
    clauses = [(c, np.ones(n_draws, dtype=bool)) for c in structure.constraints]
    for k in structure.binding(wish.red_lines):
        holds = np.concatenate([e.binds[:, k] for e in drawn])
        clauses.append((structure.lines[k].condition, holds))
    base, delta = table.base.copy(), table.delta.copy()
    much = 8.0 * float(np.abs(delta).max(initial=0.0) * len(table.issues) + np.abs(base).max() + 1)
    part, missing, binds = [], [], []
    for condition, holds in clauses:
        nearer, short, blocks = _parts(table, condition, wish)
        if not blocks:
            continue
        if blocks > 1:
            part.append(nearer)
            missing.append(short)
            binds.append(holds)
        else:
            base[holds, 0] -= much * (short == 0)
            delta[:, holds, 0] -= much * nearer[:, None]
    if not part:
        return replace(table, base=base, delta=delta)
    return replace(
        table, base=base, delta=delta, part=np.array(part), missing=np.array(missing),
        binds=np.array(binds),
    )  # fmt: skip


def _parts(table: DrawnChanges, condition: Condition, wish: Wish) -> tuple[Indices, int, int]:
    """Return how much nearer each row brings a clause to being met, and how far off it is.

    Returns
    -------
    nearer, missing, blocks
        Shape ``(n_rows,)``; how many blocks do not meet it at the start; and how many blocks it
        reaches across. None where an issue that cannot change keeps it from ever being met.
    """
    masks = dict(zip(condition.issues, condition.options, strict=True))
    nearer = np.zeros(len(table.cost), dtype=np.intp)
    missing, blocks, left = 0, 0, set(condition.issues)
    for block, (issues, choices) in enumerate(zip(table.issues, table.choices, strict=True)):
        here = [i for i in issues if i in masks]
        if not here:
            continue
        left -= set(here)
        blocks += 1
        part = Condition(tuple(here), tuple(masks[i] for i in here), "")
        before = bool(meets(part, issues, wish.start[list(issues)][None, :])[0])
        rows = slice(table.start[block], table.start[block + 1])
        nearer[rows] = meets(part, issues, choices).astype(np.intp) - before
        missing += not before
    never = any(not masks[i][wish.start[i]] for i in left)
    return nearer, missing, 0 if never else max(blocks, 1)
