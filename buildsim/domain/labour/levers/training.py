"""Training: new hands become experienced in a course."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from buildsim.domain.labour.levers.base import OnPools, Windowed
from buildsim.domain.labour.weeks import Array
from buildsim.spec.quantity import Count, Date, Days, Share, Usd


class Training(Windowed, OnPools):
    """Courses for new hands, beside their work: a class begins each week."""

    kind: Literal["training"]
    """The kind of lever."""
    per_week: Annotated[Count, Field(gt=0)]
    """How many begin in a week, in each pool that it acts on; no more than there are new hands."""
    length: Annotated[Days, Field(gt=0)]
    """From the beginning of a course to experienced."""
    takes: Annotated[Share, Field(gt=0, le=1)] = 1.0
    """The share of those who end a course who are as good as experienced then; all of them by default."""
    per_head: Annotated[Usd, Field(ge=0)]
    """What a course costs for each [USD]."""

    def rate_by_week(self, start: Date, last: int) -> Array:
        """Return how many become experienced by it as each of the weeks 0 to `last` begins, for each pool."""
        return np.where(self.active(start, last, self.length), self.per_week * self.takes, 0.0)
