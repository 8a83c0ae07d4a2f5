"""The table that a run ends with: question, our time, what it is held against, verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HEADS = ("question", "median", "worst", "proven", "held against", "verdict")


@dataclass(frozen=True)
class Row:
    """One figure. Never a time alone: a target that it meets or not, or a ratio of this run.

    Attributes
    ----------
    question
        What was asked, of what.
    median, worst
        Our seconds.
    proven
        How many answers were proven, of how many.
    against
        The target, or the other method and its time.
    verdict
        ``met``, ``NOT MET``, or how many times faster.
    """

    question: str
    median: float
    worst: float
    proven: str
    against: str
    verdict: str

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        return (
            self.question,
            in_words(self.median),
            in_words(self.worst),
            self.proven,
            self.against,
            self.verdict,
        )


Section = Callable[..., Iterable[Row]]


def in_words(seconds: float) -> str:
    """Write a time with a unit that suits it.

    >>> in_words(0.00042), in_words(0.0123), in_words(3.2), in_words(float("nan"))
    ('0.42 ms', '12.3 ms', '3.2 s', '')
    """
    if seconds != seconds:  # noqa: PLR0124 - not a number
        return ""
    if seconds < 0.01:
        return f"{1e3 * seconds:.2f} ms"
    return f"{1e3 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def times_faster(theirs: float, ours: float) -> str:
    """Write a ratio of two times of this run.

    >>> times_faster(3.0, 0.01), times_faster(0.5, 1.0)
    ('300 times faster', '2.0 times slower')
    """
    ratio = theirs / ours
    if ratio < 1:
        return f"{1 / ratio:.1f} times slower"
    return f"{ratio:,.0f} times faster" if ratio >= 10 else f"{ratio:.1f} times faster"


def table(rows: Sequence[Row]) -> str:
    """Lay rows out in columns.

    >>> print(table([Row("zone", 0.001, 0.002, "1/1", "target 2 ms", "met")]))
    question   median    worst  proven  held against  verdict
    zone      1.00 ms  2.00 ms     1/1  target 2 ms   met
    """
    cells = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEADS))]
    lines = []
    for line in cells:
        parts = [
            text.rjust(width) if k in (1, 2, 3) else text.ljust(width)
            for k, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)
