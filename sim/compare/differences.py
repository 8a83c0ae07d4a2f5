from sim.comparison.differences import *  # noqa
from sim.comparison import differences as _m
import sys; sys.modules[__name__] = _m
