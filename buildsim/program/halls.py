"""Compiling halls: a template's activities become nodes of the network, less what was done before the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from buildsim.domain.construction.activities import (
    START,
    Activity,
    Dependence,
    Energise,
    Procurement,
    Template,
    Work,
)
from buildsim.domain.construction.activities import Delivery as DeliveryActivity
from buildsim.domain.construction.programme import Programme, busiest, programme
from buildsim.engine import causes
from buildsim.engine.network import Bond, Failure, Gate, Tie
from buildsim.engine.world import Fact
from buildsim.model.root import Model
from buildsim.model.site import Hall
from buildsim.program.builder import ELAPSED, Builder, Node
from buildsim.program.hanging import Hanging
from buildsim.program.manning import Manning
from buildsim.program.places import Places
from buildsim.program.templates import template_of

MILLI = 1000
"""People and megawatts are dealt out in thousandths."""
EQUIPMENT = "equipment"
"""The group of causes of orders and of what befalls them."""
NEED_MARGIN = 30.0
"""Days by which the planned lead time of GPUs ordered by default ends before the plan needs them: an assumption."""


@dataclass(slots=True)
class Status:
    """How far a hall is at the start."""

    programme: Programme
    day: float
    """Working days into the programme; 0 for a hall that has not begun."""
    begin: float
    """The first moment of its work from the start on [days]."""
    pace: float
    """Working days per day, on average."""
    done: dict[str, float] = field(default_factory=dict)
    """Share done of each activity."""

    def early(self, activity: str) -> float:
        """Return the early start at planning values [days since the model's start]."""
        return self.begin + max(0.0, self.programme.early_start[activity] - self.day) / self.pace


@dataclass(slots=True)
class Compiled:
    """A hall in the network."""

    block: str
    live: int
    """The activity whose finish is the go-live."""
    nodes: dict[str, int]
    status: Status
    template: Template
    due: float

    @property
    def energised(self) -> bool:
        """Whether the hall had its megawatts before the start."""
        kinds = {key for key, activity in self.template.activities.items() if isinstance(activity, Energise)}
        return bool(kinds) and not kinds & set(self.nodes)

    @property
    def rackwork(self) -> list[str]:
        """The activities that wait for the racks."""
        return rackwork(self.template)

    @property
    def racked(self) -> bool:
        """Whether the racks were there at the start: work on them had begun."""
        return any(self.status.done[key] > 0.0 for key in self.rackwork)

    @property
    def racks_needed(self) -> float:
        """When the plan needs the racks [days]."""
        return min((self.status.early(key) for key in self.rackwork), default=0.0)


def rackwork(template: Template) -> list[str]:
    """Return the activities of a template that wait for the racks."""
    deliveries = {key for key, activity in template.activities.items() if isinstance(activity, DeliveryActivity)}
    return [
        key
        for key, activity in template.activities.items()
        if any(dependence.predecessor in deliveries for dependence in activity.dependences)
    ]


class HallCompiler:
    """Compiles the halls of a model, one by one."""

    def __init__(
        self, model: Model, builder: Builder, places: Places, due: Mapping[str, float], hanging: Mapping[str, Hanging]
    ):
        """Take the blocks' contract dates [days], and what each block hangs on that hangs on anything."""
        self.model, self.builder, self.places, self.due, self.hanging = model, builder, places, due, hanging
        self.suppliers: dict[str, list[int]] = {}
        """Procurement activities by class of equipment."""
        self.manning = Manning(model, builder, places)
        self.crew_hours = {key: trade.crew * trade.shift for key, trade in model.trades.items()}

    def compile(self, site_id: str, hall_id: str, hall: Hall, number: int) -> Compiled:
        """Add a hall's activities, and its go-live, to the network; `number` is the block's."""
        template = template_of(self.model, hall)
        status = self._status(site_id, template, hall)
        block = f"{site_id}/{hall_id}"
        target = self.model.day(hall.target) + 1.0 if hall.target else self.model.days
        compiled = Compiled(block, -1, {}, status, template, min(target, self.due.get(block, target)))
        gates = self._first_gates(site_id, block, status)
        for key, activity in template.activities.items():
            if status.done[key] < 1.0:
                node = self._node(site_id, block, hall, template, key, activity, status)
                node.block, node.rank_key = number, self._rank_key(compiled, key, hall)
                node.begins = status.begin
                compiled.nodes[key] = self.builder.add(node)
        for key, here in compiled.nodes.items():
            self._bind(compiled, site_id, key, self.builder.nodes[here], gates)
        compiled.live = self._go_live(compiled, number)
        self._repairs(compiled, hall, number)
        self.builder.places.append(list(self.model.sites).index(site_id))
        self.builder.planned_busy.append(busiest(template, status.programme))
        return compiled

    def _repairs(self, compiled: Compiled, hall: Hall, number: int) -> None:
        """What failed tests find is mended at the rank of the most urgent of them."""
        tests = [key for key in compiled.nodes if compiled.template.activities[key].fails is not None]
        if tests:
            key = min(self._rank_key(compiled, one, hall) for one in tests)
            self.manning.repairs(compiled.block, number, hall, compiled.template, key)

    # -- status -----------------------------------------------------------------------------------

    def _status(self, site_id: str, template: Template, hall: Hall) -> Status:
        pace = self.places.pace(site_id)
        plan = programme(template, self.crew_hours, pace)
        day = hall.programme_day or 0.0
        begin = 0.0 if day > 0.0 else max(0.0, self.model.day(hall.start))
        status = Status(plan, day, begin, pace)
        for key in template.activities:
            share = plan.share_done(key, day) if day > 0.0 else 0.0
            status.done[key] = hall.done.get(key, share)
        racked = any(status.done[key] > 0.0 for key in rackwork(template))
        for key, activity in template.activities.items():
            if isinstance(activity, DeliveryActivity):  # the programme does not know when the racks come
                status.done[key] = hall.done.get(key, 1.0 if racked else 0.0)
        return status

    def _first_gates(self, site_id: str, block: str, status: Status) -> tuple[Gate, ...]:
        """Return what the first work of a hall that has not begun waits for."""
        if any(share > 0.0 for share in status.done.values()):
            return ()
        gates = []
        for name, disruption in self.model.disruptions.items():
            fact = disruption.gate(name, site_id)
            if fact is not None:
                gates.append(Gate(fact, causes.PERMIT))
        hangs = self.hanging.get(block, Hanging())
        gates += [Gate(fact, causes.NOT_BEFORE) for fact in self._first(block)]
        if hangs.handover is not None and not hangs.before:
            gates.append(Gate(hangs.handover, causes.LANDLORD))
        return tuple(gates)

    def _first(self, block: str) -> tuple[Fact, ...]:
        """Return what must have come before anything is ordered for a block or begun."""
        return self.hanging.get(block, Hanging()).first(block)

    # -- nodes ------------------------------------------------------------------------------------

    def _node(
        self, site_id: str, block: str, hall: Hall, template: Template, key: str, activity: Activity, status: Status
    ) -> Node:
        base = f"sites.{site_id}.halls.{block.split('/')[1]}.{key}"
        left = 1.0 - status.done[key]
        node = Node(f"{block}/{key}", kind=activity.kind, begun=status.done[key] > 0.0)
        if isinstance(activity, Work):
            self.manning.man(node, site_id, block.split("/")[1], hall, template, key, left)
            node.column = self.builder.column(f"{base}.hours_per_mw", activity.hours_per_mw)
        elif isinstance(activity, Procurement):
            self._order(node, base, activity, hall, bool(self._first(block)))
        elif not isinstance(activity, DeliveryActivity):
            node.column, node.factor = self.builder.column(f"{base}.duration", activity.duration), left
            node.calendar = self.places.calendar(site_id, "indoor") if activity.duration.workdays else ELAPSED
        if isinstance(activity, Energise):
            node.hold, node.keeps = ((self.places.megawatts(site_id), round(hall.mw * MILLI)),), True
        else:
            node.hold = self._held(activity, hall)
        if activity.fails is not None:
            retest = activity.fails.retest
            failure = Failure(
                cause=causes.COMMISSIONING,
                probability=self.builder.column(f"{base}.fails.probability", activity.fails.probability),
                luck=self.builder.luck(f"{base}.fails.luck"),
                days=self.builder.column(f"{base}.fails.retest", retest),
                name=f"{base}.fails.retest",
                calendar=self.places.calendar(site_id, "indoor") if retest.workdays else ELAPSED,
                repeats=True,
                pool=self.places.workmanship(site_id, template),
            )
            node.failures = (*node.failures, failure)
        return node

    def _order(self, node: Node, base: str, activity: Procurement, hall: Hall, optional: bool) -> None:
        """An order runs from its own date, which may lie before the start; an optional hall orders once it is decided.

        What is on order is known not to have come by the information date, unless its longest lead time has passed.
        """
        ordered = self.model.day(hall.start) - activity.ordered_ahead
        spent = None if optional else self.builder.spent(ordered)
        come = spent is not None and activity.duration.dist.high <= spent
        node.column = self.builder.column(f"{base}.duration", activity.duration, None if come else spent, EQUIPMENT)
        node.factor, node.shift = 0.0 if come else 1.0, 0.0 if optional else min(0.0, ordered)
        node.earliest = max(0.0, ordered)
        node.failures = tuple(
            Failure(
                cause=causes.LOGISTICS,
                probability=self.builder.column(f"{base}.{name}.probability", mishap.per_shipment, group=EQUIPMENT),
                luck=self.builder.luck(f"{base}.{name}.luck", EQUIPMENT),
                days=self.builder.column(f"{base}.{name}.days", mishap.days, group=EQUIPMENT),
                name=f"{base}.{name}.days",
                calendar=ELAPSED,
                repeats=False,
            )
            for name, mishap in self.model.logistics.items()
            if "equipment" in mishap.on
        )

    def _held(self, activity: Activity, hall: Hall) -> tuple[tuple[int, int], ...]:
        held = []
        if self.model.commissioning is not None:
            if "agents" in activity.needs:
                held.append((self.places.agents, 1))
            if "load_banks" in activity.needs:
                held.append((self.places.load_banks, round(hall.mw * MILLI)))
        return tuple(held)

    # -- dependences ------------------------------------------------------------------------------

    def _bind(self, compiled: Compiled, site_id: str, key: str, node: Node, gates: tuple[Gate, ...]) -> None:
        status, activity = compiled.status, compiled.template.activities[key]
        dry = self.places.dry(site_id)
        if isinstance(activity, DeliveryActivity):
            node.gates = (Gate(("all racks", compiled.block), causes.GPU_SUPPLY),)
            return
        if isinstance(activity, Procurement):
            node.gates = tuple(Gate(fact, causes.NOT_BEFORE) for fact in self._first(compiled.block))
            self.suppliers.setdefault(activity.item, []).append(compiled.nodes[key])
            return
        opening = not node.begun
        for dependence in activity.dependences:
            if dependence.tie in (Tie.FS, Tie.SS) and node.begun:
                continue
            if dependence.predecessor == START:
                self._from_start(node, dependence, status, dry)
                continue
            bought = isinstance(compiled.template.activities[dependence.predecessor], Procurement | DeliveryActivity)
            opening = opening and (bought or dependence.tie not in (Tie.FS, Tie.SS))
            self._bond(compiled, node, dependence, dry)
        if opening or (not node.begun and all(bond.tie in (Tie.FF, Tie.SF) for bond in node.bonds)):
            node.earliest = max(node.earliest, status.begin)
            node.gates = (*node.gates, *gates)
        hangs = self.hanging.get(compiled.block, Hanging())
        if key in hangs.before and hangs.handover is not None:
            node.gates = (*node.gates, Gate(hangs.handover, causes.LANDLORD))
        if "temporary_power" in activity.needs and self.model.sites[site_id].temporary_power > 0.0:
            node.gates = (*node.gates, Gate(("temporary power", site_id), causes.UTILITY))

    def _from_start(self, node: Node, dependence: Dependence, status: Status, dry: int) -> None:
        if dependence.workdays:
            release = self.builder.calendars[dry].after(status.begin, max(0.0, dependence.lag - status.day))
        else:
            release = status.begin + max(0.0, dependence.lag - status.day / status.pace)
        node.earliest = max(node.earliest, release)

    def _bond(self, compiled: Compiled, node: Node, dependence: Dependence, dry: int) -> None:
        key, status = dependence.predecessor, compiled.status
        calendar = dry if dependence.workdays else ELAPSED
        from_start = dependence.tie in (Tie.SS, Tie.SF)
        share = status.done[key]
        predecessor = compiled.template.activities[key]
        if share >= 1.0 or (from_start and share > 0.0):
            position = (status.programme.early_start if from_start else status.programme.early_finish)[key]
            passed = status.day - min(position, status.day)
            if dependence.workdays:
                release = self.builder.calendars[dry].after(0.0, max(0.0, dependence.lag - passed))
            else:
                release = max(0.0, dependence.lag - passed / status.pace)
            node.bonds.append(Bond(-1, dependence.tie, 0.0, ELAPSED, release))
            if dependence.tie in (Tie.FF, Tie.SF):
                node.finish_floor = max(node.finish_floor, release)
            return
        number = compiled.nodes[key]
        if isinstance(predecessor, DeliveryActivity) and dependence.tie == Tie.FS:
            node.gates = (*node.gates, Gate(("racks", compiled.block), causes.GPU_SUPPLY))
            node.bonds.append(Bond(number, Tie.FF, 0.0, ELAPSED, 0.0))
            node.suppliers.append(number)
            return
        node.bonds.append(Bond(number, dependence.tie, dependence.lag, calendar, 0.0))
        if isinstance(predecessor, Procurement):
            node.suppliers.append(number)

    def _go_live(self, compiled: Compiled, number: int) -> int:
        followed = {
            dependence.predecessor
            for activity in compiled.template.activities.values()
            for dependence in activity.dependences
            if dependence.tie in (Tie.FS, Tie.FF)
        }
        last = [here for key, here in compiled.nodes.items() if key not in followed]
        node = Node(f"{compiled.block}/live", block=number, kind="milestone", rank_key=inf)
        node.bonds = [Bond(here, Tie.FS, 0.0, ELAPSED, 0.0) for here in last]
        live = self.builder.add(node)
        self.builder.announces[live] = ("live", compiled.block)
        return live

    # -- rank -------------------------------------------------------------------------------------

    def _rank_key(self, compiled: Compiled, key: str, hall: Hall) -> float:
        """Return what the rank policy orders by, at planning values."""
        status, rank = compiled.status, self.model.policy.rank
        own = status.programme.duration[key]
        tail = status.programme.tail[key] - own * status.done[key]
        if rank == "latest_finish":
            return compiled.due - (tail - own * (1.0 - status.done[key])) / status.pace
        if rank == "least_slack":
            return compiled.due - tail / status.pace - status.early(key)
        if rank == "largest_mw":
            return -hall.mw
        return status.early(key) if rank == "first_come" else 0.0
