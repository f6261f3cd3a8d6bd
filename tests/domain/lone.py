"""A world with one process in it: what the exact traces of the domains are taken from."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from buildsim.engine import causes
from buildsim.engine.conditions import Conditions
from buildsim.engine.network import Gate, Network
from buildsim.engine.priorities import Priorities
from buildsim.engine.world import World
from buildsim.program.builder import Builder, Node
from buildsim.spec.uncertain import Uncertain

START = date(2025, 7, 1)
Trace = list[tuple[str, float]]


class Columns:
    """Stands in for the compiler: gives out columns whose draws are given by name, or else are planning values.

    A luck that is not given is 1: what it decides about does not happen, unless it does in the plan.
    """

    def __init__(self, draws: Mapping[str, float] | None = None, known: float = 0.0) -> None:
        """Take draws by name, and the information date [days]."""
        self.draws = dict(draws or {})
        self.known = known
        self.row: list[float] = []
        self.names: list[str] = []
        self.above: dict[str, float | None] = {}
        self.origin = START.toordinal()

    def column(self, name: str, quantity: Uncertain, above: float | None = None) -> int:
        return self._place(name, quantity.planning(), above)

    def date_column(self, name: str, quantity: Uncertain) -> int:
        return self._place(name, quantity.planning(), None)

    def luck(self, name: str, *, planned: bool = False) -> int:
        return self._place(name, 0.0 if planned else 1.0, None)

    def repeated(self, column: int) -> str:
        return self.names[column]

    def day(self, moment: date) -> float:
        return float((moment - START).days)

    def spent(self, begun: float) -> float | None:
        return self.known - begun if begun < self.known else None

    def _place(self, name: str, value: float, above: float | None) -> int:
        if name not in self.names:
            self.names.append(name)
            self.row.append(self.draws.pop(name, value))
            self.above[name] = above
        return self.names.index(name)

    def settle(self) -> None:
        """Refuse draws that nothing asked for: a misspelt name must not pass for a trace."""
        assert not self.draws, f"no column is called {sorted(self.draws)}"


def lone_world(
    columns: Columns | None = None,
    *,
    capacity: Sequence[int] = (),
    horizon: float = 1000.0,
    risks: bool = True,
    blocks: Mapping[str, Sequence[float]] | None = None,
    further: Mapping[tuple[str, int], float] | None = None,
) -> World:
    """Return a world without work, or with one idle activity for each rank key in `blocks`, by block.

    `further` are the second and further occurrences of what is drawn, by name and number; 0 where none is given.
    """
    columns = columns or Columns()
    columns.settle()
    keys = [key for body in (blocks or {}).values() for key in body]
    numbers = iter(range(len(keys)))
    owned = {name: tuple(next(numbers) for _ in body) for name, body in (blocks or {}).items()}
    network = idle_network(len(keys), len(capacity))
    conditions = Conditions(
        amounts=[0.0] * len(keys),
        calendars=[],
        dry=[],
        output=[],
        failing=[],
        draw=columns.row.__getitem__,
        further=lambda name, occurrence: (further or {}).get((name, occurrence), 0.0),
        risks=risks,
    )
    return World(network, Priorities(keys, owned), list(capacity), conditions, {}, horizon)


def idle_network(count: int, resources: int) -> Network:
    """Return activities that never become ready: they wait for a fact that nobody notes."""
    builder = Builder(START, START, [])
    for number in range(resources):
        builder.resource(f"resource {number}", "MW")
    for number in range(count):
        builder.add(Node(f"activity {number}", gates=(Gate(("never", "noted"), causes.PERMIT),)))
    return builder.network()


def facts(world: World) -> Trace:
    """Return what was noted, as (event, day), in the order in which it was noted."""
    return [(" ".join(fact), day) for fact, day in world.facts.items()]


def power(world: World) -> list[tuple[str, float, str, float]]:
    """Return the power records as (source, day, event, MW)."""
    return [(source, day, event, mw) for _, source, day, event, _, mw in _rows(world, "power")]


def deliveries(world: World) -> list[tuple[int, float, str, int]]:
    """Return the delivery records as (lot, day, event, GPUs); lot 0 is the whole order."""
    return [(lot, day, event, gpus) for _, _, _, lot, day, event, gpus in _rows(world, "deliveries")]


def _rows(world: World, table: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = list(world.records.get(table, []))
    return rows


def happen(world: World, events: Mapping[float, Sequence[tuple[str, str]]], hops: int = 0) -> None:
    """Let facts be noted on given days, in the given order within a day.

    With `hops` each comes at the end of a chain of so many completions within its instant.
    """

    def note(day: float, facts: Sequence[tuple[str, str]]) -> Any:
        yield world.clock.until(day)
        for _ in range(hops):
            yield world.clock.until(day)
        for fact in facts:
            world.note(fact)

    days = list(events)
    assert all(first < second for first, second in pairwise(days)), "give the days in order"
    for day, noted in events.items():
        world.clock.process(note(day, noted))
