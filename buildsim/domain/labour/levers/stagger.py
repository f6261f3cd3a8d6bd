"""Staggering: the halls of a site start one after another."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import OnSites
from buildsim.spec.quantity import Days, Usd


class Stagger(OnSites):
    """Halls of a site start at least so many days apart, first to last, and none before its date.

    It changes the programme itself, and so the plan.
    """

    kind: Literal["stagger"]
    """The kind of lever."""
    days: Annotated[Days, Field(gt=0)]
    """From one start to the next [days]."""
    cost: Annotated[Usd, Field(ge=0)]
    """What it costs, once [USD]."""

    def starts(self, starts: Sequence[date]) -> list[date]:
        """Return the new starts of a site's halls, in the given order.

        The first to start keeps its date, the others follow in the order of their starts, ties in the given order; none
        starts before its own date.
        """
        order = sorted(range(len(starts)), key=lambda place: starts[place])
        moved = list(starts)
        for turn, place in enumerate(order):
            moved[place] = max(starts[place], starts[order[0]] + timedelta(days=round(turn * self.days)))
        return moved
