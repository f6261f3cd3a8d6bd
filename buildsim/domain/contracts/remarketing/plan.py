"""Who takes released capacity, compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from buildsim.domain.contracts.remarketing.backstop import BackstopPlan
from buildsim.domain.contracts.remarketing.declared import Remarketing
from buildsim.domain.contracts.remarketing.prospects import ProspectPlan
from buildsim.engine.inputs import Inputs


@dataclass(frozen=True, slots=True)
class OutletPlan:
    """Who takes released capacity, compiled."""

    lags: Mapping[str, int] = field(default_factory=dict)
    """The column of the time that the market takes, by tranche; without one nothing is sold there."""
    price: float = 1.0
    """The market's price relative to the old one."""
    late_first: bool = False
    """Whether overdue tranches come first."""
    lapsed: bool = False
    """Whether what lapsed options leave is offered."""
    prospects: tuple[ProspectPlan, ...] = ()
    """In declared order."""
    backstop: BackstopPlan | None = None


def compile_outlet(declared: Remarketing | None, tranches: Iterable[str], inputs: Inputs) -> OutletPlan:
    """Compile what is declared, for tranches by their name (`contract/tranche`)."""
    if declared is None:
        return OutletPlan()
    lags = {}
    if declared.lag is not None:
        for name in tranches:
            contract, _, key = name.partition("/")
            lags[name] = inputs.column(f"contracts.{contract}.tranches.{key}.remarketing", declared.lag)
    return OutletPlan(
        lags=lags,
        price=declared.price,
        late_first=declared.reassign == "late_first",
        lapsed=declared.lapsed,
        prospects=tuple(prospect.compile(key, inputs) for key, prospect in declared.prospects.items()),
        backstop=declared.backstop.compile(inputs) if declared.backstop else None,
    )
