"""What must hold of released capacity: who its prospects are, what they want, and when the backstop buys."""

from collections.abc import Iterator

from buildsim.errors import Problem
from buildsim.model.ids import check_ids
from buildsim.model.root import Model
from buildsim.model.unknown import unknown


def check_remarketing(model: Model) -> Iterator[Problem]:
    """Yield every problem of the released capacity, each at its dotted path."""
    if model.remarketing is None:
        return
    yield from check_ids("remarketing.prospects", model.remarketing.prospects)
    for key, prospect in model.remarketing.prospects.items():
        path = f"remarketing.prospects.{key}"
        if prospect.customer is not None and prospect.customer not in model.customers:
            yield unknown(f"{path}.customer", "customer", prospect.customer, model.customers)
        if prospect.generation is not None and prospect.generation not in model.generations:
            yield unknown(f"{path}.generation", "generation", prospect.generation, model.generations)
    backstop = model.remarketing.backstop
    if backstop is not None and backstop.until < model.start:
        message = f"the backstop ended on {backstop.until}, before the start"
        yield Problem("remarketing.backstop.until", message, expected=f"a date from {model.start}")
