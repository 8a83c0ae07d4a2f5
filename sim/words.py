"""How zopa says numbers and names: the same figure reads the same way wherever it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.problem import TOLERANCE


def decimals_for(values: ArrayLike) -> int:
    """Return how many decimals tell values of this size apart: two for utilities in [0, 1].

    >>> decimals_for([0.31, -0.52]), decimals_for([24.0, 12.0]), decimals_for([1300.0])
    (2, 1, 0)
    """
    sizes = np.abs(np.asarray(values, dtype=float))
    largest = float(sizes.max(initial=0.0, where=np.isfinite(sizes)))
    if largest >= 1000:
        return 0
    return 1 if largest >= 10 else 2


def plain(value: float, decimals: int = 2) -> str:
    """Write a number with a true minus; one too small for the decimals gets as many as it needs.

    >>> plain(0.3), plain(-0.125, 1), plain(-0.0042), plain(1e-12)
    ('0.30', '−0.1', '−0.004', '0.00')
    """
    size = abs(float(value))
    if size <= TOLERANCE:
        return f"{0:.{decimals}f}"
    while round(size, decimals) == 0 and decimals < 9:
        decimals += 1
    return f"{'−' if value < 0 else ''}{size:,.{decimals}f}"


def signed(value: float, decimals: int = 2) -> str:
    """Write a difference: with its sign, whichever it is.

    >>> signed(0.3), signed(-0.3), signed(0.0)
    ('+0.30', '−0.30', '0.00')
    """
    return ("+" if value > TOLERANCE else "") + plain(value, decimals)


def percent(share: float) -> str:
    r"""Write a share of draws; what is rare is never rounded to never, nor common to always.

    >>> shares = [0.0, 0.0004, 0.374, 0.9999, 1.0]
    >>> [percent(share).replace("\N{NO-BREAK SPACE}", " ") for share in shares]
    ['0 %', '< 1 %', '37 %', '> 99 %', '100 %']
    """
    if 0 < share < 0.01:
        return "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%"
    if 0.99 < share < 1:
        return ">\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%"
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Join names as a sentence does.

    >>> listed(["Ann"]), listed(["Ann", "Bob"]), listed(["Ann", "Bob", "Eve"])
    ('Ann', 'Ann and Bob', 'Ann, Bob and Eve')
    """
    *first, final = list(names) or ["nobody"]
    return f"{', '.join(first)} {last} {final}" if first else final


def together(names: Sequence[str]) -> str:
    """Name several parties as a whole.

    >>> together(["Ann", "Bob"]), together(["Ann", "Bob", "Eve"])
    ('both Ann and Bob', 'Ann, Bob and Eve together')
    """
    if len(names) == 2:
        return f"both {listed(names)}"
    return listed(names) + (" together" if len(names) > 2 else "")


def counted(n: int, one: str, many: str | None = None) -> str:
    """Write how many there are of something.

    >>> counted(1, "red line"), counted(3, "red line")
    ('1 red line', '3 red lines')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def name_of(title: str) -> str:
    """Return a title as a name: white space set right, a remark in brackets left out.

    >>> name_of("Ukraine's stated terms (memorandum, London text)")
    "Ukraine's stated terms"
    """
    whole = " ".join(title.split())
    return re.sub(r"\s*\([^()]*\)\s*$", "", whole) or whole


def capital(text: str) -> str:
    """Begin with a capital letter, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def solution_name(name: str) -> str:
    """Write a solution's name as people do.

    >>> solution_name("kalai_smorodinsky"), solution_name("nash"), solution_name("my_rule")
    ('Kalai–Smorodinsky', 'Nash', 'My rule')
    """
    known = {"kalai_smorodinsky": "Kalai–Smorodinsky", "nash": "Nash", "raiffa": "Raiffa"}
    return known.get(name, capital(name.replace("_", " ")))


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers that divide an interval.

    >>> ticks(0.0, 1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        return [low]
    raw = (high - low) / about
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def big(number: int) -> str:
    """Write a number of packages: in full while it can be read, then as a power of ten.

    >>> big(27), big(8_664), big(4_013_223_321_600_000)
    ('27', '8,664', '4.0·10¹⁵')
    """
    if number < 10_000_000:
        return f"{number:,}"
    exponent = len(str(number)) - 1
    return f"{number / 10**exponent:.1f}·10{_raised(exponent)}"


def tiny(share: float) -> str:
    """Write a share that may be very small.

    >>> tiny(0.25), tiny(0.0), tiny(3.2e-9)
    ('25 %', 'none', '3.2·10⁻⁹')
    """
    if share == 0:
        return "none"
    if share >= 0.001:
        return f"{100 * share:.3g} %"
    exponent = math.floor(math.log10(share))
    return f"{share / 10.0**exponent:.1f}·10{_raised(exponent)}"


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


def lasting(seconds: float) -> str:
    """Say how long something takes, in the unit that suits it.

    >>> [lasting(s) for s in (0.31, 42, 500, 9_000, 4e5, 9e8, 9e12)]
    ['0.3 s', '42 s', '8 minutes', '2.5 hours', '4.6 days', '29 years', 'thousands of years']
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    for unit, size, until in (
        ("minutes", 60, 120), ("hours", 3600, 48), ("days", 86_400, 730), ("years", 31_557_600, 2e3)
    ):  # fmt: skip
        many = seconds / size
        if many < until:
            return f"{many:.1f} {unit}" if many < 5 and many % 1 > 0.05 else f"{many:.0f} {unit}"
    return "thousands of years"
