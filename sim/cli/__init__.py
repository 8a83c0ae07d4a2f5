"""The door to the terminal: `zopa COMMAND`, one command a file."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from inspect import getdoc
from pathlib import Path

import typer

from sim.cli.amend import amend
from sim.cli.check import check
from sim.cli.compare import compare
from sim.cli.draw import draw
from sim.cli.equilibria import equilibria
from sim.cli.import_ import import_
from sim.cli.list import list_shelf
from sim.cli.new import new
from sim.cli.results import RESULT_COMMANDS
from sim.cli.run import run
from sim.cli.schema import schema
from sim.cli.show import show
from sim.cli.solve import solve
from sim.cli.verify import verify
from sim.cli.zone import zone
from sim.clock import Stopped
from sim.errors import InputError

FINE, OUR_FAULT, MISTAKE, NO_ANSWER, STOPPED = 0, 1, 2, 3, 130

app = typer.Typer(
    name="zopa",
    help=(
        "Negotiations, exactly: which plan each party accepts, how surely, what breaks it, and "
        "where a zone of possible agreement lies. Every result is conditional on the numbers in "
        "the scenario file; none is a forecast.\n\n"
        "Start with: zopa compare ukraine-2025-12"
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Ask": {
        "compare": compare, "solve": solve, "zone": zone, "amend": amend,
        "equilibria": equilibria, "show": show, "run": run,
    },
    "Results": {"draw": draw, "verify": verify},
    "Write scenarios": {
        "new": new, "check": check, "import": import_, "schema": schema, "list": list_shelf,
    },
}  # fmt: skip
results = typer.Typer(
    help="What runs left behind: list it, look into its tables, ask it in SQL, send it on.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def _add(commands: dict[str, Callable[..., None]], to: typer.Typer, panel: str | None) -> None:
    """Add commands with their help in lines as the screen has them, not as the source."""
    for name, command in commands.items():
        told = "\n\n".join(" ".join(text.split()) for text in (getdoc(command) or "").split("\n\n"))
        to.command(name, help=told, rich_help_panel=panel)(command)


for panel, commands in COMMANDS.items():
    _add(commands, app, panel)
_add(RESULT_COMMANDS, results, None)
app.add_typer(results, name="results", rich_help_panel="Results")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"zopa {version('zopa')}")
        raise typer.Exit


@app.callback()
def zopa(
    *,
    _: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Take the options that come before the command."""


def main() -> None:
    """Run the command line; turn whatever happens into an exit code that scripts can rely on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no letter is worth losing an answer
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:  # noqa: PLR0911  one return for each way to end
    """Run one command; return its exit code and raise nothing."""
    try:
        code = app(arguments, standalone_mode=False, prog_name="zopa")
    except InputError as error:
        typer.echo(_printable(str(error)), err=True)
        return MISTAKE
    except typer.Exit as stop:
        return int(stop.exit_code)
    except Stopped:
        return STOPPED
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("stopped; nothing half written", err=True)
        return STOPPED
    except (BrokenPipeError, SystemExit):  # both libraries leave so when nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        typer.echo(_printable(_unusable(error)), err=True)
        return MISTAKE
    except Exception as error:  # noqa: BLE001  the last line of defence, and it keeps the trace
        return _report(error)
    return code if isinstance(code, int) else FINE


def _unusable(error: OSError) -> str:
    """Say which place cannot be used; where none is named it is that of the answer."""
    reason = error.strerror or str(error)
    if isinstance(error.filename, str | Path):
        return f"{error.filename}: {reason}; name another place, or see to it that this one serves"
    return f"cannot write the answer: {reason}"


def _printable(text: str) -> str:
    """Show control characters of a file instead of sending them to the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def _report(error: Exception) -> int:
    """Say a usage mistake as click does; keep the trace of anything else in a file."""
    show_usage = getattr(error, "show", None)
    if callable(show_usage):
        show_usage()
        return MISTAKE
    with tempfile.NamedTemporaryFile(
        "w", prefix="zopa-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    where = Path(file.name)
    typer.echo(
        f"Something went wrong inside zopa ({type(error).__name__}: {error}). This is our fault, "
        f"not yours. The details are in {where}: please send that file with a report.",
        err=True,
    )
    return OUR_FAULT
