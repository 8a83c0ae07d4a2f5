"""Transitional alias."""

import sys
from sim import settlement as _m

sys.modules[__name__] = _m
