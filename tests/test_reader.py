"""What the reader says of files with mistakes in them: all of it, where it is, and the cure."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError, LocatedMistake, ScenarioError
from sim.formats import (
    check_scenario,
    parse_scenario,
    read_scenario,
    shipped_scenarios,
    starter_scenario,
)
from sim.formats.text import LARGEST_FILE

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
STARTER = starter_scenario()


def expected(file: Path) -> list[str]:
    """Return the messages that a broken file announces in its first lines."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


def told(path: Path) -> list[str]:
    return [str(mistake).removeprefix(f"{path}:") for mistake in check_scenario(path)]


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_every_mistake_in_a_broken_file_is_told_in_one_pass(file):
    assert told(file) == expected(file) != []


def test_there_are_broken_files_for_every_way_to_go_wrong():
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_no_message_speaks_of_the_machinery(file):
    said = "\n".join(expected(file)).casefold()
    for word in ("pydantic", "input should", "errors.", "traceback", "nonetype", "constrained"):
        assert word not in said


def test_a_scenario_with_mistakes_is_an_error_that_tells_all_of_them():
    file = next(file for file in BROKEN if file.stem == "everything_at_once")
    with pytest.raises(ScenarioError) as error:
        read_scenario(file)
    assert str(error.value).split("\n") == [f"{file}:{line}" for line in expected(file)]
    assert [m.line for m in error.value.mistakes] == sorted(m.line for m in error.value.mistakes)


def test_the_starter_reads_without_a_mistake(tmp_path):
    assert check_scenario(written(tmp_path, STARTER)) == []
    assert list(parse_scenario(STARTER).parties) == ["ann", "bob"]


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_shipped_scenarios_are_read_by_name_from_any_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_scenario(name).title


# What no editor would save, made on the spot ----------------------------------------------------


def test_a_file_of_100_megabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    start = time.process_time()
    with pytest.raises(InputError, match=r"huge\.yaml is larger than 8 MB \(100 MB\)"):
        read_scenario(path)
    assert time.process_time() - start < 1


def test_a_stream_that_never_ends_is_refused_after_the_limit(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feed = f"while True: open({str(pipe)!r}, 'wb').write(b'#' * {LARGEST_FILE + 1})"
    with subprocess.Popen([sys.executable, "-c", feed], stderr=subprocess.DEVNULL) as feeder:
        with pytest.raises(InputError, match="larger than 8 MB"):
            read_scenario(pipe)
        feeder.kill()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1:1: the file is empty: begin it with `zopa: 1`, or take a starter from `zopa new`"),
        (b"title: \xe9\n", "1:8: byte 0xE9 (at offset 7) is not UTF-8: save the file as UTF-8"),
        ("zopa: 1\n".encode("utf-16"), "1:1: the file is in UTF-16: save it as UTF-8"),
        (b"zopa: 1\n\0title: x\n", "2:1: a character that cannot be seen, U+0000: take it out"),
        (bytes(range(256)) * 9, "1:1: this is no text in UTF-8"),
    ],
    ids=["empty", "Latin-1", "UTF-16", "a NUL", "a picture"],
)  # fmt: skip
def test_what_is_no_text_is_told_with_its_place(data, message, tmp_path):
    assert message in told(written(tmp_path, data))


def test_the_place_of_a_wrong_byte_is_that_of_its_line(tmp_path):
    found = check_scenario(written(tmp_path, STARTER.encode() + b"# \xc3\xa9t\xc3\xa9, \xff\n"))
    assert [(m.line, m.column) for m in found] == [(STARTER.count("\n") + 1, 8)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "- - ", "? "])
def test_nesting_a_hundred_thousand_deep_is_refused_at_once(opening, tmp_path):
    path = written(tmp_path, "zopa: 1\ntitle: " + opening * 100_000)
    start = time.process_time()
    assert check_scenario(path) != []
    assert time.process_time() - start < 2


def test_nesting_of_lines_a_hundred_thousand_deep_is_refused_at_once(tmp_path):
    path = written(tmp_path, "".join(" " * depth + "a:\n" for depth in range(2_000)))
    (deep, *_) = [m for m in check_scenario(path) if "deep" in m.text]
    assert (deep.line, deep.column) == (41, 41)


def test_aliases_that_would_explode_are_refused_at_once(tmp_path):
    lines = ["zopa: 1", "title: A laugh", "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    names = "abcdefghijkl"
    for one, other in pairwise(names):
        lines.append(f"{other}: &{other} [" + ", ".join([f"*{one}"] * 9) + "]")
    start = time.process_time()
    found = check_scenario(written(tmp_path, "\n".join(lines)))
    assert time.process_time() - start < 1
    assert sum("names a value for use elsewhere" in m.text for m in found) == len(names)


@pytest.mark.parametrize(
    "word", [".nan", ".NaN", ".NAN", ".inf", "-.INF", "+.Inf", "1e999", "9" * 5000]
)
def test_no_number_is_infinite_or_none_at_all(word):  # fmt: skip
    with pytest.raises(
        ScenarioError, match=r"parties\.bob\.disagreement: expected a number, found"
    ):
        parse_scenario(STARTER.replace("disagreement: 0.25", f"disagreement: {word}"))


def test_byte_order_marks_and_line_ends_of_windows_are_read(tmp_path):
    data = b"\xef\xbb\xbf" + STARTER.replace("\n", "\r\n").encode()
    assert check_scenario(written(tmp_path, data)) == []


# Files that are not there -------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_told_with_the_nearest_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        read_scenario("ukrain-2025-12")
    message = "no file and no shipped scenario is called 'ukrain-2025-12'; did you mean"
    assert str(error.value).startswith(f"{message} 'ukraine-2025-12'?")
    (tmp_path / "fence.yaml").write_text(STARTER)
    with pytest.raises(InputError, match=r"did you mean 'fence\.yaml'"):
        read_scenario("fense.yaml")
    with pytest.raises(InputError, match="no file"):
        read_scenario("a\0b")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        read_scenario(tmp_path)


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, STARTER)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"file\.yaml cannot be read: Permission denied"):
        read_scenario(path)


# Whatever stands in the file ----------------------------------------------------------------------


def mangled(text: str, seed: int) -> bytes:
    """Change a few bytes or lines of a text, as a slip of the hand or of a disk would."""
    rng = random.Random(seed)
    lines = text.encode().split(b"\n")
    for _ in range(rng.randint(1, 4)):
        k = rng.randrange(len(lines))
        slip = rng.randrange(6)
        if slip == 0:
            del lines[k]
        elif slip == 1:
            lines.insert(k, rng.choice(lines))
        elif slip == 2:
            lines[k] = b" " * rng.randrange(5) + lines[k].lstrip()
        else:
            place = rng.randrange(len(lines[k]) + 1)
            new = bytes([rng.choice(b"\0\t\xff:{}[]&*!|>'\"%@`#,-?0a\\ \r")])
            lines[k] = lines[k][:place] + new + lines[k][place + (slip == 3) :]
        lines = lines or [b""]
    return b"\n".join(lines)


def mistakes_in(text: str) -> list[LocatedMistake]:
    try:
        parse_scenario(text)
    except ScenarioError as error:
        return list(error.mistakes) or [LocatedMistake((), "")]
    return []


@settings(max_examples=150)
@given(seed=st.integers(0, 10**9))
def test_a_mangled_file_gives_a_scenario_or_its_mistakes_and_nothing_else(seed):
    text = mangled(STARTER, seed).decode("utf-8", "surrogateescape")
    mistakes = mistakes_in(text)
    assert all(m.line > 0 and m.column > 0 and m.text for m in mistakes)
    assert mistakes or parse_scenario(text).issues


@pytest.mark.parametrize("seed", range(25))
def test_a_mangled_flagship_gives_a_scenario_or_its_mistakes_and_nothing_else(seed, tmp_path):
    text = shipped_scenarios()["ukraine-2025-12"].read_text(encoding="utf-8")
    path = written(tmp_path, mangled(text, seed))
    assert all(m.line > 0 for m in check_scenario(path))


@given(text=st.text(max_size=60))
def test_any_text_at_all_gives_a_scenario_or_its_mistakes_and_nothing_else(text):
    with pytest.raises(ScenarioError) as error:
        parse_scenario(text)
    assert error.value.mistakes


# Speed ----------------------------------------------------------------------------------------


def test_the_flagship_is_read_in_a_blink():
    times = []
    for _ in range(4):
        start = time.process_time()
        read_scenario("ukraine-2025-12")
        times.append(time.process_time() - start)
    assert min(times) < 0.15


def test_reading_a_scenario_loads_nothing_heavy():
    code = (
        "import sys; from sim.formats import read_scenario; read_scenario('job-offer');"
        "print([m for m in ('scipy.stats', 'matplotlib', 'numba', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
