from sim.comparison.acceptance import *  # noqa
from sim.comparison import acceptance as _m
import sys; sys.modules[__name__] = _m
