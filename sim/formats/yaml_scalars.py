"""What a plain word of a YAML file means: the core schema of YAML 1.2, nothing more.

``no``, ``yes``, ``on`` and ``2025-12-01`` are texts, ``1e3`` is the number 1000 and ``0o17`` is 15.
YAML 1.1, which most Python readers still speak, says otherwise of every one of them.

References
----------
Ben-Kiki, Evans and döt Net (2021), YAML 1.2.2, section 10.3, "Core schema".
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{f"{sign}{word}": math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{f"-{word}": -math.inf for word in (".inf", ".Inf", ".INF")},
}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_WHOLE = 300  # digits; more than this is read as a float, which turns out infinite


def plain_scalar(text: str) -> Scalar:
    """Return the value of a word that stands without quotes.

    >>> [plain_scalar(word) for word in ("no", "1e3", "2025-12-01", "0o17", "~", "-.inf", "012")]
    ['no', 1000.0, '2025-12-01', 15, None, -inf, 12]
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    if _WHOLE.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_WHOLE else float(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        number = int(text[2:], 8 if text[1] == "o" else 16)
        return number if len(text) <= _LONGEST_WHOLE else math.inf
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
