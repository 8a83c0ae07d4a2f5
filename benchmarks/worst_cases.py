"""The worst cases that the adversarial search has found so far, kept so that they run each time."""

from __future__ import annotations

from benchmarks.awkward import Case

WORST: tuple[tuple[str, Case], ...] = (
    ("nash", Case(1037257030, 6, concentration=3.0, conflict=-0.5, duplicates=1.0, blur=1e-9)),
    (
        "kalai_smorodinsky",
        Case(
            871854249, 6, concentration=1e4, conflict=0.9, blur=0.05, points=1000, disagreement=0.4
        ),
    ),
    ("egalitarian", Case(570061198, 6, concentration=1e4, conflict=1.0, disagreement=0.0)),
    (
        "is there a zone",
        Case(
            1700068756,
            5,
            concentration=100.0,
            conflict=0.9,
            duplicates=0.3,
            blur=1e-6,
            points=1000,
            disagreement=0.0,
            beyond=0.003,
        ),
    ),
    (
        "smallest amendments",
        Case(342239673, 2, concentration=1e4, conflict=0.99, points=1000, beyond=1e-6),
    ),
    (
        "frontier",
        Case(
            1024713648,
            2,
            concentration=1e4,
            conflict=0.9999,
            duplicates=0.3,
            blur=1e-9,
            disagreement=0.4,
        ),
    ),
    (
        "nash",
        Case(
            1098559677,
            4,
            concentration=1e4,
            conflict=0.9999,
            blur=1e-6,
            points=100,
            disagreement=0.5,
        ),
    ),
    (
        "kalai_smorodinsky",
        Case(1271443487, 5, concentration=10.0, conflict=0.99, points=20_000, disagreement=0.2),
    ),
    (
        "is there a zone",
        Case(
            1274410250,
            4,
            concentration=10.0,
            conflict=1.0,
            duplicates=0.3,
            blur=0.001,
            points=100,
            disagreement=0.1,
            beyond=0.003,
        ),
    ),
    (
        "smallest amendments",
        Case(
            1953422014,
            4,
            concentration=3.0,
            conflict=0.0,
            duplicates=0.3,
            points=20_000,
            disagreement=0.5,
            beyond=0.0005,
        ),
    ),
)
