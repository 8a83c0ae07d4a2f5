"""Robustness and regret: how each plan version fares across the whole ensemble.

The ensemble's states of the world are its draws, or the cases of an experiment. Where nobody
knows how likely they are, there is no one best choice, but several rules of old that say what they
are careful about. They are shown side by side; where they part, that is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.comparison.differences import wilson
from sim.errors import InputError
from sim.experiment.analysis.defined import Account, Unanswered
from sim.problem import TOLERANCE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TAIL = 0.05


@dataclass(frozen=True, eq=False)
class Robustness:
    """How versions fare across states of the world. All arrays have shape ``(n_versions,)``.

    Attributes
    ----------
    versions
        Names.
    accepted, accepted_low, accepted_high
        Share of the states in which the version is accepted, with its 95 % interval (Wilson);
        the interval is about states that are drawn, and has no meaning for a grid of cases.
    mean, worst
        Of the payoff.
    tail
        The payoff that is undershot in 5 % of the states: the least such that at least 5 % of
        them are at or below it.
    tail_mean
        Mean payoff of the worst 5 % of the states (expected shortfall).
    regret_mean, regret_worst
        By how much the version falls short of the best version in the same state.
    best_share
        Share of the states in which no other version does better.
    choices
        Rule -> the versions it would choose (several where they tie): ``Wald`` the best worst
        payoff; ``Savage`` the least worst regret; ``Laplace`` the best mean; ``Hurwicz`` the best
        weighted mean of worst and best; ``Starr`` accepted in most states; ``tail`` the best
        worst 5 %.
    account
        Of states: in how many some version had no payoff, and what was done.
    """

    versions: tuple[str, ...]
    accepted: Floats
    accepted_low: Floats
    accepted_high: Floats
    mean: Floats
    worst: Floats
    tail: Floats
    tail_mean: Floats
    regret_mean: Floats
    regret_worst: Floats
    best_share: Floats
    choices: dict[str, tuple[str, ...]]
    account: Account


def robustness(
    versions: Sequence[str],
    payoffs: Any,
    *,
    accepted: Any = None,
    optimism: float = 0.5,
) -> Robustness | Unanswered:
    r"""Judge versions across states of the world, by several rules.

    .. math:: \text{regret}_{sv} = \max_w u_{sw} - u_{sv}

    The versions must be judged in the same states (common random numbers), else regret is only
    noise.

    Parameters
    ----------
    versions
        Names.
    payoffs
        Shape ``(n_states, n_versions)``: a surplus, a utility, a smallest surplus over parties.
        Undefined is masked or NaN; a state in which it is so for any version is left out for all,
        so that all are judged in the same states.
    accepted
        Which are accepted where, same shape; payoffs of 0 or more (to within 1e-9) if left out.
    optimism
        Hurwicz's weight on the best state, in [0, 1].

    Returns
    -------
    Robustness or Unanswered
        The latter where no state is left.

    Raises
    ------
    InputError
        If shapes do not fit, or a payoff is infinite.

    References
    ----------
    Wald (1950), Statistical Decision Functions. Savage (1951), "The Theory of Statistical
    Decision", Journal of the American Statistical Association 46, 55-67. Hurwicz (1951),
    "Optimality criteria for decision making under ignorance", Cowles Commission paper 370. Starr
    (1963), Product Design and Decision Theory. Compared in McPhail et al. (2018), "Robustness
    Metrics: How Are They Calculated, When Should They Be Used and Why Do They Give Different
    Results?", Earth's Future 6, 169-191. Rockafellar, Uryasev (2000), "Optimization of
    conditional value-at-risk", Journal of Risk 2, 21-41.

    Examples
    --------
    A cautious version, and a bold one that is best when it is well received.

    >>> found = robustness(["cautious", "bold"], [[0.1, 0.5], [0.1, 0.3], [0.1, -0.2]])
    >>> found.worst, found.regret_worst.round(2)
    (array([ 0.1, -0.2]), array([0.4, 0.3]))
    >>> found.choices["Wald"], found.choices["Savage"]
    (('cautious',), ('bold',))
    """
    every, known = _table(versions, payoffs)
    yes = every >= -TOLERANCE if accepted is None else np.asarray(accepted)
    if yes.shape != every.shape or yes.dtype != bool or not 0 <= optimism <= 1:
        raise InputError("robustness: acceptance is yes or no for each payoff; optimism in [0, 1]")
    kept = known.all(axis=1)
    done = "those were left out for all versions, so that all are judged in the same states"
    lost = int((~kept).sum())
    counted = Account(len(every), lost, done if lost else "")
    if not kept.any():
        return Unanswered(counted, "in every state some version has no payoff")
    payoff, share = every[kept], yes[kept].mean(axis=0)
    regret = payoff.max(axis=1, keepdims=True) - payoff
    worst, mean = payoff.min(axis=0), payoff.mean(axis=0)
    tail, tail_mean = _tail(payoff)
    low, high = wilson(share, len(payoff))
    scores = {
        "Wald": worst,
        "Savage": -regret.max(axis=0),
        "Laplace": mean,
        "Hurwicz": optimism * payoff.max(axis=0) + (1 - optimism) * worst,
        "Starr": share,
        "tail": tail_mean,
    }
    return Robustness(
        tuple(versions),
        share,
        low,
        high,
        mean,
        worst,
        tail,
        tail_mean,
        regret.mean(axis=0),
        regret.max(axis=0),
        (regret <= 0).mean(axis=0),
        {rule: _chosen(versions, score) for rule, score in scores.items()},
        counted,
    )


def _table(versions: Sequence[str], payoffs: Any) -> tuple[Floats, Bools]:
    """Read payoffs with their gaps."""
    mask = np.ma.getmaskarray(payoffs) if np.ma.isMaskedArray(payoffs) else False
    values = np.array(np.ma.getdata(payoffs), dtype=float)
    if values.ndim != 2 or values.shape[1] != len(versions) or not values.size:
        raise InputError(
            f"robustness: a payoff for each state and each of {len(versions)} versions"
        )
    known = ~(np.isnan(values) | mask)
    if np.isinf(values[known]).any():
        raise InputError("robustness: a payoff is infinite; leave it undefined, or mend it")
    return np.where(known, values, 0.0), known


def _tail(payoff: Floats) -> tuple[Floats, Floats]:
    """Return the 5 % point and the mean below it, the state on the border counted in part."""
    ranked = np.sort(payoff, axis=0)
    share = TAIL * len(ranked)
    whole = int(np.ceil(share - 1e-9)) - 1
    below = ranked[:whole].sum(axis=0) + (share - whole) * ranked[whole]
    return ranked[whole], below / share


def _chosen(versions: Sequence[str], score: Floats) -> tuple[str, ...]:
    best = score >= score.max() - 1e-12 * max(1.0, float(np.abs(score).max()))
    return tuple(name for name, at in zip(versions, best, strict=True) if at)
