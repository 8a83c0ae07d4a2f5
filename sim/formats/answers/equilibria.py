"""What models of bargaining predict, as JSON: what `zopa equilibria --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.formats.answers.shared import CONDITION, finite

if TYPE_CHECKING:
    from sim.equilibria.prediction import Hinge, Prediction


def equilibria_json(predictions: Mapping[str, Prediction], **asked: Any) -> dict[str, Any]:
    """Return what `zopa equilibria --json` prints.

    Parameters
    ----------
    predictions
        By name of the model.
    asked
        What the question was, such as ``scenario`` and ``red_lines_binding``.
    """
    models = {name: _prediction(found) for name, found in predictions.items()}
    return {**asked, "models": models, "condition": CONDITION}


def _prediction(found: Prediction) -> dict[str, Any]:
    return {
        "title": found.title,
        "assumptions": found.assumptions,
        "prediction": found.says or None,
        "parties": list(found.parties),
        "outcome": None if found.outcome is None else dict(found.outcome),
        "utilities": None if found.utilities is None else
            {party: finite(value) for party, value in found.utilities.items()},
        "hinges": [_hinge(hinge) for hinge in found.hinges],
        "exact": found.exact and found.not_computed is None,
        "bound": finite(found.bound),
        "details": dict(found.details),
        "not_computed": found.not_computed,
    }  # fmt: skip


def _hinge(hinge: Hinge) -> dict[str, Any]:
    return {
        "parameter": hinge.parameter,
        "now": finite(hinge.now),
        "flips_at": None if hinge.flips_at is None else finite(hinge.flips_at),
        "then": hinge.then,
    }
