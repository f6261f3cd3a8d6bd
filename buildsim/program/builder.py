"""The builder: collects input columns, resources and activities while the parts of a model are compiled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import inf

from buildsim.engine.network import Bond, Crews, Failure, Gate, Link, Network, Tie
from buildsim.sampling.inputs import Input
from buildsim.spec.distributions import Uniform
from buildsim.spec.uncertain import Uncertain
from buildsim.worktime import WorkCalendar

UNIFORM = Uncertain(dist=Uniform(0.0, 1.0), unit="share", plan=1.0)
"""What luck is drawn from; at its planning value nothing happens."""
CERTAIN = Uncertain(dist=Uniform(0.0, 1.0), unit="share", plan=0.0)
"""Luck that the plan takes for granted: at its planning value the thing happens."""
ELAPSED = -1
"""Instead of a calendar: elapsed days."""


@dataclass(slots=True)
class Node:
    """An activity under construction."""

    name: str
    block: int = -1
    kind: str = "work"
    crews: Crews | None = None
    hold: tuple[tuple[int, int], ...] = ()
    need: tuple[tuple[int, int], ...] = ()
    keeps: bool = False
    calendar: int = ELAPSED
    earliest: float = 0.0
    begins: float = inf
    failures: tuple[Failure, ...] = ()
    begun: bool = False
    rank_key: float = 0.0
    column: int = -1
    factor: float = 0.0
    """Amount = draw x factor + shift, at least 0."""
    shift: float = 0.0
    gates: tuple[Gate, ...] = ()
    bonds: list[Bond] = field(default_factory=list)
    suppliers: list[int] = field(default_factory=list)
    finish_floor: float = 0.0
    plain: bool = False


class Builder:
    """Collects the parts of a program; gives out numbers for names."""

    def __init__(
        self, start: date, information: date, calendars: list[WorkCalendar], paces: Sequence[float] = ()
    ) -> None:
        """Take the calendars without weather, and the working days per day that the planning sums take for each."""
        self.paces = tuple(paces)
        self.model_start = start
        self.information = information
        self.calendars = calendars
        self.inputs: list[Input] = []
        self.groups: list[str] = []
        """The group of causes of each input, where its name does not tell it; else ""."""
        self.repeats: set[str] = set()
        """The inputs of which more than one occurrence may be drawn."""
        self._columns: dict[str, int] = {}
        self.nodes: list[Node] = []
        self.resources: list[str] = []
        self.resource_kinds: list[str] = []
        self.capacity: list[int] = []
        self._resource_numbers: dict[str, int] = {}
        self.announces: dict[int, tuple[str, str]] = {}
        self.repairs: dict[tuple[int, int], int] = {}
        """The activity that mends what a trade has left in a block, by block and productivity entry."""
        self.places: list[int] = []
        """The site of each block, as a number."""
        self.planned_busy: list[int] = []
        """The most activities with crews that the programme of each block has going on at once."""

    @property
    def origin(self) -> int:
        """The model's start [day ordinal]."""
        return self.model_start.toordinal()

    def day(self, moment: date) -> float:
        """Return a date as days since the model's start."""
        return float((moment - self.model_start).days)

    def column(self, name: str, quantity: Uncertain, above: float | None = None, group: str = "") -> int:
        """Return the input column of a quantity; one that was asked for before is given again.

        `group`: the group of causes that it belongs to, where its name does not tell.
        """
        if name not in self._columns:
            self._columns[name] = len(self.inputs)
            self.inputs.append(Input(name, quantity, above))
            self.groups.append(group)
        return self._columns[name]

    def date_column(self, name: str, quantity: Uncertain) -> int:
        """Return the column of a date; an uncertain one that was still open on the information date lies after it."""
        low, high = quantity.dist.low, quantity.dist.high
        known = float(self.information.toordinal())
        return self.column(name, quantity, known if low < known < high else None)

    def spent(self, begun: float) -> float | None:
        """Return how long something that began on day `begun` is known to have taken [days]; None: it begins later.

        It is said to be still open, so it ends after the information date.
        """
        known = max(0.0, self.day(self.information))
        return known - begun if begun < known else None

    def luck(self, name: str, group: str = "", *, planned: bool = False) -> int:
        """Return the column of a uniform that decides whether something happens; in the plan it does if `planned`."""
        return self.column(name, CERTAIN if planned else UNIFORM, group=group)

    def repeated(self, column: int) -> str:
        """Return the name under which a replication draws the second and further occurrences of a column's quantity."""
        name = self.inputs[column].name
        self.repeats.add(name)
        return name

    def resource(self, name: str, kind: str, amount: int = 0) -> int:
        """Return the number of a resource, declared at first use."""
        if name not in self._resource_numbers:
            self._resource_numbers[name] = len(self.resources)
            self.resources.append(name)
            self.resource_kinds.append(kind)
            self.capacity.append(amount)
        return self._resource_numbers[name]

    def add(self, node: Node) -> int:
        """Add an activity and return its number."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def network(self) -> Network:
        """Return the flat arrays."""
        count = len(self.nodes)
        successors: list[list[int]] = [[] for _ in range(count)]
        after_finish: list[list[Link]] = [[] for _ in range(count)]
        after_start: list[list[Link]] = [[] for _ in range(count)]
        start_conditions, finish_conditions = [0] * count, [0] * count
        for number, node in enumerate(self.nodes):
            start_conditions[number] = len(node.gates)
            for bond in node.bonds:
                if bond.predecessor < 0:
                    continue
                conditions = start_conditions if bond.tie in (Tie.FS, Tie.SS) else finish_conditions
                conditions[number] += 1
                if bond.tie == Tie.FS and not bond.lag:
                    successors[bond.predecessor].append(number)
                else:
                    links = after_finish if bond.tie in (Tie.FS, Tie.FF) else after_start
                    links[bond.predecessor].append(Link(number, bond.tie, bond.lag, bond.calendar))
        teams = [node.crews.team if node.crews else () for node in self.nodes]
        taken = [tuple(resource for resource, _ in team) for team in teams]
        mixes = list(dict.fromkeys(taken))
        number_of = {mix: number for number, mix in enumerate(mixes)}
        return Network(
            count=count,
            names=[node.name for node in self.nodes],
            blocks=[node.block for node in self.nodes],
            successors=[tuple(row) for row in successors],
            after_finish=[tuple(row) for row in after_finish],
            after_start=[tuple(row) for row in after_start],
            bonds=[tuple(node.bonds) for node in self.nodes],
            gates=[node.gates for node in self.nodes],
            suppliers=[tuple(node.suppliers) for node in self.nodes],
            start_conditions=start_conditions,
            finish_conditions=finish_conditions,
            earliest=[self._earliest(node) for node in self.nodes],
            begins=[node.begins for node in self.nodes],
            finish_floor=[node.finish_floor for node in self.nodes],
            need=[self._need(node) for node in self.nodes],
            hold=[node.hold for node in self.nodes],
            keeps=[node.keeps for node in self.nodes],
            crews=[node.crews for node in self.nodes],
            teams=teams,
            mix=[number_of[mix] for mix in taken],
            mixes=mixes,
            mixes_of=[
                tuple(number for number, mix in enumerate(mixes) if resource in mix)
                for resource in range(len(self.resources))
            ],
            smallest_team=self._smallest(teams),
            plain=[self._plain(node, finish_conditions[number]) for number, node in enumerate(self.nodes)],
            calendar=[node.calendar for node in self.nodes],
            failures=[node.failures for node in self.nodes],
            done=[False] * count,
            kind=[node.kind for node in self.nodes],
            announces=dict(self.announces),
            crews_by=self._crews_by(),
            rank_key=[node.rank_key for node in self.nodes],
            places=self.places,
            planned_busy=self.planned_busy,
            repairs=self.repairs,
            resources=self.resources,
            resource_kind=self.resource_kinds,
            capacity=self.capacity,
        )

    def _smallest(self, teams: Sequence[tuple[tuple[int, int], ...]]) -> list[int]:
        """Return the least that a team takes of each resource; 1 where no team takes any."""
        least: dict[int, int] = {}
        for team in teams:
            for resource, amount in team:
                least[resource] = min(amount, least.get(resource, amount))
        return [least.get(resource, 1) for resource in range(len(self.resources))]

    def _crews_by(self) -> tuple[tuple[int, int], ...]:
        """Return the calendars and productivity entries that work goes by, in pairs."""
        crewed = [(node.calendar, node.crews.pool) for node in self.nodes if node.crews is not None]
        return tuple(sorted({(calendar, pool) for calendar, pool in crewed if calendar >= 0 and pool >= 0}))

    @staticmethod
    def _earliest(node: Node) -> float:
        """Not before the declared date, nor before what was done before the start lets it."""
        releases = [bond.release for bond in node.bonds if bond.predecessor < 0 and bond.tie in (Tie.FS, Tie.SS)]
        return max([node.earliest, *releases])

    @staticmethod
    def _need(node: Node) -> tuple[tuple[int, int], ...]:
        if node.crews is None:
            return node.need or node.hold
        teams = tuple((resource, amount * node.crews.least) for resource, amount in node.crews.team)
        return teams + node.hold

    @staticmethod
    def _plain(node: Node, finish_conditions: int) -> bool:
        extras = (
            node.crews or node.hold or node.failures or finish_conditions or node.finish_floor or node.calendar >= 0
        )
        return not extras and node.kind != "procurement"
