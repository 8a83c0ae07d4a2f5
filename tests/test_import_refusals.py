"""Foreign files that are wrong, hostile or half there: told by file and line, nothing written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sim.cli import run_command
from sim.errors import InputError
from sim.formats.imports import import_domain
from sim.formats.text import LARGEST_FILE

HERE = Path(__file__).parent / "imported"


@pytest.fixture
def refused(tmp_path, capsys):
    """Import files, expect exit code 2 and nothing written; return what is said, a line each."""

    def call(*files, out="out"):
        code = run_command(["import", *map(str, files), "-o", str(tmp_path / out)])
        said = capsys.readouterr()
        assert code == 2
        assert said.out == ""
        assert not (tmp_path / out).exists()
        return said.err.replace(f"{tmp_path}/", "").splitlines()

    return call


@pytest.fixture
def changed(tmp_path):
    """A copy of a domain with a text in one of its files replaced."""

    def copy(name, file, old, new):
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(HERE / name, folder)
        path = folder / file
        text = path.read_text(encoding="latin-1")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="latin-1")
        return folder

    return copy


# file -> what stands there, what is put in its place, line, what is said
WRONG = {
    "genius/ann.xml": [
        (' evaluation="8"', "", 6, "the evaluation of 'brown' is missing"),
        ('"8"', '"-8"', 6, "is -8, and is never below 0"),
        ('"8"', '"NaN"', 6, "'NaN', which is no number"),
        ('"8"', '"1e400"', 6, "'1e400': no number here is larger than 1e+12"),
        ('"8"', '"0,8"', 6, "'0,8', which is no number"),
        ('value="brown"', 'value="brwon"', 6, "for Paint & varnish; did you mean 'brown'?"),
        ('value="brown"', 'value="none"', 7, "'none' of Paint & varnish is evaluated twice"),
        ('<weight index="2" value="0.2"/>', "", 10, "issue 2 ('Gate') has no weight"),
        ('<weight index="2"', '<weight index="9"', 25, "there is no issue 9 to weigh"),
        ('<issue index="2"', '<issue index="7"', 10, "the domain has no issue 7 ('Gate')"),
        ('<issue index="2"', '<issue index="x"', 10, "the index 'x'"),
        ('ftype="linear"', 'ftype="faratin"', 16, "an evaluator of type 'faratin' cannot be read"),
        (
            "<utility_space>",
            '<utility_space type="constraint">',
            2,
            "of type 'constraint' cannot be read",
        ),
        (
            "<reservation",
            '<reservation value="0.1"/><reservation',
            30,
            "stands here for the second time",
        ),
        ("</utility_space>", "", 32, "the file ends before its elements are closed"),
        ("</objective>", "</objectiv>", 19, "closes another element than the one that is open"),
    ],
    "genius/Fence-domain.xml": [
        ('value="brown"', 'value="none"', 9, "'none' stands here twice (first on line 8)"),
        ('name="Gate"', "", 11, "issue 2 has no name"),
        (' type="integer"', ' type="colour"', 16, "an issue of type 'colour'"),
        ('upperbound="6"', 'upperbound="99999999"', 16, "takes at most 10,000"),
        ('upperbound="6"', 'upperbound="1"', 16, "the lower is above the upper"),
    ],
    "rectangles/ann.xml": [
        ('maxutility="100"', 'maxutility="0"', 6, "maxutility is 0"),
        ('aggregation="sum"', 'aggregation="max"', 7, "put together by 'max'"),
        ('INCLUDES index="1"', 'INCLUDES index="12"', 9, "the domain has no issue 12"),
        (
            '<EXCLUDES index="1" min="0" max="1"/>',
            '<INCLUDES index="1" min="0" max="1"/>',
            17,
            "either INCLUDES or EXCLUDES",
        ),
    ],
    "geniusweb/ann.json": [
        ('"gate": 0.2', '"gate": 0.25', 6, "the weights sum to 1.05: in GeniusWeb they sum to 1"),
        ('"wide": 1}', '"wide": 1.5}', 4, "is 1.5: in GeniusWeb it lies in 0…1"),
        (
            '"wide": 1}',
            '"wide": 1, "wide": 0}',
            4,
            "'wide' stands here for the second time (first on line 4)",
        ),
        ('"wide": 1}', '"open": 1}', 4, "gate has no value 'open'"),
        ('"wide": 1}', '"wide": NaN}', 4, "which is no number"),
        (
            '"LinearAdditiveUtilitySpace"',
            '"SumOfGroupsUtilitySpace"',
            1,
            "'SumOfGroupsUtilitySpace' cannot be read",
        ),
        ('"values": ["wide", "narrow"]', '"values": ["wide"]', 7, "the values of gate differ"),
        ('"paint": "green"', '"paint": "blue"', 11, "paint has no value 'blue'"),
        ('"name": "Ann"}}', '"name": "Ann"}', 13, "before the bracket of line 1 is closed"),
    ],
    "negolog/profileB.json": [
        ('"gate": 0.75', '"gat": 0.75', 3, "no issue 'gat'; did you mean 'gate'?"),
        ('"brown": 0.3', '"brown": "0.3 or so"', 6, "is the text '0.3 or so': write a number"),
        ('"reservationValue": 0.3,', "", 1, "the reservationValue is missing"),
    ],
    "negmas/ann.yml": [
        (
            "LinearAdditiveUtilityFunction",
            "HyperRectangleUtilityFunction",
            1,
            "a HyperRectangleUtilityFunction cannot be read",
        ),
        ("AffineFun", "LambdaFun", 8, "the value function LambdaFun of price cannot be read"),
        ("    green: 0.5\n", "", 12, "paint: no number for green"),
        ("- -0.5\n", "", 17, "2 weights for the domain's 3 issues (price, paint, posts)"),
        ("slope: 0.2", "slope: .nan", 9, "which is no number"),
    ],
    "negmas/bob.json": [
        ("ExpDiscountedUFun", "LinDiscountedUFun", 1, "a LinDiscountedUFun cannot be read"),
    ],
    "negmas/fence.yml": [
        ("ContiguousIssue", "ContinuousIssue", 5, "price is continuous from 0 to 4"),
        ("ContiguousIssue", "CallableIssue", 2, "price is a CallableIssue"),
    ],
}


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [(file, *row) for file, rows in WRONG.items() for row in rows],
)
def test_what_is_wrong_is_told_with_file_and_line(refused, changed, file, old, new, line, said):
    lines = refused(changed(*file.split("/"), old, new))
    assert any(row.startswith(f"{file}:{line}:") and said in row for row in lines), lines


def test_everything_that_is_wrong_is_told_at_once(refused, changed):
    changed("genius", "ann.xml", '"8"', '"-8"')
    changed("genius", "ann.xml", 'slope="-0.25"', "")
    folder = changed("genius", "bob.xml", 'evaluation="5"', 'evaluation="five"')
    lines = refused(folder)
    assert [row.split(": ")[0] for row in lines] == [
        "genius/ann.xml:6:7",
        "genius/ann.xml:16:9",
        "genius/bob.xml:10:7",
    ]


def test_a_domain_alone_and_profiles_alone_are_told_what_is_missing(refused):
    (alone,) = refused(HERE / "genius" / "Fence-domain.xml")
    assert "missing: at least one utility profile" in alone
    (profiles,) = refused(HERE / "genius" / "ann.xml", HERE / "genius" / "bob.xml")
    assert "missing: the domain (a file that begins with <negotiation_template>)" in profiles
    (negmas,) = refused(HERE / "negmas" / "ann.yml")
    assert "missing: the domain" in negmas


def test_a_profile_of_another_domain_is_told_with_both_domains_issues(refused):
    (said,) = refused(HERE / "genius" / "Fence-domain.xml", HERE / "rectangles" / "ann.xml")
    assert "ann.xml:1:1: this profile is of another domain: its issues are height, length" in said
    assert "the domain's are Paint & varnish, Gate" in said


def test_two_domains_or_two_formats_are_told_apart(refused):
    (domains,) = refused(HERE / "genius", HERE / "rectangles" / "domain.xml")
    assert "these are 2 domains: import one at a time" in domains
    (formats,) = refused(HERE / "negolog", HERE / "genius")
    assert "of several formats" in formats
    assert "NegoLog" in formats


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    "<negotiation_template>&b;</negotiation_template>"
)
THIEF = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/hosts">]><utility_space>&s;</utility_space>'
HOSTILE = {
    "entities that multiply": ("x.xml", BOMB, "2:", "a document type or an entity is declared"),
    "an entity that reads a file": ("x.xml", THIEF, "1:", "a document type or an entity"),
    "a million elements deep": ("x.xml", "<a>" * 1_000_000, "1:", "more than 40 deep"),
    "a million brackets deep": ("x.json", "[" * 1_000_000, "1:", "more than 40 deep"),
    "lists in YAML without end": ("x.yaml", "[" * 100_000, "1:", "more than 40 deep"),
    "nothing": ("x.xml", "", "1:1", "the file is empty"),
    "blanks": ("x.json", " \n " * 3000, "1:1", "the file is empty"),
    "noise": ("x.json", "\x00\x01" * 100, "1:1", "this is no text in UTF-8"),
    "a name that stands twice": ("x.json", '{"a": 1,\n "a": 2}', "2:2", "for the second time"),
    "something else in XML": ("x.xml", "<html><body/></html>", "1:1", "begins with <html>"),
    "a scenario": ("x.yaml", "zopa: 1\ntitle: t\n", "1:1", "a zopa scenario already"),
}


@pytest.mark.parametrize(("file", "text", "place", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_where_it_turns_hostile(
    refused, tmp_path, file, text, place, said
):
    (tmp_path / file).write_text(text)
    lines = refused(tmp_path / file)
    assert any(row.startswith(f"{file}:{place}") and said in row for row in lines), lines


def test_what_is_too_large_or_would_wait_forever_is_never_read(refused, tmp_path):
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert "larger than 8 MB" in refused(tmp_path / "large.json")[0]
    os.mkfifo(tmp_path / "pipe.xml")
    assert "no file that can be read twice" in refused(tmp_path / "pipe.xml")[0]
    assert "no file that can be read twice" in refused("/dev/zero")[0]
    assert "cannot be read: No such file" in refused(tmp_path / "nowhere.xml")[0]
    (tmp_path / "empty").mkdir()
    assert "there are no files in this folder" in refused(tmp_path / "empty")[0]


def test_names_that_climb_the_tree_of_folders_become_identifiers(changed, tmp_path):
    folder = changed("negolog", "specs.json", '"Fence"', '"../../../Fence"')
    shutil.move(folder, tmp_path / "in")
    out = tmp_path / "deep" / "er" / "out"
    assert run_command(["import", str(tmp_path / "in"), "-o", str(out)]) == 0
    assert [file.name for file in out.iterdir()] == ["Fence.yaml"]
    assert run_command(["import", str(tmp_path / "in"), "-o", str(out), "--name", "../x"]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["Fence.yaml", "x.yaml"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "in"]


def test_a_file_that_stands_there_is_kept_unless_one_forces_it(tmp_path, capsys):
    (tmp_path / "Fence.yaml").write_text("mine")
    call = ["import", str(HERE / "negolog"), "-o", str(tmp_path)]
    assert run_command(call) == 2
    assert "there is a file already; --force writes over it" in capsys.readouterr().err
    assert (tmp_path / "Fence.yaml").read_text() == "mine"
    assert run_command([*call, "--force"]) == 0
    assert (tmp_path / "Fence.yaml").read_text().startswith("zopa: 1\ntitle: Fence\n")
    assert [file.name for file in tmp_path.iterdir()] == ["Fence.yaml"]


def test_files_of_other_kinds_in_a_folder_are_left_aside_and_told(changed):
    folder = changed("genius", "bob.xml", "root", "root")
    (folder / "picture.png").write_bytes(b"\x89PNG\x00")
    (folder / "pareto.xml").write_text("0.5, 1.0\n")
    (folder / "other.xml").write_text("<html/>")
    found = import_domain([str(folder)])
    assert list(found.scenario.parties) == ["ann", "bob"]
    for name in ("picture.png", "pareto.xml", "other.xml"):
        assert any(name in note and "left aside" in note for note in found.notes)


def test_more_mistakes_than_anybody_reads_are_cut_short(changed):
    items = "".join(f'<item value="v{k}" evaluation="-1"/>' for k in range(5000))
    folder = changed("genius", "ann.xml", '<item index="1"', items + '<item index="1"')
    with pytest.raises(InputError) as told:
        import_domain([str(folder)])
    lines = str(told.value).splitlines()
    assert len(lines) == 101
    assert "and 9900 more mistakes: is it the right file?" in lines[-1]


def test_a_hidden_character_in_a_name_is_refused(refused, changed):
    folder = changed("genius", "Fence-domain.xml", 'value="brown"', 'value="brown&#x80;"')
    (said, *_) = refused(folder)
    assert said.startswith("genius/Fence-domain.xml:8:")
    assert "cannot be seen, U+0080" in said
