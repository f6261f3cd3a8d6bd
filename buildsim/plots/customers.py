"""What the figures of contracts have in common: the colours of customers, and who is drawn by name."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis.contracts import Ledger
from buildsim.analysis.frames import Floats
from buildsim.plots import style

OTHERS = "others"
"""Under which name the customers stand that are not drawn by theirs."""
MOST = 7
"""How many customers are drawn by name."""


def leading(areas: Floats, most: int = MOST) -> list[int]:
    """The places of the customers with the largest areas, largest first; all of those that have any, if they fit."""
    order = [int(place) for place in np.argsort(-areas, kind="stable") if areas[place] > 0.0]
    return order if len(order) <= most + 1 else order[:most]


def stack(ax: Axes, ledger: Ledger, at: Floats, values: Floats, who: Sequence[int]) -> list[Artist]:
    """Draw areas above one another, a customer each and the others on top; return what the colours stand for.

    `values` are of shape (customers, days); `who` are the places of those that are drawn by name, the lowest first.
    """
    rest = values.sum(axis=0) - values[list(who)].sum(axis=0)
    layers = [(ledger.names.get(ledger.customers[place], ledger.customers[place]), values[place]) for place in who]
    looks = [look(ledger, ledger.customers[place]) for place in who]
    if len(who) < len(values) and float(rest.max(initial=0.0)) > 1e-9 * float(values.sum(axis=0).max(initial=0.0)):
        layers.append((OTHERS, rest))
        looks.append((style.PALE, ""))
    handles: list[Artist] = []
    base = np.zeros(len(at))
    for (name, layer), (colour, hatch) in zip(layers, looks, strict=True):
        ax.fill_between(
            style.number(ledger.run.start, at), base, base + layer, step="post", facecolor=colour, hatch=hatch,
            edgecolor="#ffffff", linewidth=0.4,
        )  # fmt: skip
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="#ffffff", label=name))
        base = base + layer
    return handles


def look(ledger: Ledger, customer: str) -> tuple[str, str]:
    """The colour and the hatch of a customer, the same in every figure of a model: by its MW in the book."""
    sizes = ledger.book.groupby("customer", sort=False)["mw"].sum().sort_values(ascending=False, kind="stable")
    order = [*sizes.index, *(name for name in ledger.customers if name not in sizes.index)]
    place = order.index(customer)
    return style.PALETTE[place % len(style.PALETTE)], ("", "////", "....")[min(place // len(style.PALETTE), 2)]


def title(ledger: Ledger, what: str, customer: str | None) -> str:
    """A title, with the customer that is meant."""
    return what if customer is None else f"{what}, {ledger.names.get(customer, customer)}"
