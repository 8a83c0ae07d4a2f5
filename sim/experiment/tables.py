"""The tables that an experiment writes, one function each: from answers to rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.agreement import Frontier
from sim.comparison import Comparison
from sim.experiment.design import Case
from sim.experiment.table import Cell, Table
from sim.issues import Issue
from sim.settlement import Settlement

CASE = {"case": "number of the case in the design, from 0"}


def acceptance_table(cases: Sequence[tuple[Case, Comparison]], vary: dict[str, str]) -> Table:
    """Every plan version for every party: the heart of a comparison."""
    columns = {
        **CASE,
        **vary,
        "plan": "plan version",
        "party": "party",
        "consent": "required or advisory",
        "utility": "utility at the central reading",
        "low": "least utility over the completions of what the plan leaves open",
        "high": "greatest utility over those completions",
        "utility_05": "5 % point of the utility over the draws",
        "utility_50": "median of the utility over the draws",
        "utility_95": "95 % point of the utility over the draws",
        "threshold": "effective threshold at the central reading",
        "surplus": "utility less threshold",
        "accepts": "accepts at the central reading",
        "probability": "share of draws in which the party accepts",
        "probability_low": "lower end of its 95 % Monte Carlo interval",
        "probability_high": "upper end of that interval",
        "crossed": "own binding red lines crossed by what the plan says",
        "crossed_by_silence": "own binding red lines crossed by silence alone",
    }
    table = Table("acceptance", "One plan version judged by one party.", columns)
    for case, comparison in cases:
        table.extend(_acceptance_rows(case, comparison, list(vary)))
    return table


def _acceptance_rows(
    case: Case, comparison: Comparison, vary: list[str]
) -> Iterator[tuple[Cell, ...]]:
    structure = comparison.structure
    low, high = comparison.interval(comparison.probability)
    for k, plan in enumerate(comparison.plans):
        verdict = comparison.verdicts[k]
        for p, party in enumerate(comparison.parties):
            yield (
                *_settings(case, vary),
                plan,
                party,
                structure.scenario.parties[party].consent,
                *map(float, (verdict.utility[p], verdict.low[p], verdict.high[p])),
                *comparison.utility_quantiles[:, k, p].tolist(),
                float(comparison.central.thresholds[0, p]),
                float(verdict.surplus[p]),
                bool(verdict.accepts[p]),
                *map(float, (comparison.probability[k, p], low[k, p], high[k, p])),
                "; ".join(structure.lines[line].text for line in verdict.crossed[p]),
                "; ".join(structure.lines[line].text for line in verdict.crossed_by_silence[p]),
            )


def joint_table(cases: Sequence[tuple[Case, Comparison]], vary: dict[str, str]) -> Table:
    """Every plan version for all signatories together."""
    columns = {
        **CASE,
        **vary,
        "plan": "plan version",
        "accepted_by_all": "all whose consent is required accept at the central reading",
        "probability_all": "share of draws in which they all accept, counted jointly",
        "probability_low": "lower end of its 95 % Monte Carlo interval",
        "probability_high": "upper end of that interval",
        "completable": "some completion of what the plan leaves open is acceptable to all; proven",
        "infeasible": "constraints that the plan breaks",
        "blockers": "parties whose consent is required and that refuse",
    }
    table = Table("joint", "One plan version judged by all signatories together.", columns)
    for case, comparison in cases:
        structure = comparison.structure
        low, high = comparison.interval(comparison.probability_all)
        for k, verdict in enumerate(comparison.verdicts):
            row = (
                *_settings(case, list(vary)),
                verdict.plan.name,
                verdict.accepted_by_all,
                float(comparison.probability_all[k]),
                float(low[k]),
                float(high[k]),
                verdict.completable,
                "; ".join(structure.constraints[c].text for c in verdict.broken),
                "; ".join(comparison.parties[p] for p in comparison.blockers(k)),
            )
            table.extend([row])
    return table


def contributions_table(cases: Sequence[tuple[Case, Comparison]], vary: dict[str, str]) -> Table:
    """Through which issues each plan version gains or loses each party."""
    columns = {
        **CASE,
        **vary,
        "plan": "plan version",
        "term": "issue, or the issues of an interaction or a table",
        "option": "what the plan's central reading has there",
        "party": "party",
        "adds": "what the term adds to the party's utility; a party's terms sum to its utility",
        "lost": "how much more the term could add at most",
    }
    table = Table("contributions", "One term of one party's utility of one plan.", columns)
    for case, comparison in cases:
        issues = comparison.structure.space.issues
        for verdict, parts in zip(comparison.verdicts, comparison.contributions, strict=True):
            for t, term in enumerate(parts.terms):
                option = ""
                if t < parts.n_issues:
                    names = comparison.structure.space.options[issues[t]]
                    option = "/".join(names[o] for o in verdict.plan.central[t])
                head = (*_settings(case, list(vary)), verdict.plan.name, term, option)
                pairs = zip(comparison.parties, parts.adds[t], parts.lost[t], strict=True)
                table.extend((*head, p, float(a), float(x)) for p, a, x in pairs)
    return table


def differences_table(cases: Sequence[tuple[Case, Comparison]], vary: dict[str, str]) -> Table:
    """Every pair of plan versions, paired draw by draw."""
    columns = {
        **CASE,
        **vary,
        "first": "plan version",
        "second": "plan version it is compared with",
        "party": "party; (joint) for the probability that all whose consent is required accept",
        "difference": "second less first: mean utility, or joint probability",
        "low": "lower end of the 95 % Monte Carlo interval of that mean",
        "high": "upper end of that interval",
        "better": "share of draws in which the second is worth more to the party",
        "worse": "share of draws in which it is worth less",
    }
    table = Table("differences", "Two plan versions under common random numbers.", columns)
    for case, comparison in cases:
        for pair in comparison.differences:
            plans = (comparison.plans[pair.first], comparison.plans[pair.second])
            head = (*_settings(case, list(vary)), *plans)
            for p, party in enumerate(comparison.parties):
                numbers = (pair.utility[p], *pair.interval[:, p], pair.better[p], pair.worse[p])
                table.extend([(*head, party, *map(float, numbers))])
            joint = (pair.joint, *pair.joint_interval)
            table.extend([(*head, "(joint)", *map(float, joint), None, None)])
    return table


def zone_table(cases: Sequence[tuple[Case, Settlement]], vary: dict[str, str]) -> Table:
    """The zone of possible agreement in every case."""
    columns = {
        **CASE,
        **vary,
        "parties": "whose zone it is",
        "outcomes": "packages that the constraints leave, before red lines (as text: exact)",
        "left_by_red_lines": "packages that the red lines leave as well (as text: exact)",
        "empty": "no package is acceptable to all of them; proven",
        "acceptable": "how many are (as text: exact); empty where they were estimated",
        "share": "acceptable packages as a share of all that the constraints leave",
        "share_low": "lower end of its 95 % interval; the share itself where it is exact",
        "share_high": "upper end of that interval",
        "draws": "draws in which it was asked whether a zone exists",
        "exists": "draws in which one does; shown",
        "proven_empty": "draws in which there is none; proven",
        "clash": "where nothing is left: a smallest set of clauses that cannot stand together",
    }
    table = Table("zone", "The zone of possible agreement in one case.", columns)
    for case, found in cases:
        size = found.size
        row = (
            *_settings(case, list(vary)),
            "; ".join(found.signatories),
            str(found.outcomes),
            str(found.zone_problem.n_outcomes),
            found.zone.empty,
            None if size.outcomes is None else str(size.outcomes),
            float(size.share),
            *map(float, size.share_interval),
            *((c.draws, c.exists, c.empty) if (c := found.chance) else (None, None, None)),
            "; ".join(clause.text for clause in found.clash),
        )
        table.extend([row])
    return table


def solutions_table(cases: Sequence[tuple[Case, Settlement]], vary: dict[str, str]) -> Table:
    """What each party gets by each solution."""
    columns = {
        **CASE,
        **vary,
        "solution": "bargaining solution",
        "party": "party",
        "disagreement": "utility of no deal",
        "threshold": "effective threshold",
        "utility": "utility of the solution; of no deal where there is none",
        "agreement": "the solution is a package, not the absence of one",
        "acceptable": "everyone whose consent is required accepts it",
        "exact": "proven",
        "bound": "how much the solution's criterion could still be better at most",
    }
    table = Table("solutions", "What one party gets by one solution.", columns)
    for case, found in cases:
        for name, agreement in found.solutions.items():
            for p, party in enumerate(found.parties):
                numbers = (found.problem.disagreement[p], found.problem.thresholds[p])
                row = (
                    *_settings(case, list(vary)),
                    name,
                    party,
                    *map(float, numbers),
                    float(agreement.utilities[p]),
                    agreement.outcome is not None,
                    found.acceptable(agreement),
                    agreement.certificate.exact,
                    float(agreement.certificate.bound),
                )
                table.extend([row])
    return table


def packages_table(cases: Sequence[tuple[Case, Settlement]], vary: dict[str, str]) -> Table:
    """The package of every solution, issue by issue."""
    columns = {
        **CASE,
        **vary,
        "solution": "bargaining solution",
        "issue": "issue",
        "option": "its option in the package",
        "meaning": "the option in words",
    }
    table = Table("packages", "One issue of the package of one solution.", columns)
    for case, found in cases:
        issues: dict[str, Issue] = found.scenario.issues
        for name, agreement in found.solutions.items():
            package = found.package(agreement) or {}
            table.extend(
                (*_settings(case, list(vary)), name, issue, option, issues[issue].options[option])
                for issue, option in package.items()
            )
    return table


def frontier_table(cases: Sequence[tuple[Case, Settlement]], vary: dict[str, str]) -> Table:
    """Every efficient package of every case, with what each party gets."""
    parties = list(dict.fromkeys(p for _, found in cases for p in found.parties))
    issues = list(dict.fromkeys(i for _, found in cases for i in found.structure.space.issues))
    columns = {
        **CASE,
        **vary,
        "point": "place on the frontier, from 0",
        **{f"u_{party}": f"utility of {party}" for party in parties},
        **{issue: f"option on {issue}" for issue in issues},
    }
    table = Table("frontier", "One Pareto-efficient package (individually rational).", columns)
    for case, found in cases:
        if not isinstance(found.frontier, Frontier):
            continue
        place = {party: k for k, party in enumerate(found.parties)}
        space = found.structure.space
        for n, (utilities, choices) in enumerate(
            zip(found.frontier.utilities, found.frontier.choices, strict=True)
        ):
            named = space.name(np.asarray(choices))
            row = (
                *_settings(case, list(vary)),
                n,
                *(float(utilities[place[p]]) if p in place else None for p in parties),
                *(named.get(issue) for issue in issues),
            )
            table.extend([row])
    return table


def _settings(case: Case, vary: list[str]) -> tuple[Cell, ...]:
    return (case.number, *(case.settings[name] for name in vary))
