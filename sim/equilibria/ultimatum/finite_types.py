"""A take-it-or-leave-it offer to an opponent of finitely many types, each with its chance.

The plain definition on a list of packages: every package is looked at against every type. It is
the way to study a small game by hand, and what the search on large scenarios is tested against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class TypedOffer:
    """The best package against types that cannot be told apart.

    Attributes
    ----------
    package
        Place in the list; -1 where no offer is better than no deal.
    chance
        Of acceptance.
    payoff
        What the proposer expects.
    informed
        What it expects if it knows the type before it offers.
    after_refusal
        Chance of every type once the package was refused; as before where all accept.
    curve
        Packages for which no other is both better for the proposer and as likely accepted, from
        the surest to the riskiest.
    chances
        Of acceptance of every package, ``(n_packages,)``.
    """

    package: int
    chance: float
    payoff: float
    informed: float
    after_refusal: Floats
    curve: tuple[int, ...]
    chances: Floats

    @property
    def information(self) -> float:
        """What knowing the type would gain the proposer."""
        return self.informed - self.payoff


def best_offer(
    own: ArrayLike, theirs: ArrayLike, asked: ArrayLike, prior: ArrayLike, *, no_deal: float
) -> TypedOffer:
    """Find the package of highest expected payoff; of equal ones the surest.

    Parameters
    ----------
    own
        What each package gives the proposer, ``(n_packages,)``.
    theirs
        What it gives each type, ``(n_packages, n_types)``.
    asked
        What each type insists on, ``(n_types,)``.
    prior
        Chance of every type.
    no_deal
        What the proposer has if refused.

    Raises
    ------
    InputError
        If chances are negative or do not add up to 1.

    Examples
    --------
    A pie of ten: the tough insists on 5, the weak on 2. Asking for 8 pays if the tough is rarer
    than 3 in 8.

    >>> coins = np.arange(11.0)
    >>> theirs = np.column_stack([10 - coins, 10 - coins])
    >>> [best_offer(coins, theirs, [5, 2], [q, 1 - q], no_deal=0).package for q in (0.3, 0.4)]
    [8, 5]
    """
    mine, chances_of = np.asarray(own, dtype=float), np.asarray(prior, dtype=float)
    if (chances_of < 0).any() or abs(float(chances_of.sum()) - 1) > NEAR:
        raise InputError(
            f"chances of the types must be none negative and add up to 1, not {chances_of.tolist()}"
        )
    accepts = np.asarray(theirs, dtype=float) >= np.asarray(asked, dtype=float) - NEAR
    chances = accepts @ chances_of
    payoffs = chances * (mine - no_deal) + no_deal
    able = np.flatnonzero(chances > 0)
    informed = np.maximum(np.where(accepts, mine[:, None], -np.inf).max(axis=0), no_deal)
    order = able[np.lexsort((-chances[able], -mine[able]))]
    best_chance = np.concatenate(([-1.0], np.maximum.accumulate(chances[order])[:-1]))
    curve = tuple(order[chances[order] > best_chance + NEAR].tolist()[::-1])
    top = max(float(payoffs[able].max(initial=-np.inf)), no_deal)
    worth = able[(payoffs[able] >= top - NEAR) & (mine[able] >= no_deal - NEAR)]
    package, chance, left = -1, 0.0, chances_of
    if len(worth):
        package = int(worth[chances[worth].argmax()])
        chance = float(chances[package])
        refused = chances_of * ~accepts[package]
        left = refused / refused.sum() if refused.any() else chances_of
    return TypedOffer(package, chance, top, float(informed @ chances_of), left, curve, chances)
