"""The shipped scenario on the plan to end the war in Ukraine says what its sources say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from pydantic import BaseModel

from sim.formats import read_scenario
from sim.issues import When, options_of
from sim.scenario import Clause, Plan, Scenario, Span

RUSSIAN_POSITIONS = ("ru_jun2024", "ru_jun2025", "alaska")
SIGNATORIES = ("ukraine", "russia", "europe")
SILENT = {
    "ist2022": "donetsk_unoccupied recognition_donbas_south western_arms nato_enlargement "
    "guarantee_years us_compensation frozen_assets reintegration znpp navigation elections "
    "accountability humanitarian ceasefire_order oversight",
    "ru_jun2024": "other_oblasts long_range western_arms foreign_troops nato_enlargement "
    "guarantee_form guarantee_years us_compensation eu_path frozen_assets war_claims "
    "reintegration znpp navigation elections accountability humanitarian oversight",
    "ua_2025": "other_oblasts guarantee_years us_compensation reintegration elections",
    "ru_jun2025": "other_oblasts long_range nato_enlargement guarantee_form guarantee_years "
    "us_compensation eu_path frozen_assets reintegration znpp navigation accountability",
    "alaska": "recognition_donbas_south army_cap long_range western_arms foreign_troops "
    "nato_enlargement guarantee_years us_compensation eu_path frozen_assets war_claims "
    "reintegration znpp navigation elections accountability humanitarian oversight",
    "us28": "western_arms guarantee_years",
    "eu24": "other_oblasts crimea long_range nato_enlargement guarantee_years us_compensation "
    "reintegration elections accountability language_church",
    "e3_28": "western_arms guarantee_years",
    "geneva19": "other_oblasts crimea long_range western_arms foreign_troops nato_enlargement "
    "us_compensation eu_path war_claims sanctions reintegration navigation language_church "
    "ceasefire_order oversight",
}


@cache
def ukraine() -> Scenario:
    return read_scenario("ukraine-2025-12")


def said(when: When, issue: str) -> list[str]:
    """The options that a condition names for one issue."""
    return options_of(when[issue], ukraine().issues[issue].options)


def left_open(plan: Plan, issue: str, *, central: bool = False) -> list[str]:
    """Return the options that a plan leaves possible on an issue, silence at the status quo."""
    options = list(ukraine().issues[issue].options)
    said = plan.picks.get(issue)
    if said is None:
        status_quo = ukraine().issues[issue].status_quo
        return options if status_quo is None else [status_quo]
    if isinstance(said, Clause):
        if said.pick is not None and (central or said.range is None):
            return [said.pick]
        assert said.range is not None
        said = said.range
    if isinstance(said, Span):
        return options[options.index(said.from_) : options.index(said.to) + 1]
    return [said] if isinstance(said, str) else said


def broken(outcome: dict[str, str]) -> list[str]:
    """Return why an outcome cannot stand: the constraints that it breaks."""
    return [
        c.why
        for c in ukraine().constraints
        if all(outcome[issue] in said(c.forbid, issue) for issue in c.forbid)
    ]


def completions(plan: Plan) -> Iterator[dict[str, str]]:
    """List every completion of a plan on the issues that the constraints tie together."""
    tied = [i for i in ukraine().issues if any(i in c.forbid for c in ukraine().constraints)]
    for picks in itertools.product(*(left_open(plan, issue) for issue in tied)):
        yield dict(zip(tied, picks, strict=True))


def survivors(kinds: set[str]) -> dict[str, list[str]]:
    """Return for each issue the options that no line of these kinds refuses."""
    refused = {
        (issue, option)
        for name in SIGNATORIES
        for line in ukraine().parties[name].red_lines
        if line.kind in kinds
        for issue in line.when
        for option in said(line.when, issue)
    }
    return {
        issue: [o for o in ukraine().issues[issue].options if (issue, o) not in refused]
        for issue in ukraine().issues
    }


def central_utility(party: str, plan: str) -> float:
    """Work out a party's utility by hand: mean weight of its tiers × equally spaced levels."""
    chosen, tiers = ukraine().parties[party], ukraine().tiers
    total = weights = 0.0
    for issue in chosen.say or ukraine().issues:
        levels = chosen.values[issue].levels
        first, last = chosen.weights[issue].tier
        weight = float(np.mean([tiers[t] for t in range(first, last + 1)])) * (len(levels) > 1)
        worth = {o: 1 - k / max(len(levels) - 1, 1) for k, lv in enumerate(levels) for o in lv}
        options = left_open(ukraine().plans[plan], issue, central=True)
        total += weight * float(np.mean([worth[option] for option in options]))
        weights += weight
    return total / weights


def nodes(
    value: object, path: str = "", sourced: bool = False
) -> Iterator[tuple[str, object, bool]]:
    """Walk everything in the file; say of each leaf whether a source or a reason covers it."""
    if isinstance(value, BaseModel):
        basis = (getattr(value, "source", None), getattr(value, "assumption", None))
        for name in type(value).model_fields:
            yield from nodes(getattr(value, name), f"{path}.{name}", sourced or any(basis))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from nodes(inner, f"{path}.{name}", sourced)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from nodes(inner, f"{path}[{place}]", sourced)
    else:
        yield path, value, sourced


def cited(value: object) -> set[str]:
    """Return every source that anything in the file refers to."""
    place = re.compile(r"\.sources?(\[\d+\])?$")
    return {str(leaf) for path, leaf, _ in nodes(value) if leaf and place.search(path)}


def test_twenty_seven_issues_span_some_four_quadrillion_packages() -> None:
    assert len(ukraine().issues) == 27
    assert 3e15 < ukraine().space.size < 5e15


def test_two_sign_europe_decides_on_its_own_matters_and_the_united_states_advises() -> None:
    parties = ukraine().parties
    assert {name: party.consent for name, party in parties.items()} == {
        "ukraine": "required",
        "russia": "required",
        "europe": "required",
        "us": "advisory",
    }
    assert parties["europe"].say == ["frozen_assets", "sanctions", "eu_path", "guarantee_form"]
    assert all(party.say is None for name, party in parties.items() if name != "europe")


def test_every_party_ranks_every_option_once_even_where_it_has_no_say() -> None:
    for party in ukraine().parties.values():
        assert set(party.weights) == set(ukraine().issues)
        for name, issue in ukraine().issues.items():
            ranked = itertools.chain.from_iterable(party.values[name].levels)
            assert sorted(ranked) == sorted(issue.options)


def test_words_are_short_enough_for_tables_and_pictures() -> None:
    for issue in ukraine().issues.values():
        assert len(issue.title) <= 45
        assert max(map(len, issue.options.values())) <= 60


def test_nine_versions_stand_by_date_and_none_is_later_than_the_scenario() -> None:
    dates = [str(plan.date) for plan in ukraine().plans.values()]
    assert list(ukraine().plans) == list(SILENT)
    assert dates == sorted(dates)
    assert max(date.split("/")[-1] for date in dates) <= str(ukraine().as_of) == "2025-12-02"


@pytest.mark.parametrize("plan", SILENT)
def test_a_version_is_silent_where_its_text_is(plan: str) -> None:
    said = ukraine().plans[plan].picks
    assert [issue for issue in ukraine().issues if issue not in said] == SILENT[plan].split()


def test_what_was_left_to_the_presidents_is_open_and_not_silent() -> None:
    text = ukraine().plans["geneva19"]
    for issue in ("donetsk_unoccupied", "recognition_donbas_south", "nato_ukraine"):
        assert left_open(text, issue) == list(ukraine().issues[issue].options)


def test_six_issues_have_no_status_quo_because_no_draft_lists_it() -> None:
    assert [name for name, issue in ukraine().issues.items() if issue.status_quo is None] == [
        "donetsk_unoccupied",
        "kherson_zaporizhzhia",
        "foreign_troops",
        "guarantee_years",
        "ceasefire_order",
        "oversight",
    ]


def test_a_version_that_says_nothing_can_be_completed() -> None:
    silence = Plan(title="Nothing")
    assert any(not broken(outcome) for outcome in completions(silence))
    for constraint in ukraine().constraints:
        quo = {issue: ukraine().issues[issue].status_quo for issue in constraint.forbid}
        assert any(o not in said(constraint.forbid, i) for i, o in quo.items())


@pytest.mark.parametrize("plan", RUSSIAN_POSITIONS)
def test_ceding_land_before_a_ceasefire_leaves_no_time_for_the_referendum(plan: str) -> None:
    for outcome in completions(ukraine().plans[plan]):
        assert any("referendum" in why for why in broken(outcome))


@pytest.mark.parametrize("plan", ["ua_2025", "us28", "eu24", "e3_28"])
def test_the_drafts_on_the_table_break_no_constraint(plan: str) -> None:
    assert not any(broken(outcome) for outcome in completions(ukraine().plans[plan]))


def test_the_issues_that_constraints_tie_together_stay_few_enough_to_list() -> None:
    everything = {name: list(issue.options) for name, issue in ukraine().issues.items()}
    undecided = Plan(title="Everything open", picks=everything)
    assert sum(not broken(outcome) for outcome in completions(undecided)) == 1440


def test_stated_lines_leave_something_on_every_issue() -> None:
    left = survivors({"stated"})
    assert all(left.values())
    assert left["donetsk_unoccupied"] == ["mutual_pullback", "ua_withdraw_undecided"]


def test_implied_lines_leave_nothing_on_donetsk_and_something_everywhere_else() -> None:
    left = survivors({"stated", "implied"})
    assert [issue for issue, options in left.items() if not options] == ["donetsk_unoccupied"]


def test_each_side_prefers_the_texts_that_its_sources_say_it_prefers() -> None:
    worth = {
        party: {plan: central_utility(party, plan) for plan in ukraine().plans}
        for party in ukraine().parties
    }
    assert worth["ukraine"]["ua_2025"] > worth["ukraine"]["e3_28"] > worth["ukraine"]["us28"]
    assert worth["ukraine"]["us28"] > worth["ukraine"]["ru_jun2025"]
    assert worth["russia"]["ru_jun2025"] > worth["russia"]["us28"] > worth["russia"]["e3_28"]
    assert worth["russia"]["e3_28"] > worth["russia"]["ua_2025"]
    assert worth["europe"]["e3_28"] > worth["europe"]["us28"]
    assert max(worth["us"], key=lambda plan: worth["us"][plan]) == "us28"


def test_every_number_rests_on_a_source_or_says_that_it_is_assumed() -> None:
    scenario = ukraine()
    assert "Tiers of importance" in str(scenario.assumption)
    parts = {"parties": scenario.parties, "levers": scenario.levers, "plans": scenario.plans}
    for name, part in parts.items():
        for path, leaf, sourced in nodes(part, name):
            if isinstance(leaf, int | float):
                assert sourced, path
    for party in scenario.parties.values():
        judged = (party, party.disagreement, party.threshold, party.patience)
        assert all(part.assumption for part in judged)
        assert all(order.source or order.assumption for order in party.values.values())
        assert all(line.source and line.title for line in party.red_lines)


def test_what_is_judgement_is_a_range_and_never_one_number() -> None:
    for party in ukraine().parties.values():
        spans = [party.disagreement.share_of_best.uniform, party.patience.uniform]
        spans += [party.threshold.above_disagreement.uniform]
        spans += [line.binds.uniform for line in party.red_lines]
        assert all(low < high for low, high in spans)


def test_every_source_that_is_cited_exists_and_every_one_listed_is_used() -> None:
    scenario = ukraine()
    used = cited([scenario.issues, scenario.parties, scenario.constraints])
    used |= cited([scenario.plans, scenario.levers])
    used |= cited(scenario.ratification)
    assert used == set(scenario.sources)


def test_nothing_rests_on_what_was_published_after_the_date() -> None:
    scenario = ukraine()
    assert max(str(source.date) for source in scenario.sources.values()) <= str(scenario.as_of)
    for path, leaf, _ in nodes(scenario):
        days = re.findall(r"2025-12-(\d\d)|(?<!\d)(\d{1,2}) December 2025", str(leaf))
        assert all(int(a or b) <= 2 for a, b in days), path


def test_a_link_is_given_only_to_the_publisher_itself() -> None:
    for name, source in ukraine().sources.items():
        assert source.publisher, name
        if source.note and re.search("mirror|aggregator|copy|blog|as reported", source.note):
            assert source.url is None, name
