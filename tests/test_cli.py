"""The command line as people and programs meet it: answers, exit codes, no tracebacks."""

import json
import os
import subprocess
import sys

import pytest


def test_compare_prints_one_json_object_with_the_keys_that_programs_rely_on(zopa):
    code, out, _ = zopa("compare", "job-offer", "--draws", 200, "--seed", 3, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["draws"], answer["seed"]) == (200, 3)
    for plan in answer["plans"].values():
        keys = {"parties", "accepted_by_all", "probability_all", "completable", "infeasible"}
        assert keys | {"blockers"} <= set(plan)
        for party in plan["parties"].values():
            assert {"consent", "utility", "low", "high", "threshold", "surplus", "accepts"} <= set(
                party
            )
            assert {"probability", "crossed", "crossed_by_silence"} <= set(party)
            assert party["surplus"] == pytest.approx(party["utility"] - party["threshold"])


def test_solve_prints_one_json_object_with_the_keys_that_programs_rely_on(zopa):
    code, out, _ = zopa("solve", "job-offer", "--json")
    answer = json.loads(out)
    assert code == 0
    keys = {"parties", "outcomes", "disagreement", "thresholds", "zopa", "frontier", "solutions"}
    assert keys <= set(answer)
    assert {"empty", "outcomes", "share", "share_interval"} <= set(answer["zopa"])
    assert {"utilities", "exact", "bound"} <= set(answer["frontier"])
    for solution in answer["solutions"].values():
        assert {"outcome", "utilities", "acceptable", "exact", "bound"} <= set(solution)


def test_the_same_seed_gives_the_same_bytes(zopa):
    first = zopa("compare", "job-offer", "--draws", 500, "--seed", 1, "--json")
    assert first == zopa("compare", "job-offer", "--draws", 500, "--seed", 1, "--json")
    assert first != zopa("compare", "job-offer", "--draws", 500, "--seed", 2, "--json")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "job-ofer"], "job-offer"),
        (["compare", "no/such/file.yaml"], "no/such/file.yaml"),
        (["compare", "job-offer", "--plans", "oppening"], "no plan is called 'oppening'"),
        (["solve", "job-offer", "--parties", "workr"], "no party is called 'workr'"),
        (["solve", "job-offer", "--by", "nahs"], "did you mean 'nash'?"),
        (["compare", "job-offer", "--set", "parties.nobody.threshold=1"], "nobody"),
        (["compare", "job-offer", "--draws", "0"], "--draws"),
        (["compare", "job-offer", "--red-lines", "most"], "red-lines"),
        (["compare"], "FILE"),
        (["comprae", "job-offer"], "comprae"),
        (["run", "no-such-experiment"], "no-such-experiment"),
        (["show", "job-offer", "--plan", "x"], "no plan is called 'x'"),
    ],
)
def test_a_mistake_leaves_with_code_2_and_says_what_is_wrong(zopa, arguments, said):
    code, out, err = zopa(*arguments)
    assert code == 2
    assert said in err
    assert out == ""
    assert "Traceback" not in err


def test_no_zone_is_an_answer_unless_a_deal_is_required(zopa):
    assert zopa("solve", "water-dispute", "--red-lines", "implied")[0] == 0
    assert zopa("solve", "water-dispute", "--red-lines", "implied", "--require-deal")[0] == 3
    assert zopa("solve", "water-dispute", "--require-deal")[0] == 0


def test_a_scenario_whose_red_lines_leave_nothing_names_the_clauses_that_clash(zopa):
    code, out, _ = zopa("solve", "ukraine-2025-12", "--red-lines", "implied", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["zopa"]["empty"]
    assert all("donetsk_unoccupied" in clause for clause in answer["clash"])
    assert any("ukraine refuses" in clause for clause in answer["clash"])
    assert any("russia refuses" in clause for clause in answer["clash"])


def test_an_advisory_party_can_be_made_a_signatory_for_one_run(zopa):
    plain = json.loads(zopa("compare", "ukraine-2025-12", "--draws", 50, "--json")[1])
    wanted = ["--set", "parties.us.consent=required", "--json"]
    changed = json.loads(zopa("compare", "ukraine-2025-12", "--draws", 50, *wanted)[1])
    assert plain["plans"]["us28"]["parties"]["us"]["consent"] == "advisory"
    assert changed["plans"]["us28"]["parties"]["us"]["consent"] == "required"


def test_what_people_read_fits_a_narrow_terminal_without_colours():
    command = [sys.executable, "-c", "from sim.cli import main; main()"]
    said = subprocess.run(
        [*command, "compare", "ukraine-2025-12", "--draws", "100"],
        env={"NO_COLOR": "1", "COLUMNS": "80", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 80
    assert said.stderr == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("zopa run ukraine-med", "ukraine-mediator-levers"), ("zopa draw mi", "mine")],
)
def test_names_are_completed_without_loading_anything_heavy(typed, offered, tmp_path):
    (tmp_path / "results" / "mine").mkdir(parents=True)
    (tmp_path / "results" / "mine" / "run.json").write_text("{}")
    code = (
        "import sys; from sim.cli import run_command; run_command([]); "
        "heavy = {'numpy', 'scipy', 'duckdb', 'yaml'} & set(sys.modules); "
        "print(sorted(heavy), file=sys.stderr)"
    )
    asked = {"_ZOPA_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    assert offered in done.stdout.split()
    assert done.stderr.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from sim.cli import run_command; run_command(['--help']); "
        "heavy = {'numpy', 'scipy', 'matplotlib', 'numba', 'pydantic', 'duckdb', 'yaml'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stderr.strip() == "[]"


def test_a_new_scenario_can_be_checked_and_is_never_written_over(zopa, tmp_path):
    path = tmp_path / "mine.yaml"
    assert zopa("new", path)[0] == 0
    assert zopa("check", path)[0] == 0
    path.write_text("zopa: 1\n")
    code, _, err = zopa("new", path)
    assert (code, path.read_text()) == (2, "zopa: 1\n")
    assert "--force" in err
    assert zopa("new", path, "--force")[0] == 0
    assert zopa("check", path)[0] == 0


def test_check_tells_all_mistakes_of_all_files(zopa, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"zopa: 1\ntitel: {name}\n")
    code, _, err = zopa("check", tmp_path / "one.yaml", tmp_path / "two.yaml")
    assert code == 2
    assert "one.yaml:2:1: titel:" in err
    assert "two.yaml:2:1: titel:" in err


def test_what_breaks_inside_is_kept_in_a_file_and_not_thrown_at_the_user(zopa, monkeypatch):
    def fails(*_args, **_options):
        raise RuntimeError("the bug of the day")

    monkeypatch.setattr("sim.comparison.compare", fails)
    code, _, err = zopa("compare", "job-offer")
    assert code == 1
    assert "Traceback" not in err
    where = err.split("The details are in ")[1].split(": please")[0]
    with open(where, encoding="utf-8") as file:  # noqa: PTH123
        assert "the bug of the day" in file.read()


def test_every_shelf_can_be_listed(zopa):
    code, out, _ = zopa("list")
    assert code == 0
    for name in ("ukraine-2025-12", "nash", "acceptance_heatmap"):
        assert name in out


def test_the_schema_is_json(zopa):
    code, out, _ = zopa("schema")
    assert code == 0
    assert json.loads(out)["$schema"].endswith("2020-12/schema")


def test_what_a_file_holds_cannot_steer_the_terminal(zopa, tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text('zopa: 1\ntitle: x\n"\\e]0;pwned\\a": 1\n')
    code, _, err = zopa("check", path)
    assert code == 2
    assert "\x1b" not in err
    assert "\x07" not in err
    assert "]0;pwned" in err


def test_square_brackets_in_a_title_are_square_brackets(zopa, tmp_path):
    text = zopa("new")[1]
    path = tmp_path / "brackets.yaml"
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    path.write_text(text.replace(title, "title: 'A [bold]deal[/bold] [/]'"), encoding="utf-8")
    for command in ("compare", "solve", "show"):
        code, out, _ = zopa(command, path)
        assert code == 0
        assert "A [bold]deal[/bold] [/]" in out


def test_an_answer_that_cannot_be_written_is_no_fault_of_ours():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        command = [sys.executable, "-c", "from sim.cli import main; main()", "compare", "job-offer"]
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 2
    assert "cannot write the answer" in said.stderr


def test_a_terminal_that_knows_few_letters_gets_the_answer_all_the_same(tmp_path):
    path = tmp_path / "über.yaml"
    path.write_text(
        "experiment: 1\nscenario: water-dispute\ncompute: [compare]\n", encoding="utf-8"
    )
    few = os.environ | {"PYTHONIOENCODING": "ascii"}
    for options in ((), ("--json",)):
        program = [sys.executable, "-c", "from sim.cli import main; main()", "run", str(path)]
        said = subprocess.run(
            [*program, "--dry-run", *options], env=few, capture_output=True, check=False
        )
        assert (said.returncode, said.stderr) == (0, b"")
        assert said.stdout.isascii()
    assert json.loads(said.stdout)["results"] == "results/über"


def test_a_frontier_out_of_reach_says_so_with_a_proven_ceiling(zopa):
    everyone = ["--set", "parties.us.consent=required", "--set", "parties.europe.say=null"]
    few = ["--red-lines", "none", "--time-limit", "0.05", "--by", "nash", "--draws", "0"]
    code, out, _ = zopa("solve", "ukraine-2025-12", *everyone, *few, "--json")
    frontier = json.loads(out)["frontier"]
    assert code == 0
    assert frontier["utilities"] is None
    assert "stopped after" in frontier["why"]
    assert all(0.5 < most <= 1 + 1e-9 for most in frontier["ceiling"].values())


def test_an_answer_can_be_drawn_for_a_talk(zopa, tmp_path):
    folder = tmp_path / "slides"
    code, _, err = zopa("compare", "job-offer", "--plans", "offer,middle", "--figures", folder)
    assert code == 0
    assert (folder / "stated-plan_changes.png").stat().st_size > 10_000
    assert "stated-acceptance_heatmap.svg: " in err
    assert zopa("solve", "job-offer", "--draws", 0, "--figures", folder)[0] == 0
    assert (folder / "stated-utility_space.svg").exists()
    (tmp_path / "file").write_text("in the way")
    code, _, err = zopa("solve", "job-offer", "--figures", tmp_path / "file")
    assert (code, "cannot draw here" in err) == (2, True)
