"""What can be agreed: whether an acceptable outcome exists, and how many there are."""

from sim.feasible.count import ZoneSize, count_acceptable
from sim.feasible.zone import Zone, find_acceptable

__all__ = ["Zone", "ZoneSize", "count_acceptable", "find_acceptable"]
