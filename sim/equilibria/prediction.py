"""What a model of bargaining predicts, and on what that hinges: the same for every model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Hinge:
    """A parameter on which the prediction hinges: the value at which it flips.

    Attributes
    ----------
    parameter
        In words a reader knows: ``patience of Russia``, ``chance of breakdown in a round``.
    now
        Its value in this reading.
    flips_at
        The nearest value at which the prediction changes; ``None`` where none in its meaningful
        range does.
    then
        What is predicted beyond that value, as the end of a sentence; where nothing flips it,
        the range that was searched.
    whole
        The parameter takes whole numbers only, and at ``flips_at`` the prediction has changed.
    """

    parameter: str
    now: float
    flips_at: float | None
    then: str
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one model says about one negotiation; conditional on its assumptions and inputs.

    Attributes
    ----------
    model
        Its name on the shelf: ``alternating_offers``.
    title
        Its name for readers: ``Alternating offers without a last round``.
    assumptions
        In one line: who moves when, what is known, what no deal is worth.
    says
        The prediction in a sentence or two, never as a forecast.
    parties
        Identifiers of the players, in the order of every list of numbers.
    outcome
        Issue -> option, where the prediction is one package; ``None`` where it is none.
    utilities
        Party -> what it gets or expects; ``None`` where the model does not say.
    hinges
        The parameter values at which the prediction flips.
    exact
        Proven, within the arithmetic of floating point; otherwise ``bound`` says how far off.
    bound
        How far off the values may be at most; infinite where nothing is known.
    details
        Further numbers of this model under the field's own names, ready for JSON: no NaN, no
        arrays.
    picture
        What its picture is drawn from; ``None`` for models without one.
    not_computed
        Why there is no prediction; ``None`` where there is one.
    table
        What is best read as a table, as texts: the first row holds the headings.
    names
        Names of the parties for readers, by identifier; filled in for scenarios.
    """

    model: str
    title: str
    assumptions: str
    says: str = ""
    parties: tuple[str, ...] = ()
    outcome: Mapping[str, str] | None = None
    utilities: Mapping[str, float] | None = None
    hinges: tuple[Hinge, ...] = ()
    exact: bool = True
    bound: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)
    picture: object | None = None
    not_computed: str | None = None
    table: tuple[tuple[str, ...], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def because(self, reason: str) -> Prediction:
        """Return the same model without a prediction, and why there is none."""
        return replace(self, not_computed=reason, says="", exact=False, bound=float("inf"))

    def name(self, party: str) -> str:
        """Return the name of a party for readers."""
        return self.names.get(party, party)
