"""Pictures: one to a file, each drawn on given axes, each saying what it found in words.

``draw`` puts one on a slide with its finding as the title, ``save`` writes it; see `PICTURES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.amendments import Amendments
from sim.comparison import Comparison
from sim.diagnosis import Diagnosis
from sim.equilibria.bimatrix.strategic import Strategic, TwoByTwo
from sim.equilibria.coalitions.models import Sharing
from sim.equilibria.division.adjusted_winner import Dividing
from sim.equilibria.offers.alternating_offers import OffersConverging
from sim.equilibria.offers.last_round import OfferPath
from sim.equilibria.ratification.ratification import Ratified
from sim.equilibria.ultimatum.ultimatum import RiskReturnPicture
from sim.equilibria.war.waiting_map import WaitingMap
from sim.equilibria.war.war import RangeOverTime
from sim.errors import InputError, did_you_mean
from sim.experiment.study import Study
from sim.graph_model.sketch import StateGraph
from sim.levers import LeverStudy
from sim.plots import acceptance_heatmap as _heatmap
from sim.plots import acceptance_probability as _probability
from sim.plots import adjusted_winner as _division
from sim.plots import amendment_curve as _curve
from sim.plots import bargaining_range as _range
from sim.plots import basin as _basin
from sim.plots import best_responses as _responses
from sim.plots import coalition_shares as _shares
from sim.plots import contributions as _contributions
from sim.plots import empty_zone as _empty_zone
from sim.plots import lever_frontier as _levers
from sim.plots import morris_screening as _screening
from sim.plots import offer_path as _offers
from sim.plots import offers_converging as _converging
from sim.plots import parallel_coordinates as _parallel
from sim.plots import pawn_bars as _pawn
from sim.plots import plan_changes as _changes
from sim.plots import plan_distributions as _distributions
from sim.plots import plan_ranks as _ranks
from sim.plots import prim_box as _box
from sim.plots import ratification as _ratification
from sim.plots import risk_return as _risk
from sim.plots import sobol_bars as _sobol
from sim.plots import state_graph as _states
from sim.plots import tornado as _tornado
from sim.plots import utility_space as _space
from sim.plots import waiting_map as _waiting
from sim.plots import zone_heatmap as _cells
from sim.plots import zone_options as _options
from sim.plots.caption import Caption, conditional
from sim.plots.saving import save
from sim.plots.style import headline, slide, styled
from sim.settlement import Settlement

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURES", "Caption", "Picture", "alt_text", "caption", "draw", "save"]

Subject = Any
"""What can be drawn: an answer, or what a prediction keeps as its ``picture``."""

ASKED_BY = {
    Comparison: "compare",
    Settlement: "solve",
    Diagnosis: "zone",
    LeverStudy: "zone --levers",
    Amendments: "amend",
    Study: "run",
}
"""The command that computes what a picture shows; ``equilibria`` for all others."""


@dataclass(frozen=True)
class Picture:
    """One kind of picture.

    Attributes
    ----------
    draw
        ``(ax, subject, *, …) -> None``: a comparison, a settlement, a diagnosis, what a model of
        bargaining has worked out, ….
    caption
        The words for the same arguments, without the axes.
    of
        What it shows.
    plans_too
        Shows the plan versions of a comparison as well, where there is one.
    """

    draw: Callable[..., None]
    caption: Callable[..., Caption]
    of: type[Any]
    plans_too: bool = False


PICTURES: dict[str, Picture] = {
    "acceptance_heatmap": Picture(_heatmap.acceptance_heatmap, _heatmap.caption, Comparison),
    "acceptance_probability": Picture(
        _probability.acceptance_probability, _probability.caption, Comparison
    ),
    "contributions": Picture(_contributions.contributions, _contributions.caption, Comparison),
    "plan_changes": Picture(_changes.plan_changes, _changes.caption, Comparison),
    "utility_space": Picture(_space.utility_space, _space.caption, Settlement, plans_too=True),
    "empty_zone": Picture(_empty_zone.empty_zone, _empty_zone.caption, Settlement),
    "zone_options": Picture(_options.zone_options, _options.caption, Diagnosis),
    "lever_frontier": Picture(_levers.lever_frontier, _levers.caption, LeverStudy),
    "amendment_curve": Picture(_curve.amendment_curve, _curve.caption, Amendments),
    "bargaining_range": Picture(_range.bargaining_range, _range.caption, RangeOverTime),
    "waiting_map": Picture(_waiting.waiting_map, _waiting.caption, WaitingMap),
    "offers_converging": Picture(
        _converging.offers_converging, _converging.caption, OffersConverging
    ),
    "risk_return": Picture(_risk.risk_return, _risk.caption, RiskReturnPicture),
    "offer_path": Picture(_offers.offer_path, _offers.caption, OfferPath),
    "adjusted_winner": Picture(_division.adjusted_winner, _division.caption, Dividing),
    "coalition_shares": Picture(_shares.coalition_shares, _shares.caption, Sharing),
    "ratification": Picture(_ratification.ratification, _ratification.caption, Ratified),
    "state_graph": Picture(_states.state_graph, _states.caption, StateGraph),
    "best_responses": Picture(_responses.best_responses, _responses.caption, Strategic),
    "tornado": Picture(_tornado.tornado, _tornado.caption, Study),
    "sobol_bars": Picture(_sobol.sobol_bars, _sobol.caption, Study),
    "morris_screening": Picture(_screening.morris_screening, _screening.caption, Study),
    "pawn_bars": Picture(_pawn.pawn_bars, _pawn.caption, Study),
    "plan_ranks": Picture(_ranks.plan_ranks, _ranks.caption, Study),
    "plan_distributions": Picture(_distributions.plan_distributions, _distributions.caption, Study),
    "zone_heatmap": Picture(_cells.zone_heatmap, _cells.caption, Study),
    "parallel_coordinates": Picture(_parallel.parallel_coordinates, _parallel.caption, Study),
    "prim_box": Picture(_box.prim_box, _box.caption, Study),
    "basin": Picture(_basin.basin, _basin.caption, TwoByTwo),
}


def draw(name: str, *subjects: Subject, **options: Any) -> Figure:
    """Draw a picture on a slide of its own, with its finding as the title.

    Parameters
    ----------
    name
        A key of `PICTURES`.
    subjects
        A comparison, a settlement, a diagnosis, a study of levers, the ``picture`` of a prediction;
        the picture takes what it shows.
    options
        What this kind of picture can be told: ``plan``, ``first``, ``second``, ``parties``, …

    Raises
    ------
    InputError
        If there is no such picture, or what it shows is not among the subjects.
    """
    picture = _picture(name)
    subject, given = _subject(name, picture, subjects, options)
    words = conditional(picture.caption(subject, **given))
    with styled():
        figure = slide()
        figure.set_label(words.title)
        room = headline(figure, words.title, words.subtitle, words.note)
        picture.draw(figure.add_axes(room), subject, **given)
    return figure


def caption(name: str, *subjects: Subject, **options: Any) -> Caption:
    """Return the words of a picture; the arguments are those of `draw`."""
    picture = _picture(name)
    subject, given = _subject(name, picture, subjects, options)
    return conditional(picture.caption(subject, **given))


def alt_text(name: str, *subjects: Subject, **options: Any) -> str:
    """Return a picture in words, the numbers included; the arguments are those of `draw`."""
    return caption(name, *subjects, **options).alt


def _picture(name: str) -> Picture:
    if name not in PICTURES:
        raise InputError(f"no picture is called '{name}'{did_you_mean(name, PICTURES)}")
    return PICTURES[name]


def _subject(
    name: str, picture: Picture, subjects: tuple[Subject, ...], options: dict[str, Any]
) -> tuple[Subject, dict[str, Any]]:
    """Return what the picture shows, and its options; plan versions are added where it can."""
    found = next((s for s in subjects if isinstance(s, picture.of)), None)
    if found is None:
        needed = ASKED_BY.get(picture.of, "equilibria")
        raise InputError(f"the picture '{name}' shows what `{needed}` computes: ask for that too")
    plans = next((s for s in subjects if isinstance(s, Comparison)), None)
    if picture.plans_too and plans is not None:
        return found, {"comparison": plans, **options}
    return found, options
