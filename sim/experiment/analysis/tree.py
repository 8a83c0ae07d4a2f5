"""A small decision tree: the assumptions that tell yes from no, as rules to be read aloud.

PRIM finds one dense place; a tree parts the whole space into few places, every case in one. It is
kept small on purpose: four questions at most, and no more of them than hold up on cases that the
tree has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis.columns import Column, columns_of
from sim.experiment.analysis.defined import Account, Outcome, Unanswered, account, nothing_varies
from sim.experiment.analysis.growing import Node, Split, grow, leaves_of, predict, prices, prune

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOLDS = 10


@dataclass(frozen=True)
class Rule:
    """One leaf: where it lies, and what is there.

    Attributes
    ----------
    conditions
        All hold together, one for each factor that is asked about.
    cases, interesting
        How many cases are there; how many of them are of interest.
    density, coverage, support
        As of a box: shares of its cases, of all of interest, of all cases.
    """

    conditions: tuple[str, ...]
    cases: int
    interesting: int
    density: float
    coverage: float
    support: float

    @property
    def says(self) -> bool:
        """Whether most of its cases are of interest."""
        return self.density > 0.5

    def __str__(self) -> str:
        where = " and ".join(self.conditions) or "everywhere"
        return f"{where}: {self.interesting} of {self.cases} cases ({self.density:.0%})"


@dataclass(frozen=True, eq=False)
class Tree:
    """A decision tree, and how far it is to be relied on.

    Attributes
    ----------
    rules
        The leaves, the densest first.
    root
        The tree itself, to be drawn.
    importance
        Factor -> its share in what the questions tell (lower impurity); sums to 1.
    right
        Share of cases that are told rightly when they were *not* used to grow the tree
        (cross-validated); ``guess`` is what naming the commoner answer always gets.
    account
        What was undefined, and what was done about it.
    """

    rules: tuple[Rule, ...]
    root: Node
    importance: dict[str, float]
    right: float
    guess: float
    account: Account

    def __str__(self) -> str:
        return "\n".join(map(str, self.rules))


def decision_tree(
    settings: Mapping[str, Any],
    interest: Outcome,
    *,
    depth: int = 4,
    least_share: float = 0.02,
    seed: int = 0,
) -> Tree | Unanswered:
    """Grow a small tree that tells cases of interest from the rest.

    The tree is pruned to the smallest whose error on fresh cases is within one standard error of
    the least (ten-fold cross-validation of the squared error of its shares).

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``; numbers and categories.
    interest
        A case is of interest where this is not 0. Undefined cases are left out.
    depth
        Questions on the way to a leaf, from 1 to 4.
    least_share
        Share of the cases that a leaf holds at least; five cases in any event.
    seed
        Which cases are tried together.

    Returns
    -------
    Tree or Unanswered

    References
    ----------
    Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees; for scenario
    discovery Lempert, Bryant, Bankes (2008), "Comparing algorithms for scenario discovery", RAND
    working paper WR-557.

    Examples
    --------
    >>> threshold, reading = np.tile(np.arange(50) / 50, 2), np.repeat(["none", "implied"], 50)
    >>> zone = Outcome.of((threshold < 0.5) & (reading == "none"), "a zone exists")
    >>> print(decision_tree({"threshold": threshold, "reading": reading}, zone))
    threshold ≤ 0.49 and reading is none: 25 of 25 cases (100%)
    threshold ≤ 0.49 and reading is implied: 0 of 25 cases (0%)
    threshold > 0.49: 0 of 50 cases (0%)
    """
    if not (1 <= depth <= 4 and 0 < least_share < 0.5):
        raise InputError("tree: between 1 and 4 questions, and leaves of less than half the cases")
    columns = columns_of(settings, len(interest))
    counted = account(interest, f"those were left out; {interest.name} is asked of the others")
    declined = nothing_varies(interest, counted)
    if declined:
        return declined
    here = [column.only(interest.defined) for column in columns]
    yes = interest.known != 0
    least = max(5, int(np.ceil(least_share * len(yes))))
    root, right = _cross_validated(here, yes, depth, least, seed)
    if root.split is None:
        why = "no question about a single factor tells cases of interest from the rest"
        return Unanswered(counted, f"{why}, on cases that it was not chosen on")
    return Tree(
        tuple(sorted(_rules(root, columns, root), key=lambda rule: -rule.density)),
        root,
        _importance(root, columns),
        right,
        max(root.share, 1 - root.share),
        counted,
    )


def _cross_validated(
    columns: Sequence[Column], yes: Bools, depth: int, least: int, seed: int
) -> tuple[Node, float]:
    """Return the pruned tree, and how often trees pruned alike are right on fresh cases."""
    full = grow(columns, yes, depth=depth, least=least)
    steps = np.array(prices(full))
    tried = np.append(np.sqrt(steps[:-1] * steps[1:]), steps[-1] * (1 + 1e-6) + 1e-9)
    fold = np.arange(len(yes)) % min(FOLDS, len(yes))
    fold = np.random.default_rng(seed).permutation(fold)
    errors, right = np.empty((len(tried), len(yes))), np.empty((len(tried), len(yes)))
    for number in range(fold.max() + 1):
        held, rest = fold == number, fold != number
        seen = [column.only(rest) for column in columns]
        grown = grow(seen, yes[rest], depth=depth, least=max(1, int(least * rest.mean())))
        fresh = [column.only(held) for column in columns]
        for k, price in enumerate(tried):
            shares = predict(prune(grown, price * rest.mean()), fresh)
            errors[k, held] = (shares - yes[held]) ** 2
            right[k, held] = (shares > 0.5) == yes[held]
    error = errors.mean(axis=1)
    best = int(error.argmin())
    within = error[best] + errors[best].std() / np.sqrt(len(yes))
    simplest = int(np.flatnonzero(error <= within)[-1])
    return prune(full, float(tried[simplest])), float(right[simplest].mean())


def _importance(root: Node, columns: Sequence[Column]) -> dict[str, float]:
    gains = np.zeros(len(columns))
    waiting = [root]
    while waiting:
        branches = waiting.pop().branches()
        if branches is not None:
            gains[branches[0].column] += branches[0].gain
            waiting += branches[1:]
    return dict(zip((c.name for c in columns), (gains / gains.sum()).tolist(), strict=True))


def _rules(root: Node, columns: Sequence[Column], whole: Node) -> Iterator[Rule]:
    """Walk down to every leaf, and say in words how one gets there."""
    ways = list(_ways(root, {}, columns))
    for (node, asked), leaf in zip(ways, leaves_of(root), strict=True):
        assert node is leaf
        yield Rule(
            tuple(_condition(columns[k], *asked[k]) for k in asked),
            node.cases,
            node.yes,
            node.share,
            node.yes / whole.yes,
            node.cases / whole.cases,
        )


Asked = dict[int, tuple[float, float, Bools]]
"""For each factor asked about: above, up to, and which categories are left."""


def _ways(node: Node, asked: Asked, columns: Sequence[Column]) -> Iterator[tuple[Node, Asked]]:
    branches = node.branches()
    if branches is None:
        yield node, asked
        return
    split, left, right = branches
    yield from _ways(left, asked | {split.column: _narrowed(split, asked, columns, True)}, columns)
    yield from _ways(
        right, asked | {split.column: _narrowed(split, asked, columns, False)}, columns
    )


def _narrowed(
    split: Split, asked: Asked, columns: Sequence[Column], left: bool
) -> tuple[float, float, Bools]:
    every = np.ones(len(columns[split.column].categories), dtype=bool)
    above, most, categories = asked.get(split.column, (-np.inf, np.inf, every))
    if len(split.left):
        return above, most, categories & (split.left if left else ~split.left)
    return (above, min(most, split.most), every) if left else (max(above, split.most), most, every)


def _condition(column: Column, above: float, most: float, categories: Bools) -> str:
    if column.categories:
        names = (n for n, at in zip(column.categories, categories, strict=True) if at)
        return f"{column.name} is {' or '.join(names)}"
    if np.isinf(above):
        return f"{column.name} ≤ {most:.4g}"
    if np.isinf(most):
        return f"{column.name} > {above:.4g}"
    return f"{above:.4g} < {column.name} ≤ {most:.4g}"
