"""Files of pictures have names that are short, telling, and each its own."""

from __future__ import annotations

from sim.experiment.design import Figure
from sim.report.file_names import drawn_again, free, told_apart

PATHS = (
    "levers.us_arms_cutoff.effects.ukraine.disagreement",
    "levers.oil_sanctions.effects.russia.disagreement",
    "parties.russia.red_lines[0].binds",
    "parties.russia.red_lines[1].binds",
    "levers",
)


def heat(**options):
    return Figure(name="zone_heatmap", options=options)


def recorded(figures):
    return [
        {"file": f"figures/{name}.svg", "picture": figure.name, "options": figure.options}
        for figure, name in zip(figures, told_apart(figures, PATHS), strict=True)
    ]


def test_pictures_of_one_kind_are_told_apart_by_as_little_as_does():
    x, y = PATHS[:2]
    several = [heat(x=x, y=y, outcome=name) for name in ("zone.probability", "us28.russia.surplus")]
    names = ["zone_heatmap-zone_probability", "zone_heatmap-us28_russia_surplus"]
    assert told_apart(several, PATHS) == names
    assert told_apart(several[:1], PATHS) == names[:1]
    assert told_apart([heat()], PATHS) == ["zone_heatmap"]


def test_what_varies_is_said_by_the_steps_that_no_other_path_has():
    sides = [heat(x=path, outcome="zone.exists") for path in PATHS]
    assert [name.removeprefix("zone_heatmap-") for name in told_apart(sides, PATHS)] == [
        "us_arms_cutoff", "oil_sanctions", "red_lines_0", "red_lines_1", "levers"
    ]  # fmt: skip


def test_a_picture_drawn_again_keeps_its_name_and_another_never_takes_it():
    ran = [heat(x=PATHS[0], y=PATHS[1], outcome="zone.exists")]
    there = recorded(ran)
    (name,) = drawn_again(ran, there, PATHS)
    assert f"figures/{name}.svg" == there[0]["file"]
    others = [heat(outcome="zone.exists"), heat(), heat(x="levers", outcome="zone.exists")]
    anew = drawn_again(others, there, PATHS)
    assert anew == ["zone_heatmap-zone_exists-2", "zone_heatmap", "zone_heatmap-levers-zone_exists"]
    assert drawn_again(others, there, PATHS) == anew


def test_long_names_are_cut_and_stay_apart():
    first = free("a" * 300, ())
    assert len(first) < 150
    assert free("a" * 300, [first]) == f"{first}-2"
