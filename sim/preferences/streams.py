"""Random numbers by name: each uncertain number of a scenario has a stream of its own.

A stream depends on the seed and on the number's path in the file, on nothing else. So the same
seed gives the same draws whatever the order of issues and parties, and a change to one number
leaves the draws of all others as they were: two versions of a scenario are always compared
under common random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

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
        parts = range(0, max(seed.bit_length(), 1), 32)
        self._words = np.array([seed >> k & 0xFFFFFFFF for k in parts], dtype=np.uint32)
        self._streams: dict[str, np.random.Generator] = {}
        self._groups: dict[str, tuple[Sequence[str], Floats]] = {}
        self._waiting: dict[str, Floats] = {}
        for names, ranks in correlations:
            root = _root(2 * np.sin(np.pi * np.asarray(ranks) / 6))
            self._groups |= dict.fromkeys(names, (tuple(names), root))

    def of(self, name: str) -> np.random.Generator:
        """Return the generator that belongs to a name, where it left off."""
        if name not in self._streams:
            words = np.concatenate([self._words, _words(name)])
            self._streams[name] = np.random.default_rng(words)
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


@lru_cache(maxsize=4096)
def _words(name: str) -> NDArray[np.uint32]:
    """Return what a name adds to a seed; words of 32 bits are what numpy takes quickest."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.frombuffer(digest[:16], dtype="<u4").astype(np.uint32)


class ManyStreams:
    """The streams of several seeds, what each gives one behind the other.

    Parameters
    ----------
    seeds
        One for each case.
    correlations
        As for `Streams`.
    """

    def __init__(
        self, seeds: Sequence[int], correlations: Sequence[tuple[Sequence[str], Floats]] = ()
    ) -> None:
        self._each = [Streams(seed, correlations) for seed in seeds]

    def of(self, name: str) -> OneBehindTheOther:
        """Return the generators that belong to a name, as one."""
        return OneBehindTheOther([streams.of(name) for streams in self._each])

    def uniform(self, name: str, n: int) -> Floats:
        """Return the next ``n`` uniforms for a name, as many from each seed."""
        each = n // len(self._each)
        return np.concatenate([streams.uniform(name, each) for streams in self._each])


class OneBehindTheOther:
    """Several generators that give as many numbers each, along the last axis."""

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        self._each = generators

    def random(self, n: int) -> Floats:
        """Return ``n`` uniforms in [0, 1)."""
        return np.concatenate([one.random(n // len(self._each)) for one in self._each])

    def standard_exponential(self, shape: tuple[int, int]) -> Floats:
        """Return exponentials, shape ``(n_rows, n)``."""
        own = (shape[0], shape[1] // len(self._each))
        return np.concatenate([one.standard_exponential(own) for one in self._each], axis=1)


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
