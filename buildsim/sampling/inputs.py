"""A named input of a simulation."""

from dataclasses import dataclass

from buildsim.spec.quantity import Uncertain


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain quantity under its name."""

    name: str
    """Its path in the model by declared ids, for example `sites.denton.halls.h03.L5.duration`."""
    quantity: Uncertain
    """What is known about it."""
    above: float | None = None
    """A value [unit of the quantity] that it is known to exceed, such as time already spent, or None."""
