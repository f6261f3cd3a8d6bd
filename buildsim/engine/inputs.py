"""What a declared thing asks of the compiler: a column for each uncertain quantity, and days for dates."""

from datetime import date
from typing import Protocol

from buildsim.engine.world import World
from buildsim.spec.quantity import Uncertain


class Inputs(Protocol):
    """Gives out the input columns of a program."""

    def column(self, name: str, quantity: Uncertain, above: float | None = None) -> int:
        """Return the column of a named quantity; `above`: it is known to exceed this."""

    def date_column(self, name: str, quantity: Uncertain) -> int:
        """Return the column of an uncertain date, drawn for a time after the information date [day ordinal]."""

    def luck(self, name: str, *, planned: bool = False) -> int:
        """Return the column of a plain uniform on (0, 1) that decides whether something happens.

        In the plan it does if `planned`.
        """

    def repeated(self, column: int) -> str:
        """Return the name under which a replication draws the second and further occurrences of a column's quantity."""

    def spent(self, begun: float) -> float | None:
        """Return how long something begun on day `begun` was open on the information date [days]; None: begun later."""

    def day(self, moment: date) -> float:
        """Return a date as days since the model's start."""

    @property
    def origin(self) -> int:
        """The model's start [day ordinal]."""


class Plan(Protocol):
    """A declared thing compiled: it starts its processes in a world."""

    def start(self, world: World) -> None:
        """Start the processes."""
