"""Dispatch: crews are sent by another rank."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import Switched
from buildsim.spec.quantity import Usd

Rank = Literal["least_slack", "latest_finish", "declared", "largest_mw", "first_come"]
"""How waiting work may be ordered."""


class Dispatch(Switched):
    """Another order in which waiting work is served."""

    kind: Literal["dispatch"]
    """The kind of lever."""
    rank: Rank
    """The order, instead of `policy.rank`."""
    cost: Annotated[Usd, Field(ge=0)]
    """What it costs, once [USD]."""
