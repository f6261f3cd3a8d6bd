"""From released capacity that has been placed to rows of its table."""

from typing import Any

from buildsim.run.outcome import Outcome


def placement_rows(outcome: Outcome) -> list[tuple[Any, ...]]:
    """Return who took over what, in the order of release and of agreement."""
    return [(outcome.replication, *row) for row in outcome.world.records["placements"]]
