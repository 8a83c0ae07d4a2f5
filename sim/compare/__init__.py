"""Transitional alias."""
from sim.comparison import *  # noqa
from sim.comparison import Comparison, compare  # noqa
