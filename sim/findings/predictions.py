"""What predictions say besides their own sentences: on what they hinge, how sure they are."""

from __future__ import annotations

import math

from sim.equilibria.prediction import Hinge, Prediction
from sim.words import capital, plain


def hinge_in_words(hinge: Hinge) -> str:
    """Say at which value of a parameter the prediction flips.

    >>> hinge_in_words(Hinge("patience of Ann", 0.9, 0.5, "Bob's package is agreed"))
    "patience of Ann (now 0.90): below 0.50, Bob's package is agreed"
    >>> hinge_in_words(Hinge("chance of breakdown", 0.06, 0.0617, "talks fail"))
    'chance of breakdown (now 0.060): above 0.062, talks fail'
    >>> hinge_in_words(Hinge("chance of breakdown", 0.06, 0.060001, "talks fail"))
    'chance of breakdown (now 0.06): only just above that, talks fail'
    >>> hinge_in_words(Hinge("rounds", 6, 7, "another package is agreed", whole=True))
    'rounds (now 6): at 7, another package is agreed'
    >>> hinge_in_words(Hinge("patience of Ann", 0.9, None, "from 0.5 to 1"))
    'patience of Ann (now 0.90): nothing flips (from 0.5 to 1)'
    """
    if hinge.flips_at is None:
        now = plain(hinge.now, _decimals(hinge.now))
        return f"{hinge.parameter} (now {now}): nothing flips ({hinge.then})"
    now, at = _told_apart(hinge.now, hinge.flips_at, whole=hinge.whole)
    side = "at" if hinge.whole else "above" if hinge.flips_at > hinge.now else "below"
    if hinge.flips_at == hinge.now:
        return f"{hinge.parameter} (now {now}): just at the turn: {hinge.then}"
    if now == at:
        return f"{hinge.parameter} (now {now}): only just {side} that, {hinge.then}"
    return f"{hinge.parameter} (now {now}): {side} {at}, {hinge.then}"


def _told_apart(now: float, at: float, *, whole: bool) -> tuple[str, str]:
    """Write two values with the decimals that each needs, and more only to tell them apart."""
    if whole or (float(now).is_integer() and float(at).is_integer() and max(now, at) > 1):
        return plain(now, 0), plain(at, 0)
    own, other = _decimals(now), _decimals(at)
    for more in range(3):
        if plain(now, own + more) != plain(at, other + more):
            return plain(now, own + more), plain(at, other + more)
    return plain(now, own), plain(now, own)


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
    if abs(value - round(value, 2)) < 1e-9:
        return 2
    near = min(abs(value), abs(1 - value)) if 0 < value < 1 else abs(value)
    return 2 if near == 0 or near >= 0.05 else 3 if near >= 0.005 else 4
