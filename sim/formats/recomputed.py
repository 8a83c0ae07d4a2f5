"""Cases and analyses of results, computed again and laid beside what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import numpy as np

from sim.experiment.engine import Here, Pool, compute_all
from sim.experiment.job import Block, Columns, Computed, Job, blocks_of, joined
from sim.experiment.run import analyses
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.shape import TableShape
from sim.formats.parquet import columns_of, connected, write_rows
from sim.formats.results import Results
from sim.formats.row_differences import Difference, differences
from sim.formats.undecided import undecided

DIED = "worker died"

TOGETHER = 256
"""Cases that are compared at a time, at least: reading takes longer than comparing."""


def chosen(
    job: Job, cases: int, *, every: bool, seed: int, avoid: Collection[int] = ()
) -> list[Block]:
    """Choose what is computed again: every case, or single ones spread over all blocks.

    Parameters
    ----------
    job
        What computes them.
    cases
        How many: the first, the last, and one from each of equal stretches between.
    every
        Take all.
    seed
        Chooses within the stretches.
    avoid
        Cases that are left out.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> hundred = SimpleNamespace(n_cases=100, block=32)
    >>> [block.first for block in chosen(hundred, 4, every=False, seed=0)]
    [0, 40, 62, 99]
    """
    n = job.n_cases
    if every or cases >= n:
        return [part for block in blocks_of(job) for part in _around(block, avoid)]
    if cases <= 0:
        return []
    edges = np.linspace(0, n, cases + 1).astype(int)
    numbers = np.random.default_rng(seed).integers(edges[:-1], edges[1:]).tolist()
    numbers[0] = 0
    if cases > 1:
        numbers[-1] = n - 1
    return [Block(k, case, case + 1) for k, case in enumerate(numbers) if case not in avoid]


def _around(block: Block, avoid: Collection[int]) -> Iterator[Block]:
    """Yield the parts of a block between cases that are left out."""
    first = block.first
    for case in sorted(case for case in avoid if block.first <= case < block.last):
        if case > first:
            yield Block(block.number, first, case)
        first = case + 1
    if first < block.last:
        yield Block(block.number, first, block.last)


def _numbers(block: Block) -> range:
    return range(block.first, block.last)


class Recomputed:
    """Computes cases of results again, and remembers what comes out differently.

    Attributes
    ----------
    results, job
        What is stored, and what computes it.
    tolerance
        How far numbers may lie apart; with 0 they are the same bits.
    damaged
        Tables that are not what they should be; those that can be read are compared all the same.
    found
        What differs.
    undecided
        How many values differ because a search ran into its time limit.
    computed
        The cases that were computed again.
    values
        How many values were compared.
    deadly
        Cases that took their process with them: they are not tried again.
    """

    def __init__(
        self,
        results: Results,
        job: ScenarioJob,
        tolerance: float = 0.0,
        damaged: Collection[str] = (),
    ) -> None:
        self.results, self.job, self.tolerance = results, job, tolerance
        self._damaged = damaged
        self.found: list[Difference] = []
        self.computed: list[int] = []
        self.undecided = self.values = 0
        self._stack, self._numbers = ExitStack(), count()

    def __enter__(self) -> Self:
        self._base = self._stack.enter_context(connected())
        self._room = Path(self._stack.enter_context(TemporaryDirectory(prefix="zopa-")))
        self._unreadable = {name for name in self._damaged if not self._opens(name)}
        failed = {} if "failures" in self._unreadable else self._all("failures")
        parts = (failed.get(name, ()) for name in ("case", "kind", "message"))
        rows = list(zip(*parts, strict=True))
        self._failed = {int(case): str(message) for case, _, message in rows}
        self.deadly = {int(case) for case, kind, _ in rows if kind == DIED}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def cases(self) -> int:
        """How many cases were computed again."""
        return len(self.computed)

    def compute(
        self,
        blocks: Sequence[Block],
        pool: Pool | Here,
        told: Callable[[int, int], None] | None = None,
    ) -> None:
        """Compute blocks again, and compare each with what is stored."""
        total = sum(block.last - block.first for block in blocks)
        for name in dict.fromkeys([*self.job.tables, *self._unreadable]):
            if name in self._unreadable:
                self.found.append(Difference(name, None, None, None, "cannot be read", None))
            elif name not in self.results.tables:
                self.found.append(Difference(name, None, None, None, "not there", "there"))

        waiting: list[tuple[Block, Computed]] = []

        def keep(block: Block, computed: Computed) -> None:
            waiting.append((block, computed))
            self.computed += _numbers(block)
            if sum(len(_numbers(block)) for block, _ in waiting) >= TOGETHER:
                self._compare(waiting)
                waiting.clear()
            if told is not None:
                told(self.cases, total)

        compute_all(self.job, blocks, pool, keep)
        if waiting:
            self._compare(waiting)
        self.computed.sort()
        self.found.sort(key=lambda one: -1 if one.case is None else one.case)

    def analyse(self) -> int:
        """Make the tables of the analyses again from the outcomes; return how many there are."""
        if "outcomes" in self._unreadable:
            return 0
        made = analyses(self.job.prepared, self._all("outcomes"))
        known = {*self.job.tables, "failures"}
        stored = [name for name in self.results.tables if name not in known]
        for name in dict.fromkeys([*stored, *made]):
            if name in self._unreadable:
                continue
            if name not in made or name not in stored:
                there = ("there", "not there") if name in stored else ("not there", "there")
                self.found.append(Difference(name, None, None, None, *there))
                continue
            again = self._typed(made[name], self.results.recorded(name).shape)
            self.found += differences(name, self._all(name), again, self.tolerance)
        return len(stored)

    def _compare(self, done: Sequence[tuple[Block, Computed]]) -> None:
        """Compare blocks that were computed with what is stored of their cases."""
        in_order = sorted(done, key=lambda one: one[0].first)
        cases = [case for block, _ in in_order for case in _numbers(block)]
        computed = joined([one for _, one in in_order])
        names = [n for n in self.job.tables if n in self.results.tables]
        names = [n for n in names if n not in self._unreadable]
        stored = {name: self._stored(name, cases) for name in names}
        again = {
            name: self._typed(computed.rows.get(name), self.job.tables[name]) for name in names
        }
        is_open = undecided(self.job, stored, again)
        for name in names:
            self.values += sum(map(len, again[name].values()))
            for one in differences(name, stored[name], again[name], self.tolerance):
                if is_open(one):
                    self.undecided += 1
                else:
                    self.found.append(one)
        if "failures" not in self._unreadable:
            self._compare_failures(cases, computed)

    def _compare_failures(self, cases: Sequence[int], computed: Computed) -> None:
        now = {failure.case: failure.message for failure in computed.failures}
        for case in sorted({*self._failed, *now}.intersection(cases)):
            then, said = self._failed.get(case), now.get(case)
            if then != said and not (self.tolerance and then and said):
                self.found.append(Difference("failures", case, None, "message", then, said))

    def _opens(self, name: str) -> bool:
        """Tell whether a table can be read at all."""
        import duckdb  # noqa: PLC0415

        try:
            found = self._all(name)
        except (duckdb.Error, ValueError):
            return False
        if "case" not in self.results.recorded(name).columns:
            return True
        cases = found.get("case", np.array([], dtype=object))
        whole = cases.dtype.kind == "i" and not isinstance(cases, np.ma.MaskedArray)
        return whole and bool(((cases >= 0) & (cases < self.job.n_cases)).all())

    def _stored(self, name: str, cases: Sequence[int]) -> Columns:
        """Read the rows of some cases, in order."""
        first, last = cases[0], cases[-1]
        wanted = f'"case" BETWEEN {first} AND {last}'
        if last - first >= len(cases):
            wanted = f'"case" IN ({", ".join(map(str, cases))})'
        return columns_of(self._base.read_parquet(str(self.results.file(name))).filter(wanted))

    def _all(self, name: str) -> Columns:
        return columns_of(self._base.read_parquet(str(self.results.file(name))))

    def _typed(self, rows: Columns | None, shape: TableShape) -> Columns:
        """Return rows as they come back from a file."""
        if rows is None:
            rows = {name: np.array([], dtype=object) for name in shape.columns}
        path = self._room / f"{next(self._numbers)}.parquet"  # a new name: files are remembered
        write_rows(self._base, rows, shape, path)
        found = columns_of(self._base.read_parquet(str(path)))
        path.unlink()
        return found
