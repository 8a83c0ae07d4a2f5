"""What each party could do with a signed text: break its word on matters that are in its hands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.issues import Frozen, Identifier, Option
from sim.preferences.uncertain import Basis, NonNegative


class Control(Basis):
    """Who can break the text on an issue, and what then is.

    Attributes
    ----------
    party
        In whose hands the issue is.
    to
        The option that a breach brings about; the status quo where it is left out.
    """

    party: Identifier
    to: Option | None = None


class AfterSignature(Frozen):
    """How a signed text could come apart, for the analysis of its stability.

    Attributes
    ----------
    controls
        Issue -> who can break the text on it. Walking away needs no entry: every signatory can.
    near
        How much utility counts as no difference.
    sanctions
        Which answers of several parties count: `sequences` in which nobody moves twice in
        succession, `each_once`, or one move by `one_opponent`.
    """

    controls: Annotated[dict[Identifier, Control], Field(max_length=10)] = Field(
        default_factory=dict
    )
    near: NonNegative = 1e-9
    sanctions: Literal["sequences", "each_once", "one_opponent"] = "sequences"
