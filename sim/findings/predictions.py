"""What predictions say besides their own sentences: on what they hinge, how sure they are."""

from __future__ import annotations

import math

from sim.equilibria.prediction import Hinge, Prediction
from sim.words import capital, plain


def hinge_in_words(hinge: Hinge) -> str:
    """Say at which value of a parameter the prediction flips.

    >>> hinge_in_words(Hinge("patience of Ann", 0.9, 0.5, "Bob's package is agreed"))
    "patience of Ann (now 0.90): at 0.50 it flips; beyond, Bob's package is agreed"
    >>> hinge_in_words(Hinge("chance of breakdown", 0.06, 0.0617, "talks fail"))
    'chance of breakdown (now 0.060): at 0.062 it flips; beyond, talks fail'
    >>> hinge_in_words(Hinge("patience of Ann", 0.9, None, "from 0.5 to 1"))
    'patience of Ann (now 0.90): nothing flips (from 0.5 to 1)'
    """
    if hinge.flips_at is None:
        now = plain(hinge.now, _decimals(hinge.now))
        return f"{hinge.parameter} (now {now}): nothing flips ({hinge.then})"
    decimals = max(_decimals(hinge.now), _decimals(hinge.flips_at))
    while round(hinge.now, decimals) == round(hinge.flips_at, decimals) and decimals < 6:
        decimals += 1
    now, at = plain(hinge.now, decimals), plain(hinge.flips_at, decimals)
    return f"{hinge.parameter} (now {now}): at {at} it flips; beyond, {hinge.then}"


def proof_of(found: Prediction) -> str:
    """Say how sure a prediction is, where it is not exact."""
    if found.exact:
        return ""
    if not math.isfinite(found.bound):
        return "Estimated; how far off is not known."
    return f"Within {found.bound:.1g}."


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return ended(capital(text))


def ended(text: str) -> str:
    """End with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _decimals(value: float) -> int:
    """Tell how many decimals a parameter takes to be told from 0 and 1."""
    if float(value).is_integer() and abs(value) > 1:
        return 0
    near = min(abs(value), abs(1 - value)) if 0 < value < 1 else abs(value)
    return 2 if near == 0 or near >= 0.05 else 3 if near >= 0.005 else 4
