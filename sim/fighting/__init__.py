"""What fighting on is worth: a front as a Markov chain, and a scenario's `war` block in arrays."""

from sim.fighting.chain import Chain, one_shot, with_time
from sim.fighting.reading import Fought, fought

__all__ = ["Chain", "Fought", "fought", "one_shot", "with_time"]
