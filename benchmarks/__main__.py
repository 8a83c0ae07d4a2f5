"""The speed claims, all of them, in one table: ``python -m benchmarks [NAME]… [--quick]``.

Every figure is held against its target or against another method that was timed in the same run.
Times are of one core; compiled code is warm.
"""

from __future__ import annotations

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # before NumPy is loaded

import argparse  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402

from benchmarks import targets  # noqa: E402
from benchmarks.adversary import adversary  # noqa: E402
from benchmarks.comparison import comparison  # noqa: E402
from benchmarks.equilibria import equilibria  # noqa: E402
from benchmarks.integer_programs import integer_programs  # noqa: E402
from benchmarks.listing import listing  # noqa: E402
from benchmarks.many_draws import many_draws  # noqa: E402
from benchmarks.memory import four_parties  # noqa: E402
from benchmarks.negmas_peer import negmas  # noqa: E402
from benchmarks.sweeps import sweeps  # noqa: E402
from benchmarks.table import Row, table  # noqa: E402
from benchmarks.timing import warm_up  # noqa: E402

SECTIONS: dict[str, Callable[[argparse.Namespace], Iterable[Row]]] = {
    "frontier": lambda o: targets.frontiers(o.seeds),
    "frontier4": lambda o: four_parties(o.four),
    "solutions": lambda o: targets.solutions(o.seeds),
    "zone": lambda o: targets.zones(o.seeds),
    "count": lambda o: targets.counts(o.seeds),
    "amend": lambda o: targets.amendments(o.seeds),
    "interactions": lambda o: targets.interactions(o.seeds),
    "draws": lambda o: many_draws((3,) if o.quick else (2, 3, 4)),
    "compare": lambda _: comparison(),
    "listing": lambda o: listing(1 if o.quick else 3),
    "milp": lambda o: integer_programs(1 if o.quick else 5),
    "equilibria": lambda o: equilibria(2 if o.quick else 10),
    "negmas": lambda o: negmas(limit=o.limit, largest=5 if o.quick else 7),
    "adversary": lambda _: adversary(),
    "sweeps": lambda o: sweeps(*((100_000, 500, 128) if o.quick else (1_000_000, 2_000, 1024))),
}


def main() -> None:
    """Run what was asked for, saying so as it goes, and print the table."""
    options = arguments()
    began = time.monotonic()
    say("loading, or compiling, the kernels")
    warm_up()
    rows: list[Row] = []
    for name in options.names or SECTIONS:
        for row in SECTIONS[name](options):
            say(f"{time.monotonic() - began:5.0f} s  {name}: {row.question}: {row.verdict}")
            rows.append(row)
    print(f"28 issues x 4 options unless said otherwise; {options.seeds} seeds of each kind")
    print(table(rows))
    missed = sum(row.verdict.startswith("NOT MET") for row in rows)
    held = sum(row.verdict.startswith("met") for row in rows)
    print(f"\n{held} targets met, {missed} not met, in {time.monotonic() - began:.0f} s")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the speed claims."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of: {', '.join(SECTIONS)}; all if left out"
    )
    parser.add_argument("--quick", action="store_true", help="less of everything: two minutes")
    parser.add_argument("--seeds", type=int, help="problems of each kind (20; quick: 5)")
    parser.add_argument("--four", type=int, default=1, help="four-party frontiers of each kind (1)")
    parser.add_argument("--limit", type=float, help="seconds for NegMAS a case (30; quick: 5)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in SECTIONS]
    if unknown:
        parser.error(
            f"no benchmark is called {', '.join(unknown)}; there are {', '.join(SECTIONS)}"
        )
    if options.quick and not options.names:
        options.names = [name for name in SECTIONS if name not in ("frontier4", "compare")]
    options.seeds = options.seeds or (5 if options.quick else 20)
    options.limit = options.limit or (5.0 if options.quick else 30.0)
    return options


def say(text: str) -> None:
    """Report progress beside the table."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
