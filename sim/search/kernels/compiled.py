"""The compiler, imported here and in no other module.

Compiled code is kept on disk beside the source, so that each installation compiles once. With
``NUMBA_DISABLE_JIT=1`` the same lines run as plain Python, which is the reference.
"""

from __future__ import annotations

import numba

njit = numba.njit(cache=True, error_model="numpy")

MARGIN = 1e-12
"""Scores must differ by this to count as better: above the noise of adding."""
