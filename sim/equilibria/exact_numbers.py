"""Exact fractions as people and JSON read them."""

from __future__ import annotations

from fractions import Fraction

from sim.words import plain

LARGEST_DENOMINATOR = 3000
"""A fraction with a larger one is written as a decimal number."""

FINEST = 10**6
"""Numbers from floating point are taken for the nearest fraction with no larger denominator."""


def exact(value: float) -> Fraction:
    """Return the fraction that a number from a file stands for.

    >>> exact(0.1), exact(1 / 3)
    (Fraction(1, 10), Fraction(1, 3))
    """
    written = Fraction(repr(float(value)))
    return written if written.denominator <= FINEST else written.limit_denominator(FINEST)


def said(value: Fraction) -> str:
    """Write a fraction for a sentence.

    >>> said(Fraction(66)), said(Fraction(170, 3)), said(Fraction(2, 15)), said(Fraction(-7, 2))
    ('66', '56 2/3', '2/15', '−3 1/2')
    """
    if value.denominator > LARGEST_DENOMINATOR:
        return plain(float(value), 3)
    whole, rest = divmod(abs(value), 1)
    parts = [f"{whole:,}"] if whole or not rest else []
    parts += [str(rest)] if rest else []
    return ("−" if value < 0 else "") + " ".join(parts)


def for_json(value: Fraction) -> dict[str, str | float]:
    """Return a fraction as a text that loses nothing, and as a number.

    >>> for_json(Fraction(2, 15))["exact"]
    '2/15'
    """
    return {"exact": str(value), "value": float(value)}
