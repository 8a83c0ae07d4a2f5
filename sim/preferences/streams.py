"""Random numbers by name: each uncertain number of a scenario has a stream of its own.

A stream depends on the seed and on the number's path in the file, on nothing else. So the same
seed gives the same draws whatever the order of issues and parties, and a change to one number
leaves the draws of all others as they were: two versions of a scenario are always compared
under common random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Streams:
    """A source of uniform numbers for every name, some of them tied by rank correlation.

    Parameters
    ----------
    seed
        Any non-negative integer.
    correlations
        Groups of names with their Spearman rank correlation matrix; a name stands in one group.

    Notes
    -----
    Tied names share a Gaussian copula: a rank correlation ρ is a correlation of 2 sin(πρ/6)
    between the underlying normals (Pearson 1907).
    """

    def __init__(
        self, seed: int, correlations: Sequence[tuple[Sequence[str], Floats]] = ()
    ) -> None:
        self.seed = seed
        self._streams: dict[str, np.random.Generator] = {}
        self._groups: dict[str, tuple[Sequence[str], Floats]] = {}
        self._waiting: dict[str, Floats] = {}
        for names, ranks in correlations:
            root = _root(2 * np.sin(np.pi * np.asarray(ranks) / 6))
            self._groups |= dict.fromkeys(names, (tuple(names), root))

    def of(self, name: str) -> np.random.Generator:
        """Return the generator that belongs to a name, where it left off."""
        if name not in self._streams:
            digest = hashlib.sha256(name.encode()).digest()
            words = np.frombuffer(digest[:16], dtype="<u4").tolist()
            self._streams[name] = np.random.default_rng([self.seed, *words])
        return self._streams[name]

    def uniform(self, name: str, n: int) -> Floats:
        """Return the next ``n`` uniforms in [0, 1) for a name."""
        if name not in self._groups:
            return self.of(name).random(n)
        if name not in self._waiting:
            from scipy.special import ndtr  # noqa: PLC0415  slow to import, seldom needed

            names, root = self._groups[name]
            normals = np.stack([self.of(member).standard_normal(n) for member in names])
            self._waiting |= dict(zip(names, ndtr(root @ normals), strict=True))
        return np.minimum(self._waiting.pop(name), 1 - 2**-53)


def correlation_groups(
    pairs: Mapping[frozenset[str], float],
) -> list[tuple[list[str], Floats]]:
    """Join pairwise rank correlations into groups, each with its full matrix.

    Pairs that are not named are uncorrelated.
    """
    groups: list[set[str]] = []
    for pair in pairs:
        joined = set(pair).union(*(g for g in groups if g & pair))
        groups = [g for g in groups if not g & pair] + [joined]
    result = []
    for group in groups:
        names = sorted(group)
        matrix = np.eye(len(names))
        for i, a in enumerate(names):
            for j, b in enumerate(names):
                if i != j:
                    matrix[i, j] = pairs.get(frozenset((a, b)), 0.0)
        result.append((names, matrix))
    return result


def _root(matrix: Floats) -> Floats:
    """Return the square root of a correlation matrix, its rows of length one.

    The symmetric root is the only one that does not hang on how the machine's linear algebra
    happens to order or sign the eigenvectors. Where the matrix is none (below zero in some
    direction) the rows are stretched back, so that every name keeps its own distribution.
    """
    values, vectors = np.linalg.eigh(matrix)
    root: Floats = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    return root
