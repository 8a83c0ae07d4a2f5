from sim.comparison.contributions import *  # noqa
from sim.comparison import contributions as _m
import sys; sys.modules[__name__] = _m
