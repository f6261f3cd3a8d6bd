"""What goes in comes out: MW of tranches, MW of sites, GPUs; and damages against a second way of working them out."""

from collections import defaultdict
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import buildsim as bs
from buildsim.domain.contracts.fulfilment import Book
from buildsim.domain.contracts.standing import Standing
from buildsim.engine.world import World
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from buildsim.run.rows import Recorder
from tests.domain.contract_oracle import Fate, Oracle, Terms, as_terms, missing_mw_days, same
from tests.domain.deals import Desk, left

HORIZON = 400.0
REVENUE = 3.0
BLOCKS = ("a/h1", "a/h2", "a/h3", "a/h4")

# -- random contracts ----------------------------------------------------------------------------

DAY = st.integers(1, 380).map(float)
LUCK = st.sampled_from([0.0, 0.1, 0.3, 0.45, 0.6, 0.9, 0.99])


@st.composite
def tranches(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Tranches on a coarse grid of days, so that deliveries and deadlines often fall on one day."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        due = draw(st.integers(2, 20)) * 10.0
        grace = draw(st.integers(0, 5)) * 10.0
        longstop = grace + draw(st.integers(0, 10)) * 10.0
        option = (due - 0.25 - number / 100, draw(LUCK), draw(LUCK)) if draw(st.integers(0, 4)) == 0 else None
        found.append(
            {
                "name": f"k{number}/t",
                "blocks": tuple(draw(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3, unique=True))),
                "mw": float(draw(st.integers(1, 25))),
                "due": due,
                "grace": grace,
                "longstop": longstop if draw(st.booleans()) else inf,
                "damages": float(draw(st.integers(0, 9))),
                "customer": draw(st.sampled_from(["k", "j"])),
                "rule": draw(st.sampled_from(["binding", "contractual", "redate", "lost_confidence"])),
                "luck": draw(LUCK),
                "moved": draw(st.integers(1, 9)) * 10.0,
                "part": draw(st.sampled_from([0.5, 1.0])),
                "option": option,
            }
        )
    return found


Case = tuple[list[dict[str, Any]], dict[float, list[str]], dict[str, float]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Tranches, the days in order on which blocks go live (half of them on a deadline, some never), and their MW."""
    declared = draw(tranches())
    deadlines = [
        one["due"] + days
        for one in declared
        for days in (0.0, one["grace"], one["longstop"], one["moved"], one["moved"] + one["grace"])
        if one["due"] + days <= HORIZON
    ]
    live: dict[float, list[str]] = defaultdict(list)
    for block in draw(st.permutations(BLOCKS)):
        day = draw(st.one_of(st.sampled_from(deadlines), st.sampled_from(deadlines), DAY, st.none()))
        if day is not None:
            live[day].append(block)
    return declared, {day: live[day] for day in sorted(live)}, draw(MEGAWATTS)


MEGAWATTS = st.fixed_dictionaries({block: st.integers(1, 20).map(float) for block in BLOCKS})


def signed(case: Case) -> Book:
    declared, live, megawatts = case
    desk = Desk()
    for one in declared:
        desk.tranche(one["name"], *one["blocks"], fee=REVENUE, **as_terms(one))
    return desk.sign(live, megawatts, horizon=HORIZON)


def fates_of(case: Case) -> dict[str, Fate]:
    declared, live, megawatts = case
    return Oracle([Terms(**one) for one in declared], live, megawatts, HORIZON).run()


def check_tranches(book: Book) -> None:
    """Signed = delivered + pending + withdrawn + lapsed; what blocks gave is what tranches got."""
    gone: dict[str, float] = defaultdict(float)
    for name, _, mw, trigger in left(book.world):
        gone[name] += mw if trigger != "option_lapsed" else 0.0
    filled = 0.0
    for name, one in book.standing.items():
        lapsed = one.missing if one.outcome == "lapsed" else 0.0
        pending = one.missing - lapsed
        got = one.plan.mw - one.missing - one.withdrawn
        filled += got
        assert got >= -1e-9
        assert got + pending + one.withdrawn + lapsed == pytest.approx(one.plan.mw)
        assert gone[name] == pytest.approx(one.withdrawn)
        assert one.withdrawn == 0.0 or one.outcome in ("withdrawn", "withdrawn_in_part")
        if one.outcome in ("on_time", "late", "damages"):
            assert got == pytest.approx(one.plan.mw)
        if one.outcome == "withdrawn":
            assert got == pytest.approx(0.0)
    placed = [one for lot in book.outlet.lots for one in lot.held if one.kind != "reassigned"]
    filled += sum(one.mw - one.missing for one in placed)  # what others took over of what was let go of
    given_up = sum(book.megawatts[block] - spare for block, spare in book.spare.items())
    assert filled == pytest.approx(given_up, abs=0.02)  # a hundredth of a MW counts as none
    assert all(spare >= 0.0 for spare in book.spare.values())


def check_events(book: Book) -> None:
    """At every event signed = delivered + withdrawn + lapsed + pending, and nothing of it is below 0 or moves back."""
    for name, one in book.standing.items():
        rows = [row for row in book.world.records["contract_events"] if row[0] == name]
        assert rows[0][3:] == (
            "option" if one.plan.exercise == one.plan.exercise else "signed",
            one.plan.mw,
            one.plan.value,
        )
        moments = [row[2] for row in rows]
        assert moments == sorted(moments)
        gone = {"delivered": 0.0, "withdrawn": 0.0, "lapsed": 0.0}
        for _, _, _, event, mw, usd in rows:
            if event in gone:
                assert mw >= 0.0
                assert usd == pytest.approx(one.plan.value * mw / one.plan.mw)
                gone[event] += mw
            pending = one.plan.mw - sum(gone.values())
            assert pending >= -1e-9
            if event in ("missed", "redated", "extended", "noticed"):
                assert mw == pytest.approx(pending)
        lapsed = one.outcome == "lapsed"
        assert gone["lapsed"] == pytest.approx(one.missing if lapsed else 0.0)
        assert gone["withdrawn"] == pytest.approx(one.withdrawn)
        left_over = one.plan.mw - sum(gone.values())
        assert left_over == pytest.approx(0.0 if lapsed else one.missing, abs=0.0101)


@settings(max_examples=400)
@given(case=cases())
def test_random_contracts_against_a_plain_loop_over_moments(case: Case) -> None:
    book, fates = signed(case), fates_of(case)
    check_tranches(book)
    check_events(book)
    for one in case[0]:
        standing, fate = book.standing[one["name"]], fates[one["name"]]
        check_fate(standing, fate)
        gone = [(day, mw, trigger) for name, day, mw, trigger in left(book.world) if name == one["name"]]
        assert len(gone) == len(fate.gone)
        for (day, mw, trigger), (at, megawatts, why) in zip(gone, fate.gone, strict=True):
            assert same(day, at)
            assert same(mw, megawatts)
            assert trigger == why
        history = [*fate.filled, *((day, mw) for day, mw, _ in gone)]
        firm = standing.outcome != "lapsed"
        late = missing_mw_days(one["mw"], standing.due + one["grace"], history, HORIZON) if firm else 0.0
        overdue = missing_mw_days(one["mw"], one["due"], history, HORIZON) if firm else 0.0
        assert same(standing.damages, one["damages"] * late)
        assert same(standing.deferred, REVENUE * overdue)  # from the first due date, moved or not


def check_fate(standing: Standing, fate: Fate) -> None:
    """Whether a tranche came out as it should."""
    assert standing.outcome == fate.outcome
    assert same(standing.delivered, fate.delivered)
    assert same(standing.missing, fate.missing)
    assert same(standing.due, fate.due)
    assert same(standing.damages, fate.damages)


# -- shipped models ------------------------------------------------------------------------------

MODELS = {"examples/one-hall": 20, "examples/two-sites": 40, "coreweave/2025-with-options": 2}
Ran = tuple[Replicator, list[tuple[Outcome, list[list[int]]]]]


@pytest.fixture(scope="module", params=MODELS)
def ran(request: pytest.FixtureRequest) -> Ran:
    """Replications of a model, each with what was free of each resource whenever a source changed."""
    made = Replicator(bs.load(request.param), replications=MODELS[request.param])
    free: list[list[int]] = []
    record = World.record

    def watched(world: World, table: str, *row: object) -> None:
        if table == "power":
            free.append(list(world.foreman.free))
        record(world, table, *row)

    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "record", watched)
        for number in range(MODELS[request.param]):
            found.append((made.replicate(number), list(free)))
            free.clear()
    return made, found


def test_a_models_tranches_add_up(ran: Ran) -> None:
    for outcome, _ in ran[1]:
        check_tranches(outcome.book)


def test_gpus_ordered_are_live_or_lost_or_in_process(ran: Ran) -> None:
    made, found = ran
    for outcome, _ in found:
        gpus: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for _, block, _, _, day, event, number in outcome.world.records["deliveries"]:
            assert 0.0 <= float(day) <= outcome.world.horizon  # type: ignore[arg-type]
            gpus[str(block)][str(event)] += int(number)  # type: ignore[call-overload]
        lapsed = {
            one
            for standing in outcome.book.standing.values()
            if standing.outcome == "lapsed"
            for one in standing.plan.blocks
        }
        for block in made.program.blocks:
            events = gpus.get(block.name)
            assert events is None or block.name not in lapsed  # nothing is ordered for what is not built
            if events is None:
                continue
            assert events["ordered"] in (0, block.gpus)
            assert events["ordered"] >= events["shipped"] >= events["delivered"] >= events["lost"] + events["live"]
            if outcome.world.works.finish[block.live] <= outcome.world.horizon:
                assert events["live"] + events["lost"] == events["ordered"] == block.gpus
                assert events["live"] > 0
            else:
                assert events["live"] == events["lost"] == 0


def test_mw_energised_are_allocated_or_free(ran: Ran) -> None:
    made, found = ran
    resources = made.program.network.resources
    for outcome, free in found:
        recorder = Recorder(made.program, 0)
        recorder.plan(made.planned)
        recorder.record(outcome)
        noted = zip(outcome.world.records["power"], free, strict=True)
        there = {tuple(row[:4]): amounts for row, amounts in noted}
        last: dict[str, float] = {}
        for _, site, source, day, event, _, _, energised, allocated in recorder.rows["power"]:
            assert energised - allocated >= -1e-6, (site, day, event)
            last[site] = energised - allocated
            if event != "allocated":
                amounts = there[(site, source, day, event)]
                assert last[site] == pytest.approx(amounts[resources.index(f"{site} MW")] / 1000.0, abs=1e-3)
        for site, unused in last.items():
            assert unused == pytest.approx(outcome.world.foreman.free[resources.index(f"{site} MW")] / 1000.0, abs=1e-3)
