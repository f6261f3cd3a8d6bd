"""Each kind of each typed union of the domains has a test of its own: a new kind fails here until it has one."""

from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import pytest

from buildsim.domain.calendars import Calendar
from buildsim.domain.construction.activities import Activity
from buildsim.domain.contracts.withdrawal import Withdrawal
from buildsim.domain.deals import Deal
from buildsim.domain.disruptions import Disruption
from buildsim.domain.labour import Lever
from buildsim.domain.power import Source
from buildsim.model.root import Model
from tests.domain import (
    test_behaviours,
    test_demand,
    test_trace_construction,
    test_trace_deals,
    test_trace_disruptions,
    test_trace_power,
    test_trace_weather,
)
from tests.domain.labour import test_levers

UNIONS: dict[str, Any] = {
    "calendar": Calendar,
    "activity": Activity,
    "withdrawal": Withdrawal,
    "disruption": Disruption,
    "power": Source,
    "lever": Lever,
    "deal": Deal,
}
TESTS: dict[str, dict[str, Callable[..., None]]] = {
    "calendar": {
        "weekly": test_trace_weather.test_a_weekly_calendar_keeps_weekends_holidays_and_closures,
        "uniform": test_trace_weather.test_a_uniform_calendar_spreads_its_days,
    },
    "activity": {
        "work": test_trace_construction.test_work_takes_its_hours_over_its_teams,
        "test": test_trace_construction.test_a_test_and_an_acceptance_take_their_time,
        "acceptance": test_trace_construction.test_a_test_and_an_acceptance_take_their_time,
        "energise": test_trace_construction.test_energising_waits_for_the_halls_mw_and_keeps_them,
        "procurement": test_trace_construction.test_equipment_is_ordered_ahead_of_the_halls_start,
        "delivery": test_trace_construction.test_racks_begin_with_the_first_lot_and_are_not_finished_before_the_last,
    },
    "withdrawal": {
        "binding": test_behaviours.test_binding_stays_whatever_happens,
        "contractual": test_behaviours.test_a_contractual_right,
        "lost_confidence": test_behaviours.test_the_days_of_leaving_follow_the_survival_function,
        "strategic": test_behaviours.test_needs_fall_when_the_integral_of_the_rates_has_passed_a_draw,
        "redate": test_behaviours.test_a_date_is_moved_so_many_times_at_most,
    },
    "disruption": {
        "demand_shock": test_demand.test_a_shock_takes_from_tightness_for_its_time,
        "permit_hold": test_trace_disruptions.test_a_hold_runs_from_the_first_start_of_work,
        "supplier_accident": test_trace_disruptions.test_an_accident_puts_off_the_orders_under_way_and_no_others,
    },
    "deal": {
        "option": test_trace_deals.test_an_option_is_taken_or_left_at_the_end_of_its_day,
        "lease": test_trace_deals.test_a_lease_is_signed_on_its_date_or_not_at_all,
        "acquisition": test_trace_deals.test_an_acquisition_closes_when_the_owners_agree,
    },
    "power": {
        "grid": test_trace_power.test_stages_follow_one_another_and_steps_hang_on_them,
        "bridge": test_trace_power.test_a_plant_is_given_back_with_the_grids_steps_mw_for_mw,
    },
    "lever": {
        "overtime": test_levers.test_overtime_is_worked_in_the_weeks_that_begin_in_its_time,
        "rolling_shifts": test_levers.test_rolling_shifts_get_more_done_in_a_day,
        "second_shift": test_levers.test_second_shift_has_room_for_as_many_again,
        "travellers": test_levers.test_travellers_come_beside_the_pool_and_go,
        "premium": test_levers.test_premium_acts_on_who_left_in_its_week,
        "training": test_levers.test_training_makes_so_many_new_hands_experienced,
        "prefabrication": test_levers.test_prefabrication_takes_its_share_of_what_it_names,
        "dispatch": test_levers.test_dispatch_names_a_rank,
        "stagger": test_levers.test_stagger_starts_halls_one_after_another,
        "transfer": test_levers.test_transfer_moves_whole_people_who_are_there,
    },
}


def kinds(union: Any) -> set[str]:
    """The values that tell the members of a union apart."""
    members = get_args(get_args(union)[0])
    return {kind for member in members for kind in get_args(member.model_fields["kind"].annotation)}


def unions_in(annotation: Any) -> list[Any]:
    """The typed unions anywhere in an annotation."""
    if get_origin(annotation) is Annotated and any(getattr(m, "discriminator", None) for m in get_args(annotation)[1:]):
        return [annotation]
    return [found for part in get_args(annotation) for found in unions_in(part)]


def declared_unions(model: Any, seen: set[Any]) -> list[frozenset[str]]:
    """The kinds of each typed union that can be reached from a declared thing."""
    if model in seen or not hasattr(model, "model_fields"):
        return []
    seen.add(model)
    found = []
    for field in model.model_fields.values():
        annotation = field.annotation
        if getattr(field, "discriminator", None):
            found.append(frozenset(kind for one in get_args(annotation) for kind in kinds_of(one)))
            parts = list(get_args(annotation))
        else:
            found += [frozenset(kinds(union)) for union in unions_in(annotation)]
            parts = leaves(annotation)
        for part in parts:
            found += declared_unions(part, seen)
    return found


def kinds_of(member: Any) -> tuple[str, ...]:
    return get_args(member.model_fields["kind"].annotation)


def leaves(annotation: Any) -> list[Any]:
    """The types that an annotation is made of."""
    parts = get_args(annotation)
    return [leaf for part in parts for leaf in leaves(part)] if parts else [annotation]


@pytest.mark.parametrize("union", UNIONS)
def test_each_kind_has_a_test(union: str) -> None:
    assert set(TESTS[union]) == kinds(UNIONS[union])
    for test in TESTS[union].values():
        assert test.__name__.startswith("test_")


def test_every_typed_union_of_a_model_is_listed() -> None:
    listed = {frozenset(kinds(union)) for union in UNIONS.values()}
    assert set(declared_unions(Model, set())) == listed
