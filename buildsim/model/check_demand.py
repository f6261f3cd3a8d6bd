"""What must hold of demand: its changes, and the disturbances that act on it."""

from collections.abc import Iterator

from buildsim.domain.disruptions import DemandShock
from buildsim.errors import Problem
from buildsim.model.ids import check_ids
from buildsim.model.root import Model


def check_demand(model: Model) -> Iterator[Problem]:
    """Yield every problem of the demand, each at its dotted path."""
    if model.demand is None:
        for name, disruption in model.disruptions.items():
            if isinstance(disruption, DemandShock):
                message = "a demand shock takes from the tightness of demand, but the model has no 'demand'"
                yield Problem(f"disruptions.{name}.kind", message, expected="'demand', with its 'tightness'")
        return
    yield from check_ids("demand.changes", model.demand.changes)
    dates: dict[object, str] = {}
    for name, change in model.demand.changes.items():
        path = f"demand.changes.{name}.date"
        if change.date < model.start:
            message = f"demand would change on {change.date}, before the start"
            yield Problem(path, message, expected=f"a date from {model.start}")
        first = dates.setdefault(change.date, name)
        if first != name:
            yield Problem(path, f"demand would change on the day of '{first}' too", expected="one change on a day")
