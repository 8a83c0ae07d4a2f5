"""What predictions say besides their own sentences: on what they hinge, how sure they are."""

from __future__ import annotations

import math

from sim.equilibria.prediction import Hinge, Prediction
from sim.words import plain


def hinge_in_words(hinge: Hinge) -> str:
    """Say at which value of a parameter the prediction flips.

    >>> hinge_in_words(Hinge("patience of Ann", 0.9, 0.5, "Bob's package is agreed"))
    "patience of Ann (now 0.90): at 0.50 it flips; beyond, Bob's package is agreed"
    >>> hinge_in_words(Hinge("patience of Ann", 0.9, None, "from 0.5 to 1"))
    'patience of Ann (now 0.90): nothing flips (from 0.5 to 1)'
    """
    now = f"{hinge.parameter} (now {_number(hinge.now)})"
    if hinge.flips_at is None:
        return f"{now}: nothing flips ({hinge.then})"
    return f"{now}: at {_number(hinge.flips_at)} it flips; beyond, {hinge.then}"


def proof_of(found: Prediction) -> str:
    """Say how sure a prediction is, where it is not exact."""
    if found.exact:
        return ""
    if not math.isfinite(found.bound):
        return "Estimated; how far off is not known."
    return f"Within {found.bound:.1g}."


def _number(value: float) -> str:
    """Write a parameter with as many decimals as it takes to tell it from 0 and 1."""
    near = min(abs(value), abs(1 - value)) if 0 < value < 1 else abs(value)
    decimals = 2 if near == 0 or near >= 0.05 else 3 if near >= 0.005 else 4
    return plain(value, decimals)
