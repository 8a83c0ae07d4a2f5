"""The shipped wage bargain, worked out with pencil and paper: grids, a line, a box."""

from __future__ import annotations

from itertools import product

import pytest
from shipped import shipped, solved

from sim.plans import read_plan
from sim.sampling import central

RISES = [k / 2 for k in range(13)]
WEEKS = range(35, 41)
JOBS = {"none": 0.0, "two": 0.5, "four": 1.0}


def union(rise: float, week: int, jobs: str) -> float:
    """Five tenths for pay (0.6 of them on the first three per cent), two for hours, three."""
    pay = 0.2 * rise if rise <= 3 else 0.6 + 0.4 * (rise - 3) / 3
    return 0.5 * pay + 0.2 * (40 - week) / 5 + 0.3 * JOBS[jobs]


def owner(rise: float, week: int, jobs: str) -> float:
    box = -0.15 if rise >= 3 and jobs != "none" else 0.0
    return 0.5 * (1 - rise / 6) + 0.3 * (week - 35) / 5 + 0.2 * (1 - JOBS[jobs]) + box


def mediator(rise: float, week: int, jobs: str) -> float:
    usual = 3.0 if 2 <= rise <= 4 and 37 <= week <= 39 else 0.0
    restraint = 2.0 if rise <= 3 and jobs != "none" else 0.0
    return usual + restraint - (rise in (0, 6))


def test_every_package_is_worth_what_the_paper_says():
    ensemble = central(shipped("wage-bargain"))
    for (r, rise), (w, week), (j, jobs) in product(
        enumerate(RISES), enumerate(WEEKS), enumerate(JOBS)
    ):
        right = [party(rise, week, jobs) for party in (union, owner, mediator)]
        assert ensemble.utility([r, w, j])[0] == pytest.approx(right, abs=1e-12)


def test_the_zone_is_counted_as_by_hand():
    def agreed(rise: float, week: int, jobs: str) -> bool:
        allowed = not (rise >= 5 and week == 35) and rise < 5.5  # the law; the owner's red line
        enough = union(rise, week, jobs) >= 0.375 - 1e-9  # the middle of 0.3 and 0.45
        return allowed and enough and owner(rise, week, jobs) >= 0.3 - 1e-9

    inside = [package for package in product(RISES, WEEKS, JOBS) if agreed(*package)]
    assert solved("wage-bargain").size.outcomes == len(inside)


def test_the_box_keeps_the_rise_below_three_per_cent():
    """Without it Nash's product is largest at 3 %: 0.3·0.25 beats 0.25·0.2917 and 0.3333·0.2083."""
    bargain = solved("wage-bargain")
    assert bargain.package(bargain.solutions["nash"])["rise"] == "2.5"
    free = solved("wage-bargain", "parties.owner.interactions=[]")
    nash = free.solutions["nash"]
    assert free.package(nash) == {"rise": "3", "week": "40", "jobs": "four"}
    assert nash.utilities == pytest.approx([0.6, 0.55])


def test_a_plan_may_leave_a_stretch_of_numbers_open():
    demand = read_plan(shipped("wage-bargain"), "demand")
    assert demand.open[0].tolist() == [8, 9, 10]  # 4, 4.5 and 5 %
    proposal = read_plan(shipped("wage-bargain", "plans.proposal.picks.rise=3"), "proposal")
    assert proposal.open[0].tolist() == [6]
