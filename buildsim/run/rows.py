"""From a replication that has run to rows of the tables. Measurement is not behaviour: all is read off the records."""

from collections.abc import Callable
from math import isnan, nan
from typing import Any

from buildsim.domain.contracts.standing import Standing
from buildsim.engine.causes import CALENDAR, CAUSES, LAG, NOT_BEFORE, PLANNED
from buildsim.engine.foreman import GROWTH
from buildsim.engine.network import REPAIR
from buildsim.program.program import Program
from buildsim.run.contracts import event_rows
from buildsim.run.labour import Labour, cost_rows, labour_rows
from buildsim.run.leases import deal_rows, lease_rows
from buildsim.run.outcome import Outcome
from buildsim.run.placements import placement_rows

Rows = list[tuple[Any, ...]]
SIGNIFICANT = 1e-9
"""A cause with fewer days than this in a replication and in the plan has no row [days]."""
STRUCTURE = (PLANNED, CALENDAR, LAG, NOT_BEFORE)
"""Causes that belong to the plan itself: they exceed the plan only because the path to go-live took another way, so a
milestone names one of them only if nothing else exceeds the plan."""
CODE = {cause: place for place, cause in enumerate(CAUSES)}


class Recorder:
    """Collects the rows of replications, table by table."""

    def __init__(self, program: Program, keep: int) -> None:
        """Take the program, and of how many replications activities and labour are kept."""
        self.program = program
        self.keep = keep
        self.planned_live: list[float] = [nan] * len(program.blocks)
        self.planned: list[dict[str, float]] = [{} for _ in program.blocks]
        self._place = {block.name: place for place, block in enumerate(program.blocks)}
        self._sites = {site: place for place, site in enumerate(self.sites)}
        self._generations = {name: place for place, name in enumerate(self.generations)}
        names = [name.rsplit("/", 1)[1] for name in program.network.names]
        self._keys = list(dict.fromkeys(names))
        place_of = {key: place for place, key in enumerate(self._keys)}
        self._key = [place_of[name] for name in names]
        self.rows: dict[str, Rows] = {}

    @property
    def sites(self) -> list[str]:
        """The sites, in declared order."""
        return list(dict.fromkeys(block.site for block in self.program.blocks))

    @property
    def generations(self) -> list[str]:
        """The generations of the blocks, in order of appearance."""
        return list(dict.fromkeys(block.generation for block in self.program.blocks))

    @property
    def categories(self) -> dict[tuple[str, str], list[str]]:
        """The texts of the columns that are given as codes."""
        blocks = [block.name for block in self.program.blocks]
        return {
            ("go_live", "site"): self.sites,
            ("go_live", "block"): blocks,
            ("go_live", "generation"): self.generations,
            ("delays", "site"): self.sites,
            ("delays", "block"): blocks,
            ("delays", "cause"): list(CAUSES),
            ("driving", "target"): self.sites,
            ("driving", "block"): blocks,
            ("driving", "activity"): self._keys,
            ("driving", "cause"): list(CAUSES),
        }

    def plan(self, outcome: Outcome) -> None:
        """Take the planning replication, which later ones are held against."""
        self.planned = outcome.accounts
        self.planned_live = [self._live(outcome, place) for place in range(len(self.program.blocks))]

    def record(self, outcome: Outcome) -> None:
        """Add the rows of a replication."""
        tables: list[tuple[str, Callable[[Outcome], Rows]]] = [
            ("go_live", self._go_live),
            ("delays", self._delays),
            ("driving", self._driving),
            ("milestones", self._milestones),
            ("withdrawals", self._withdrawals),
            ("contract_events", event_rows),
            ("placements", placement_rows),
            ("leases", lambda done: lease_rows(self.program, done)),
            ("deals", lambda done: deal_rows(self.program, done)),
            ("power", self._power),
            ("deliveries", self._deliveries),
            ("disruptions", lambda done: [(done.replication, *row) for row in done.world.records["disruptions"]]),
            ("unfinished", self._unfinished),
        ]
        if outcome.replication < self.keep:
            labour = Labour.of(self.program, outcome)
            tables += [
                ("activities", self._activities),
                ("labour", lambda _: labour_rows(labour)),
                ("costs", lambda _: cost_rows(labour)),
            ]
        for name, rows in tables:
            self.rows.setdefault(name, []).extend(rows(outcome))

    def _live(self, outcome: Outcome, place: int) -> float:
        live = outcome.world.works.finish[self.program.blocks[place].live]
        return live if live <= self.program.days else nan

    def _go_live(self, outcome: Outcome) -> Rows:
        return [
            (
                outcome.replication,
                self._sites[block.site],
                place,
                block.mw,
                block.gpus,
                self._generations[block.generation],
                self._live(outcome, place),
                self.planned_live[place],
                block.target,
                outcome.unbuilt.get(block.name, nan),
            )
            for place, block in enumerate(self.program.blocks)
        ]

    def _delays(self, outcome: Outcome) -> Rows:
        rows: Rows = []
        for place, (block, days) in enumerate(zip(self.program.blocks, outcome.accounts, strict=True)):
            planned = self.planned[place]
            site = self._sites[block.site]
            for cause in {**days, **planned}:
                here, there = days.get(cause, 0.0), planned.get(cause, 0.0)
                if abs(here) > SIGNIFICANT or abs(there) > SIGNIFICANT:
                    rows.append((outcome.replication, site, place, CODE[cause], here, there))
        return rows

    def _driving(self, outcome: Outcome) -> Rows:
        blocks, keys = self.program.network.blocks, self._key
        return [
            (
                outcome.replication,
                self._sites[site],
                blocks[segment.activity],
                keys[segment.activity],
                segment.begin,
                segment.end,
                CODE[segment.cause],
            )
            for site, segments in outcome.driving.items()
            for segment in segments
        ]

    def cause(self, outcome: Outcome, standing: Standing) -> str:
        """Return the largest excess over plan on a tranche's last block."""
        place = self._place[self.last_block(outcome, standing)]
        days, planned = outcome.accounts[place], self.planned[place]
        excess = {cause: days.get(cause, 0.0) - planned.get(cause, 0.0) for cause in {**days, **planned}}
        worst = max(
            excess,
            key=lambda cause: (excess[cause] > SIGNIFICANT and cause not in STRUCTURE, excess[cause]),
            default="",
        )
        return worst if worst and excess[worst] > SIGNIFICANT else ""

    def last_block(self, outcome: Outcome, standing: Standing) -> str:
        """Return a tranche's last block: the one that filled it, or has yet to."""
        if standing.missing <= 0.0 and standing.last_block:
            return standing.last_block
        return max(standing.plan.blocks, key=lambda block: self._lateness(outcome, block))

    def _lateness(self, outcome: Outcome, block: str) -> float:
        live = self._live(outcome, self._place[block])
        return self.program.days + 1.0 if isnan(live) else live

    def _milestones(self, outcome: Outcome) -> Rows:
        rows: Rows = []
        for standing in outcome.book.standing.values():
            plan = standing.plan
            late = standing.delivered - plan.due
            cause = "" if standing.outcome == "on_time" else self.cause(outcome, standing)
            last = "" if standing.outcome == "lapsed" else self.last_block(outcome, standing)
            rows.append(
                (
                    outcome.replication,
                    plan.contract,
                    plan.customer,
                    plan.name,
                    plan.mw,
                    plan.value,
                    plan.due,
                    standing.delivered,
                    late,
                    standing.outcome,
                    standing.damages,
                    standing.deferred,
                    cause,
                    last,
                    standing.extended,
                    standing.noticed,
                    standing.purse.paid,
                    standing.purse.credited,
                    standing.purse.refunded,
                    standing.purse.kept,
                )
            )
        return rows

    def _withdrawals(self, outcome: Outcome) -> Rows:
        rows: Rows = []
        for *what, remarketed, recovered in outcome.world.records["withdrawals"]:
            standing = outcome.book.standing[str(what[2])]
            cause = "" if standing.outcome == "lapsed" else self.cause(outcome, standing)
            rows.append((outcome.replication, *what, cause, remarketed, recovered))
        return rows

    def _activities(self, outcome: Outcome) -> Rows:
        network, works, foreman = self.program.network, outcome.world.works, outcome.world.foreman
        rows: Rows = []
        for activity, name in enumerate(network.names):
            if network.kind[activity] == REPAIR:
                continue
            block = self.program.blocks[network.blocks[activity]]
            waited = works.start[activity] > works.ready[activity] and foreman.waits_for[activity] >= 0
            holder = foreman.released_by[activity]
            rows.append(
                (
                    outcome.replication,
                    block.site,
                    block.name,
                    name.rsplit("/", 1)[1],
                    works.ready[activity],
                    works.start[activity],
                    works.finish[activity],
                    network.names[holder] if waited and holder > GROWTH else "",
                    network.resources[foreman.waits_for[activity]] if waited else "",
                )
            )
        for repair in works.mending.log:
            block, name = self.program.blocks[network.blocks[repair.activity]], network.names[repair.activity]
            key = name.rsplit("/", 1)[1]
            done = repair.done if repair.done <= self.program.days else nan
            rows.append((outcome.replication, block.site, block.name, key, repair.asked, repair.begun, done, "", ""))
        return rows

    def _power(self, outcome: Outcome) -> Rows:
        network, works = self.program.network, outcome.world.works
        events: list[tuple[float, int, str, str, str, str, float]] = []
        for site, source, day, event, block, mw in outcome.world.records["power"]:
            order = 1 if event == "retired" else 0  # what replaces a plant comes before it goes
            events.append((day, order, site, source, event, block, mw))
        for activity in range(network.count):
            if network.keeps[activity] and works.start[activity] == works.start[activity]:
                here = self.program.blocks[network.blocks[activity]]
                events.append((works.start[activity], 2, here.site, "", "allocated", here.name, here.mw))
        energised, allocated = dict(self.program.energised), dict(self.program.allocated)
        rows: Rows = []
        for day, _, site, source, event, block, mw in sorted(events, key=lambda one: one[:2]):
            if event == "allocated":
                allocated[site] += mw
            else:
                energised[site] += mw if event == "energised" else -mw
            rows.append((outcome.replication, site, source, day, event, block, mw, energised[site], allocated[site]))
        return rows

    def _deliveries(self, outcome: Outcome) -> Rows:
        return [
            (outcome.replication, site, block, generation, str(lot) if lot else "", day, event, gpus)
            for site, block, generation, lot, day, event, gpus in outcome.world.records["deliveries"]
        ]

    def _unfinished(self, outcome: Outcome) -> Rows:
        network = self.program.network
        return [
            (
                outcome.replication,
                self.program.blocks[network.blocks[activity]].name,
                network.names[activity].rsplit("/", 1)[1],
                reason,
            )
            for activity, reason in outcome.world.unfinished()
        ]
