"""Dividing an estate among creditors whose claims exceed it: four rules, in exact fractions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from sim.errors import InputError

Shares = tuple[Fraction, ...]


def equal_awards(estate: Fraction | int, claims: Sequence[Fraction | int]) -> Shares:
    """Give all the same, but nobody more than its claim (Maimonides).

    >>> [int(x) for x in equal_awards(300, [50, 200, 300])]
    [50, 125, 125]
    """
    left, exact = checked(estate, claims)
    awards = [Fraction(0)] * len(exact)
    order = sorted(range(len(exact)), key=exact.__getitem__)
    for place, k in enumerate(order):
        awards[k] = min(exact[k], left / (len(order) - place))
        left -= awards[k]
    return tuple(awards)


def equal_losses(estate: Fraction | int, claims: Sequence[Fraction | int]) -> Shares:
    """Let all lose the same, but nobody more than its claim."""
    left, exact = checked(estate, claims)
    lost = equal_awards(sum(exact) - left, exact)
    return tuple(claim - loss for claim, loss in zip(exact, lost, strict=True))


def proportional(estate: Fraction | int, claims: Sequence[Fraction | int]) -> Shares:
    """Pay the same share of every claim."""
    left, exact = checked(estate, claims)
    return tuple(claim * left / sum(exact) for claim in exact)


def talmud(estate: Fraction | int, claims: Sequence[Fraction | int]) -> Shares:
    """Divide as the Talmud does: equal awards up to half of each claim, then equal losses.

    Between any two creditors what both dispute is halved; it is the nucleolus of the game in
    which coalitions get what the claims of the others leave.

    >>> [int(x) for x in talmud(300, [100, 200, 300])]
    [50, 100, 150]

    References
    ----------
    Aumann & Maschler (1985), "Game Theoretic Analysis of a Bankruptcy Problem from the Talmud",
    Journal of Economic Theory 36 (2), 195-213.
    """
    left, exact = checked(estate, claims)
    half = [claim / 2 for claim in exact]
    if left <= sum(half):
        return equal_awards(left, half)
    lost = equal_awards(sum(exact) - left, half)
    return tuple(claim - loss for claim, loss in zip(exact, lost, strict=True))


RULES: dict[str, Callable[[Fraction | int, Sequence[Fraction | int]], Shares]] = {
    "talmud": talmud,
    "equal_awards": equal_awards,
    "equal_losses": equal_losses,
    "proportional": proportional,
}
"""Rules of division by the names used in answers."""


def checked(
    estate: Fraction | int, claims: Sequence[Fraction | int]
) -> tuple[Fraction, list[Fraction]]:
    """Check an estate and the claims on it; all mistakes are told at once.

    Raises
    ------
    InputError
        If claims are none or not above 0, or the estate is negative or covers all claims.
    """
    left, exact = Fraction(estate), [Fraction(claim) for claim in claims]
    wrong = []
    if not exact:
        wrong.append("nobody claims anything: name at least one claim")
    if any(claim <= 0 for claim in exact):
        wrong.append("every claim must be above 0")
    if left < 0:
        wrong.append(f"the estate cannot be negative: {estate}")
    if left > sum(exact):
        wrong.append("the estate covers all claims: there is nothing to divide, pay them in full")
    if wrong:
        raise InputError("\n".join(wrong))
    return left, exact
