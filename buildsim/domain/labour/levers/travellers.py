"""Travellers: people from elsewhere, for a time."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from buildsim.domain.labour.levers.base import OnPools, Premium, Weeks, Windowed
from buildsim.domain.labour.weeks import Array
from buildsim.spec.quantity import Count, Date, Days, Share, Usd


class Travellers(Windowed, OnPools):
    """Workers from elsewhere. They come beside `workers` of a pool, all stay for their weeks, and then go."""

    kind: Literal["travellers"]
    """The kind of lever."""
    workers: Annotated[Count, Field(gt=0)]
    """How many, for each pool that it acts on."""
    experienced: Annotated[Share, Field(ge=0, le=1)]
    """The share of them with experience of data-centre work."""
    licensed: Annotated[Share, Field(ge=0, le=1)] | None = None
    """The share of licensed journeymen among them; that declared for the pool by default."""
    weeks: Weeks
    """For how many weeks they stay."""
    mobilisation: Days = 0.0
    """How long after the date they are there."""
    premium: Premium
    """What they earn beyond the wage, as a share of it."""
    per_diem: Annotated[Usd, Field(ge=0)]
    """What each gets for a day beside it [USD]; 75 to 200 is usual (general knowledge)."""
    per_head: Annotated[Usd, Field(ge=0)]
    """What the coming and going of each costs [USD]."""

    def on_hand(self, start: Date, last: int) -> Array:
        """Return how many are there, for each pool, in the weeks 0 to `last` of a model that begins at `start`."""
        return np.where(self.active(start, last, self.mobilisation), self.workers, 0.0)
