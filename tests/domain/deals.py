"""Contracts on their own: tranches put together by hand, and blocks that go live on given days."""

from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any

from pydantic import TypeAdapter

from buildsim.domain.contracts import Withdrawal
from buildsim.domain.contracts.fulfilment import Book, Standing, TranchePlan
from buildsim.engine.world import World
from buildsim.spec.quantity import UncertainDays
from tests.domain.lone import Columns, happen, lone_world

RULES: TypeAdapter[Any] = TypeAdapter(Withdrawal)
DAYS: TypeAdapter[Any] = TypeAdapter(UncertainDays)
BINDING = {"kind": "binding"}


class Desk:
    """Where contracts are written."""

    def __init__(self) -> None:
        self.columns = Columns()
        self.plans: list[TranchePlan] = []

    def tranche(
        self,
        name: str,
        *blocks: str,
        mw: float = 10.0,
        due: float = 100.0,
        grace: float = 30.0,
        longstop: float = inf,
        damages: float = 1.0,
        value: float = 1000.0,
        rule: Mapping[str, Any] = BINDING,
        luck: float = 0.5,
        customer: str = "",
        option: tuple[float, float, float] | None = None,
        confidence_loss: float = 0.2,
        lag: float | None = None,
        revenue: float = 0.0,
        price: float = 1.0,
        draws: Mapping[str, float] | None = None,
    ) -> None:
        """Add a tranche; an option is (day of the decision, probability, luck); `draws` are those of its rule."""
        contract, _, _ = name.partition("/")
        base = f"{name}.withdrawal"
        self.columns.draws |= {f"{base}.{key}": drawn for key, drawn in (draws or {}).items()}
        compiled = RULES.validate_python(dict(rule)).compile(base, self.columns)
        exercise, probability, option_luck = option or (nan, 1.0, 1.0)
        self.plans.append(
            TranchePlan(
                name=name,
                contract=contract,
                customer=customer or contract,
                mw=mw,
                blocks=blocks,
                due=due,
                grace=grace,
                longstop=longstop,
                damages=damages,
                value=value,
                exercise=exercise,
                probability=probability,
                confidence_loss=confidence_loss,
                luck=self._given(f"{name}.patience", luck),
                option_luck=self._given(f"{name}.option", option_luck) if option else -1,
                rule=compiled,
                lag=self._given(f"{name}.remarketing", lag) if lag is not None else -1,
                revenue=revenue,
                price=price,
            )
        )

    def _given(self, name: str, value: float) -> int:
        self.columns.draws[name] = value
        return self.columns.luck(name)

    def sign(
        self,
        live: Mapping[float, Sequence[str]],
        megawatts: Mapping[str, float] | None = None,
        *,
        horizon: float = 1000.0,
        risks: bool = True,
        ranks: Mapping[str, Sequence[float]] | None = None,
        hops: int = 0,
    ) -> Book:
        """Run to the horizon; `live` are the blocks that go live on each day, of 10 MW unless `megawatts` says else."""
        world = lone_world(self.columns, horizon=horizon, risks=risks, blocks=ranks)
        blocks = {block: 10.0 for plan in self.plans for block in plan.blocks} | dict(megawatts or {})
        book = Book(world, tuple(self.plans), blocks)
        book.start()
        happen(world, {day: [("live", block) for block in live[day]] for day in sorted(live)}, hops)
        world.run()
        book.close()
        return book


def alone(
    live: float | None = None, *, horizon: float = 1000.0, risks: bool = True, hops: int = 0, **terms: Any
) -> Book:
    """One tranche `k/t` of 10 MW, due on day 100 with 30 days of grace, for one block that goes live on a day."""
    desk = Desk()
    desk.tranche("k/t", "a/h1", **terms)
    return desk.sign({live: ["a/h1"]} if live is not None else {}, horizon=horizon, risks=risks, hops=hops)


def only(book: Book) -> Standing:
    """The standing of the one tranche."""
    [standing] = book.standing.values()
    return standing


def left(world: World) -> list[tuple[str, float, float, str]]:
    """Who let go of what: (tranche, day, MW, trigger)."""
    return [(str(row[2]), row[3], row[4], str(row[6])) for row in world.records.get("withdrawals", [])]  # type: ignore[misc]


def delivered(book: Book) -> dict[str, float]:
    """When each tranche was full; NaN is left out."""
    return {name: one.delivered for name, one in book.standing.items() if one.delivered == one.delivered}
