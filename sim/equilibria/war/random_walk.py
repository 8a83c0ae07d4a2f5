"""A war of battles as a random walk between two capitals: the closed forms.

There are N steps between the capitals. One side stands n steps from its own capital and wins each
battle, and so one step, with chance p. It wins the war on step N and loses it on step 0.
"""

from __future__ import annotations

from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float


def _walk(n: int, steps: int, p: Real) -> Real:
    if steps < 1 or not 0 <= n <= steps:
        raise InputError(f"stand between 0 and {steps} steps from the own capital, not {n}")
    if not 0 < p < 1:
        raise InputError(f"the chance of winning a battle must lie between 0 and 1, not {p}")
    return (1 - p) / p


def chance_of_victory(n: int, steps: int, p: Real) -> Real:
    r"""Return the chance that the war is won: the gambler's ruin.

    .. math:: P = \frac{1-r^n}{1-r^N}, \quad r = \frac{1-p}{p}; \qquad n/N \text{ where } p = 1/2

    Parameters
    ----------
    n
        Steps from the own capital, 0 to ``steps``.
    steps
        Steps between the capitals.
    p
        Chance of winning a battle; a fraction gives a fraction.

    Examples
    --------
    >>> chance_of_victory(1, 4, Fraction(2, 5))
    Fraction(8, 65)

    References
    ----------
    Smith & Stam (2004), "Bargaining and the Nature of War", Journal of Conflict Resolution
    48 (6), 783-813.
    """
    r = _walk(n, steps, p)
    if r == 1:
        return Fraction(n, steps) if isinstance(p, Fraction) else n / steps
    return (1 - r**n) / (1 - r**steps)


def battles_left(n: int, steps: int, p: Real) -> Real:
    r"""Return how many battles the war is expected to last.

    .. math:: \frac{n}{q-p} - \frac{N}{q-p} \cdot \frac{1-r^n}{1-r^N}, \quad q = 1-p;
              \qquad n(N-n) \text{ where } p = 1/2

    Examples
    --------
    >>> battles_left(5, 10, 0.5)
    25.0
    """
    r = _walk(n, steps, p)
    if r == 1:
        return Fraction(n * (steps - n)) if isinstance(p, Fraction) else float(n * (steps - n))
    return (n - steps * chance_of_victory(n, steps, p)) / (1 - 2 * p)
