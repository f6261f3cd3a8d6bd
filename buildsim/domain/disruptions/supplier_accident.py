"""An accident at a supplier: its orders that are not yet delivered slip."""

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, log
from typing import Literal

from simpy.events import Event

from buildsim.engine import causes
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays, UncertainNumber

YEAR = 365.25
"""[days]"""


class SupplierAccident(Declared):
    """A factory accident or recall at the maker of a class of equipment."""

    kind: Literal["supplier_accident"]
    """The kind of disturbance."""
    item: str
    """The class of equipment, as in the templates' procurements."""
    per_year: UncertainNumber
    """Accidents a year: a Poisson process, of which the first after the information date counts."""
    days: UncertainDays
    """By how long the orders under way slip [days]."""

    def gate(self, name: str, site: str) -> tuple[str, str] | None:
        """Return None: orders are put off, nothing waits for the accident."""
        return None

    def compile(
        self, name: str, begins: dict[str, float], suppliers: dict[str, tuple[int, ...]], inputs: Inputs
    ) -> "AccidentPlan":
        """Compile; `suppliers` are the procurement activities by class of equipment."""
        base = f"disruptions.{name}"
        return AccidentPlan(
            name,
            self.item,
            suppliers.get(self.item, ()),
            inputs.luck(f"{base}.time"),
            inputs.column(f"{base}.per_year", self.per_year),
            inputs.column(f"{base}.days", self.days),
            inputs.spent(0.0) or 0.0,
        )


@dataclass(frozen=True, slots=True)
class AccidentPlan:
    """An accident, compiled: columns."""

    name: str
    item: str
    orders: tuple[int, ...]
    luck: int
    per_year: int
    days: int
    known: float
    """Up to here it is known that there was none: the information date [days]."""

    def start(self, world: World) -> None:
        """Start the process."""
        if world.conditions.risks and self.orders:
            world.clock.process(strike(world, self))


def strike(world: World, plan: AccidentPlan) -> Generator[Event, object, None]:
    """Wait for the accident, then put off every order of the item that is under way."""
    draw = world.conditions.draw
    rate, luck = draw(plan.per_year) / YEAR, draw(plan.luck)
    moment = plan.known - log(1.0 - luck) / rate if rate > 0.0 and luck < 1.0 else inf
    if moment > world.horizon:
        return
    yield world.clock.until(moment)
    days = draw(plan.days)
    world.record("disruptions", "supplier_accident", plan.name, plan.item, world.clock.now, days)
    for order in plan.orders:
        world.works.extend(order, days, causes.EQUIPMENT)
