"""Pools and levers for the tests of labour, declared in a line each."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from buildsim.domain.labour import CrewPool, Lever, Market, Productivity, Workforce, compile_workforce
from tests.domain.lone import Columns

LEVERS: TypeAdapter[Any] = TypeAdapter(Lever)

DECLARED: dict[str, dict[str, Any]] = {
    "overtime": {"hours": 50, "premium": "50%"},
    "second_shift": {"differential": "10%"},
    "rolling_shifts": {"differential": "5%"},
    "travellers": {
        "workers": 20,
        "experienced": "80%",
        "weeks": 10,
        "premium": "20%",
        "per_diem": "$120",
        "per_head": "$2000",
    },
    "premium": {"premium": "10%"},
    "training": {"per_week": 2, "length": "4 weeks", "per_head": "$3000"},
    "prefabrication": {"share": "30%", "per_hour": "$110"},
    "dispatch": {"rank": "largest_mw", "cost": "$100,000"},
    "stagger": {"days": 45, "cost": "$1m"},
    "transfer": {"market": "town", "to": "port", "workers": 30, "per_head": "$1500"},
}
"""What each kind of lever cannot do without."""
COSTS = {
    "overtime": ["premium"],
    "second_shift": ["differential"],
    "rolling_shifts": ["differential"],
    "travellers": ["premium", "per_diem", "per_head"],
    "premium": ["premium"],
    "training": ["per_head"],
    "prefabrication": ["per_hour"],
    "dispatch": ["cost"],
    "stagger": ["cost"],
    "transfer": ["per_head"],
}
"""What each kind of lever costs."""


def lever(kind: str, **declared: Any) -> Any:
    """A lever in use."""
    return LEVERS.validate_python({"kind": kind, "use": True, **DECLARED[kind], **declared})


def pool(**declared: Any) -> CrewPool:
    return CrewPool.model_validate({"workers": 100, **declared})


def workforce(
    pools: Mapping[str, Any],
    levers: Sequence[Any] = (),
    *,
    market: Mapping[str, Any] | None = None,
    columns: Columns | None = None,
    days: float = 700.0,
    **productivity: Any,
) -> Workforce:
    """Compile pools of fitters by market."""
    trades = {place: {"fitting": pool(**declared)} for place, declared in pools.items()}
    return compile_workforce(
        trades,
        {(place, "fitting"): number for number, place in enumerate(pools)},
        columns or Columns(),
        days,
        Market.model_validate(market or {}),
        Productivity.model_validate(productivity),
        levers,
    )
