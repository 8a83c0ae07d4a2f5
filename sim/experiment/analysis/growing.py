"""Growing and pruning a classification tree (CART) on yes and no.

Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.columns import Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Split:
    """A question about one factor that sends a case left (yes) or right (no).

    Attributes
    ----------
    column
        The factor's place.
    most
        Of a number: those up to here go left.
    left
        Of a category: which go left, shape ``(n_categories,)``; of a number empty.
    gain
        By how much the question lowers the impurity, summed over its cases.
    """

    column: int
    most: float
    left: Bools
    gain: float

    def goes_left(self, values: Floats) -> Bools:
        """Answer the question for the values of the factor."""
        return self.left[values.astype(np.intp)] if len(self.left) else values <= self.most


@dataclass(frozen=True, eq=False)
class Node:
    """Some of the cases, and how they are told apart further; a leaf where they are not.

    Attributes
    ----------
    cases, yes
        How many of the cases that the tree was grown on arrive here; how many of them are yes.
    split, left, right
        ``None`` at a leaf.
    """

    cases: int
    yes: int
    split: Split | None = None
    left: Node | None = None
    right: Node | None = None

    @property
    def share(self) -> float:
        """The share of yes."""
        return self.yes / self.cases

    @property
    def impurity(self) -> float:
        """Gini's, summed over the cases: twice the expected number of yes-no mistakes by lot."""
        return 2 * self.yes * (self.cases - self.yes) / self.cases

    def branches(self) -> tuple[Split, Node, Node] | None:
        """Return the question and both answers; ``None`` at a leaf."""
        if self.split is None or self.left is None or self.right is None:
            return None
        return self.split, self.left, self.right


def grow(columns: Sequence[Column], yes: Bools, *, depth: int, least: int) -> Node:
    """Split the cases by the question that lowers Gini's impurity most, and so on.

    Parameters
    ----------
    columns, yes
        The settings of the cases, and what is to be told.
    depth
        How many questions at most on the way to a leaf.
    least
        How many cases a leaf holds at least.
    """
    node = Node(len(yes), int(yes.sum()))
    if depth == 0 or node.yes in (0, node.cases):
        return node
    split = best_split(columns, yes, least)
    if split is None:
        return node
    left = split.goes_left(columns[split.column].values)
    grown = [
        grow([column.only(side) for column in columns], yes[side], depth=depth - 1, least=least)
        for side in (left, ~left)
    ]
    return replace(node, split=split, left=grown[0], right=grown[1])


def best_split(columns: Sequence[Column], yes: Bools, least: int) -> Split | None:
    """Return the question that lowers the impurity most; ``None`` where none lowers it.

    Ties go to the factor that stands first, then to the lowest cut.
    """
    best: Split | None = None
    for k, column in enumerate(columns):
        split = _best_of(k, column, yes, least)
        if split and (best is None or split.gain > best.gain * (1 + 1e-12)):
            best = split
    return best


def _best_of(k: int, column: Column, yes: Bools, least: int) -> Split | None:
    """Try every cut of one factor.

    Categories are lined up by their share of yes: of all ways to part them in two, the best is a
    cut of that line (Breiman et al. 1984, theorem 4.5).
    """
    place = np.zeros(0, dtype=np.intp)
    values = column.values
    if column.categories:
        codes = values.astype(np.intp)
        sizes = np.bincount(codes, minlength=len(column.categories))
        hits = np.bincount(codes[yes], minlength=len(column.categories))
        share = np.where(sizes > 0, hits / np.maximum(sizes, 1), 2.0)  # who is not here goes last
        place = np.empty(len(share), dtype=np.intp)
        place[np.argsort(share, kind="stable")] = np.arange(len(share))
        values = place[codes].astype(float)
    order = np.argsort(values, kind="stable")
    ranked, hits = values[order], np.cumsum(yes[order])
    cut = np.flatnonzero(ranked[1:] > ranked[:-1])
    cut = cut[(cut + 1 >= least) & (len(yes) - cut - 1 >= least)]
    if not len(cut):
        return None
    n, n_left, total = len(yes), cut + 1.0, float(hits[-1])
    left, right = hits[cut], total - hits[cut]
    impurity = 2 * (left * (n_left - left) / n_left + right * (n - n_left - right) / (n - n_left))
    lowest = int(impurity.argmin())
    gain = 2 * total * (n - total) / n - float(impurity[lowest])
    if gain <= 1e-9:
        return None
    at = cut[lowest]
    most = float((ranked[at] + ranked[at + 1]) / 2)
    return Split(k, most, place <= most, gain)


def prune(node: Node, price: float) -> Node:
    """Return the smallest subtree of least impurity plus ``price`` for each leaf."""
    return _pruned(node, price)[0]


def _pruned(node: Node, price: float) -> tuple[Node, float]:
    branches = node.branches()
    alone = node.impurity + price
    if branches is None:
        return node, alone
    (left, left_cost), (right, right_cost) = (_pruned(child, price) for child in branches[1:])
    if alone <= (left_cost + right_cost) * (1 + 1e-12):
        return Node(node.cases, node.yes), alone
    return replace(node, left=left, right=right), left_cost + right_cost


def prices(node: Node) -> list[float]:
    """Return the prices of a leaf at which the best subtree changes, from 0 up (weakest link)."""
    found = [0.0]
    while node.split is not None:
        weakest = min(_link(inner) for inner in _inner(node))
        found.append(max(weakest, found[-1]))
        node = prune(node, weakest * (1 + 1e-9))
    return found


def _link(node: Node) -> float:
    """Return what the leaves below a node bring, for each leaf more than one."""
    leaves = list(leaves_of(node))
    return (node.impurity - sum(leaf.impurity for leaf in leaves)) / (len(leaves) - 1)


def _inner(node: Node) -> Iterator[Node]:
    branches = node.branches()
    if branches is not None:
        yield node
        yield from _inner(branches[1])
        yield from _inner(branches[2])


def leaves_of(node: Node) -> Iterator[Node]:
    """Return the leaves, from left to right."""
    branches = node.branches()
    if branches is None:
        yield node
    else:
        yield from leaves_of(branches[1])
        yield from leaves_of(branches[2])


def predict(node: Node, columns: Sequence[Column]) -> Floats:
    """Return for each case the share of yes at the leaf where it arrives."""
    branches = node.branches()
    if branches is None:
        return np.full(len(columns[0].values), node.share)
    split, *sides = branches
    left = split.goes_left(columns[split.column].values)
    shares = np.empty(len(left))
    for cases, child in zip((left, ~left), sides, strict=True):
        shares[cases] = predict(child, [column.only(cases) for column in columns])
    return shares
