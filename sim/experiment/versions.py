"""The versions on which results depend, down to their last digit."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

DECISIVE = ("zopa", "numpy", "scipy", "numba")


@cache
def versions() -> dict[str, str]:
    """Return the version of every package that decides on numbers, as installed here."""
    found = {}
    for name in DECISIVE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "(none)"
    return found
