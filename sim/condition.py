"""Conditions on a package: this option of that issue, together with those of another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.issues import OutcomeSpace, Span, options_of

Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Condition:
    """Options that must all be met at once, as ``when`` and ``forbid`` say in a file.

    Attributes
    ----------
    issues
        Places of the issues named, ascending.
    options
        For each of them a mask over its options: those that meet the condition.
    text
        The condition as people would write it, with the file's identifiers.

    Examples
    --------
    >>> space = OutcomeSpace({"height": ["low", "high"], "cost": ["ann", "half", "bob"]})
    >>> unfair = Condition.of({"cost": ["half", "bob"], "height": "high"}, space)
    >>> unfair.text
    'height: high + cost: half/bob'
    >>> unfair.holds(np.array([[1, 0], [1, 2]]))
    array([False,  True])
    >>> Condition.of({"cost": Span(**{"from": "half", "to": "bob"})}, space).text
    'cost: half to bob'
    """

    issues: tuple[int, ...]
    options: tuple[Bools, ...]
    text: str

    @classmethod
    def of(cls, when: Mapping[str, str | list[str] | Span], space: OutcomeSpace) -> Condition:
        """Turn names into places and masks."""
        named = [issue for issue in space.issues if issue in when]
        masks = []
        for issue in named:
            chosen = set(options_of(when[issue], space.options[issue]))
            masks.append(np.array([option in chosen for option in space.options[issue]]))
        text = " + ".join(f"{issue}: {_text(when[issue])}" for issue in named)
        return cls(tuple(space.issues.index(i) for i in named), tuple(masks), text)

    def holds(self, choices: Indices) -> Bools:
        """Tell for each outcome, shape ``(…, n_issues)``, whether it meets the condition."""
        met = [mask[choices[..., i]] for i, mask in zip(self.issues, self.options, strict=True)]
        result: Bools = np.logical_and.reduce(met)
        return result

    def met(self, choices: Sequence[int | Indices]) -> Bools:
        """Tell whether choices meet it, each one option or an option for every draw.

        Returns
        -------
        ndarray
            A scalar where every choice that matters is one option, else ``(n_draws,)``.
        """
        masks = zip(self.issues, self.options, strict=True)
        met = [np.asarray(mask[choices[i]]) for i, mask in masks]
        result: Bools = np.logical_and.reduce(np.broadcast_arrays(*met))
        return result

    def share(self, options: Sequence[Indices]) -> float:
        """Return the share of the packages drawn from option sets, one an issue, that meet it."""
        met = [m[options[i]].mean() for i, m in zip(self.issues, self.options, strict=True)]
        return math.prod(float(share) for share in met)


def _text(said: str | list[str] | Span) -> str:
    if isinstance(said, Span):
        return said.text
    return said if isinstance(said, str) else "/".join(said)
