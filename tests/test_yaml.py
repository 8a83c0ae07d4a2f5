"""A scenario file is YAML 1.2: what its words mean, and where they stand."""

from __future__ import annotations

import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.formats import shipped_scenarios, starter_scenario, yaml_tree
from sim.formats.yaml_scalars import plain_scalar
from sim.formats.yaml_tree import Node, read_tree


def plain(text: str) -> object:
    reading = read_tree(text, "file")
    assert reading.mistakes == []
    return reading.root and reading.root.plain()


def told(text: str) -> list[str]:
    return [f"{m.line}:{m.column} {m.text}" for m in read_tree(text, "file").mistakes]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("true", True), ("False", False), ("TRUE", True), ("tRue", "tRue"),
        ("null", None), ("~", None), ("Null", None), ("none", "none"),
        ("1e3", 1000.0), ("1E-2", 0.01), (".5", 0.5), ("5.", 5.0), ("+1.5", 1.5), ("-0", 0),
        ("12", 12), ("012", 12), ("0o17", 15), ("0x1F", 31), ("0b11", "0b11"), ("1_000", "1_000"),
        (".inf", math.inf), ("-.Inf", -math.inf), ("inf", "inf"), ("nan", "nan"),
        ("2025-12-01", "2025-12-01"), ("12:30", "12:30"), ("1:30:00", "1:30:00"),
        ("50%", "50%"), ("1,5", "1,5"), ("-", "-"), (".", "."), ("+", "+"), ("1e", "1e"),
    ],
)  # fmt: skip
def test_a_word_means_what_yaml_1_2_says(word, value):
    assert plain_scalar(word) == value
    assert type(plain_scalar(word)) is type(value)


def test_a_word_in_quotes_is_a_text_whatever_it_looks_like():
    assert plain("{a: 'no', b: \"1e3\", c: '~'}") == {"a": "no", "b": "1e3", "c": "~"}


def test_names_keep_their_text():
    assert plain("{no: 1, 1: 2, 1e3: 3, ~: 4, true: 5}") == {
        "no": 1, "1": 2, "1e3": 3, "~": 4, "true": 5,
    }  # fmt: skip


def test_every_name_and_value_knows_its_line_and_column():
    root = read_tree("a: 1\nb:\n  - x\n  - {c: 'né', d: 2}\n", "file").root
    assert root is not None
    item = root.child("b").child(1)
    assert [item.at[1:], item.child("d").named_at[1:], item.child("d").at[1:]] == [
        (4, 5), (4, 15), (4, 18),
    ]  # fmt: skip
    assert (root.child("b").named_at[1:], root.child("b").at[1:]) == ((2, 1), (3, 3))


def test_a_name_that_stands_twice_is_told_with_both_places():
    assert told("a: 1\nb: 2\na: 3\n") == [
        "3:1 'a' stands here for the second time (first on line 1): keep one of the two, "
        "or join what stands under them"
    ]


def test_what_stands_under_a_name_for_the_second_time_joins_the_first():
    reading = read_tree("a: {x: 1}\na: {y: 2, x: 3}\nb: [1]\nb: [2]\n", "file")
    assert reading.root.plain() == {"a": {"x": 1, "y": 2}, "b": [1, 2]}
    assert len(reading.mistakes) == 2


def test_tabs_are_told_line_by_line_and_read_as_the_spaces_they_stand_for():
    reading = read_tree("a:\n\tb: 1\n\tc:\n\t\td: 2\n", "file")
    assert [(m.line, m.column) for m in reading.mistakes] == [(2, 1), (3, 1), (4, 1)]
    assert reading.root.plain() == {"a": {"b": 1, "c": {"d": 2}}}


def test_tabs_inside_a_text_are_no_mistake():
    assert plain("a: |\n  x\ty\nb: 'x\ty'\n") == {"a": "x\ty\n", "b": "x\ty"}


def test_reading_stops_where_it_is_no_yaml_and_keeps_what_came_before():
    reading = read_tree("a: 1\nb: [2, 3\nc: 4\n", "file")
    assert not reading.complete
    assert reading.root.child("a").plain() == 1
    assert told("a: 1\nb: [2, 3\nc: 4\n") == [
        "2:4 `[` opens here, and neither `,` nor `]` follows by line 3"
    ]


@pytest.mark.parametrize("name", ["starter", *sorted(shipped_scenarios())])
def test_without_libyaml_the_tree_is_the_same(name, monkeypatch):
    starter = name == "starter"
    text = starter_scenario() if starter else shipped_scenarios()[name].read_text("utf-8")
    text = "".join(text.splitlines(keepends=True)[:400])  # the slow parser is 15 times slower
    fast = read_tree(text, "file")
    monkeypatch.setattr(yaml_tree, "_Loader", yaml.SafeLoader)
    slow = read_tree(text, "file")
    assert same(fast.root, slow.root)
    assert fast.mistakes == slow.mistakes


def same(one: Node, other: Node) -> bool:
    """Whether two trees have the same values at the same places."""
    if (one.at, one.named_at, one.name) != (other.at, other.named_at, other.name):
        return False
    pairs = zip(one.children, other.children, strict=True)
    return one.plain() == other.plain() and all(same(a, b) for a, b in pairs)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)
TREES = st.recursive(
    st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e9, 1e9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(tree=TREES)
def test_what_a_strict_writer_of_json_writes_is_read_back_as_it_was(tree):
    assert plain(json.dumps({"a": tree}, ensure_ascii=False)) == {"a": tree}
