"""`zopa draw`: pictures from results alone, whole or not at all, and listed where they belong."""

from __future__ import annotations

import json
import shutil

import pytest

from sim.cli import run_command
from sim.cli.draw import complete_picture

SWEEP = """\
experiment: 1
title: Thresholds of two states
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
  red_lines: [none, stated, implied]
design: {lhs: 24}
compute: [compare, zone]
draws: 10
zone_draws: 2
sensitivity: {outcomes: [zone.probability], resamples: 10}
figures: [{zone_heatmap: {outcome: zone.exists}}]
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Results of a small sweep, to be copied."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "sweep.yaml").write_text(SWEEP)
    code = run_command(["run", str(folder / "sweep.yaml"), "--into", str(folder), "--workers", "1"])
    assert code == 0
    return folder / "sweep"


@pytest.fixture
def results(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "sweep")


def draw(*arguments):
    return run_command(["draw", *map(str, arguments)])


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(results):
    return [one["file"] for one in json.loads((results / "run.json").read_text())["figures"]]


def test_all_pictures_that_there_is_something_for_are_drawn_and_listed(results, capsys):
    before = everything(results)
    assert listed(results) == ["figures/zone_heatmap-zone_exists.svg"]
    assert draw(results) == 0
    names = ["pawn_bars", "plan_ranks", "plan_distributions", "zone_heatmap"]
    names.append("parallel_coordinates")
    assert listed(results) == [
        "figures/zone_heatmap-zone_exists.svg", *(f"figures/{name}.svg" for name in names)
    ]  # fmt: skip
    for name in names:
        assert (results / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    changed = {path for path, data in before.items() if path.read_bytes() != data}
    assert changed == {results / "run.json"}
    told = capsys.readouterr().out
    assert "Not drawn: tornado, sobol_bars, morris_screening and prim_box" in told
    assert not list(results.rglob(".*"))


def test_drawing_again_gives_the_same_bytes_as_the_run(results):
    before = everything(results)
    assert draw(results, "zone_heatmap", "--outcome", "zone.exists") == 0
    assert everything(results) == before


def test_a_folder_that_is_named_takes_the_pictures_and_the_results_stay_as_they_are(
    results, tmp_path, capsys
):
    before = everything(results)
    there = tmp_path / "slides"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    assert draw(results, "plan_distributions", "--party", "all", "-o", there, "--json") == 0
    files = {"mine.txt", "plan_distributions-all.svg", "plan_distributions-all.png"}
    assert {path.name for path in there.iterdir()} == files
    assert everything(results) == before
    told = json.loads(capsys.readouterr().out)
    (one,) = told["figures"]
    assert one["picture"] == "plan_distributions"
    assert one["options"] == {"party": "all"}
    assert one["alt"].startswith(one["title"])


def test_what_is_listed_says_what_the_picture_says(results):
    assert draw(results, "zone_heatmap", "--x", "red_lines") == 0
    last = json.loads((results / "run.json").read_text())["figures"][-1]
    assert last["picture"] == "zone_heatmap"
    assert last["options"] == {"x": "red_lines"}
    svg = (results / last["file"]).read_text()
    assert last["title"].split(":")[0] in svg


def test_an_archive_is_drawn_into_a_folder_that_is_named(results, tmp_path, capsys):
    archive = tmp_path / "sweep.zip"
    assert run_command(["results", "export", str(results), "-o", str(archive)]) == 0
    assert draw(archive, "zone_heatmap") == 2
    assert "name a folder with -o" in capsys.readouterr().err
    assert draw(archive, "zone_heatmap", "-o", tmp_path / "drawn") == 0
    assert (tmp_path / "drawn" / "zone_heatmap.svg").exists()


def test_the_list_says_what_there_is_and_what_the_rest_needs(results, capsys):
    before = everything(results)
    assert draw(results, "--list", "--json") == 0
    pictures = {one["name"]: one for one in json.loads(capsys.readouterr().out)["pictures"]}
    assert pictures["zone_heatmap"]["finding"]
    assert pictures["zone_heatmap"]["options"] == ["x", "y", "outcome"]
    assert "discovery: [{outcome: zone.exists}]" in pictures["prim_box"]["missing"]
    assert "methods: [tornado]" in pictures["tornado"]["missing"]
    assert draw(results, "--list") == 0
    assert "needs: the experiment asks for no boxes" in capsys.readouterr().out
    assert everything(results) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zone_heatmp"], "no picture is called 'zone_heatmp'; did you mean 'zone_heatmap'"),
        (["acceptance_heatmap"], "`zopa compare … --figures FOLDER` draws it anew"),
        (["zone_heatmap", "--party", "halden"], "zone_heatmap cannot be told --party"),
        (["--outcome", "zone.exist"], "did you mean 'zone.exists'"),
        (["--x", "red_line"], "did you mean 'red_lines'"),
        (["plan_distributions", "--party", "nobody"], "no party is called 'nobody'"),
        (["prim_box"], "discovery: [{outcome: zone.exists}]"),
        (["tornado"], "sensitivity: {methods: [tornado]}"),
        (["--party", "halden", "--x", "red_lines"], "no picture takes all of --party, --x"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_nothing_is_written(results, capsys, arguments, said):
    before = everything(results)
    assert draw(results, *arguments) == 2
    assert said in capsys.readouterr().err
    assert everything(results) == before


def test_every_mistake_is_said_at_once(results, capsys):
    assert draw(results, "zone_heatmp", "prim_box", "contributions") == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 3


def test_a_file_in_the_way_is_left_alone(results, tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert draw(results, "zone_heatmap", "-o", tmp_path / "taken") == 2
    assert (tmp_path / "taken").read_text() == "mine"
    assert "not a folder" in capsys.readouterr().err


def test_results_that_are_not_there_are_refused(tmp_path, capsys):
    assert draw(tmp_path / "nothing") == 2
    assert "no results are called" in capsys.readouterr().err


def test_names_of_pictures_are_completed():
    assert complete_picture("p") == [
        "pawn_bars", "plan_ranks", "plan_distributions", "parallel_coordinates", "prim_box"
    ]  # fmt: skip
