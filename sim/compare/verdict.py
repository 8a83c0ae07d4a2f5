from sim.comparison.verdict import *  # noqa
from sim.comparison import verdict as _m
import sys; sys.modules[__name__] = _m
