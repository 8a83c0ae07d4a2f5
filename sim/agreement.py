"""What a method answers: an outcome or none, what it is worth, and how surely it is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Certificate:
    """How an answer was established.

    Attributes
    ----------
    exact
        Proven: no other answer is better.
    bound
        By how much the criterion that was maximised could still be better at the very most,
        in its own units; 0 when exact, infinite when nothing is known.
    method
        In two or three words: ``frontier``, ``branch and bound``, ``empty feasible set``.
    """

    exact: bool
    bound: float
    method: str


PROVEN_EMPTY = Certificate(exact=True, bound=0.0, method="empty feasible set")


@dataclass(frozen=True, eq=False)
class Agreement:
    """The outcome that a solution picks. No deal is an answer: the outcome is then ``None``.

    Attributes
    ----------
    outcome
        Option index for every issue, shape ``(n_issues,)``; ``None`` where the feasible set
        is empty.
    utilities
        What each party gets, shape ``(n_parties,)``; the disagreement point where there is no
        outcome.
    certificate
        How the answer was established.
    """

    outcome: Indices | None
    utilities: Floats
    certificate: Certificate

    @property
    def reached(self) -> bool:
        """Whether there is an agreement, and not only its absence."""
        return self.outcome is not None


@dataclass(frozen=True, eq=False)
class Lottery(Agreement):
    """An agreement to draw the outcome: a few outcomes, each with its chance.

    ``outcome`` is the one that is certain, and ``None`` where none is; ``utilities`` are what
    each party expects.

    Attributes
    ----------
    chances
        Shape ``(n_outcomes,)``, highest first, summing to 1; empty where the feasible set is.
        No more outcomes than parties are ever needed.
    outcomes
        Option indices, shape ``(n_outcomes, n_issues)``.
    points
        What each outcome gives, shape ``(n_outcomes, n_parties)``.
    prices
        Weights of the parties' utilities, summing to 1, at which no outcome that is allowed is
        worth more than what the lottery is expected to be: the proof that nothing is better for
        all. Zeros where there is no agreement.
    """

    chances: Floats
    outcomes: Indices
    points: Floats
    prices: Floats

    @property
    def reached(self) -> bool:
        """Whether there is an agreement, and not only its absence."""
        return len(self.chances) > 0


@dataclass(frozen=True, eq=False)
class Frontier:
    """Every outcome that cannot be bettered for one party without hurting another.

    Attributes
    ----------
    utilities
        Shape ``(n_points, n_parties)``, sorted by falling utility of the first party, then of
        the next ones; one row for each distinct point.
    choices
        The outcome of lowest number that reaches each point, shape ``(n_points, n_issues)``.
    certificate
        Exact, or every efficient point is within ``bound`` of a listed one for every party.
    """

    utilities: Floats
    choices: Indices
    certificate: Certificate

    def __len__(self) -> int:
        return len(self.utilities)
