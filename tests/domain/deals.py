"""Contracts on their own: tranches put together by hand, and blocks that go live on given days."""

from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any

from pydantic import TypeAdapter

from buildsim.domain.contracts import Withdrawal
from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.damages import Damages, Ladder
from buildsim.domain.contracts.fulfilment import Book, Signed
from buildsim.domain.contracts.remarketing import OutletPlan
from buildsim.domain.contracts.standing import Standing, TranchePlan
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
        self.tempers: dict[str, Temper] = {}
        self.lags: dict[str, int] = {}
        self.price = 1.0
        self.outlet: OutletPlan | None = None
        """Who takes released capacity, where it is more than the market."""

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
        confidence_loss: float | None = None,
        lag: float | None = None,
        fee: float = 0.0,
        price: float = 1.0,
        draws: Mapping[str, float] | None = None,
        credits: Sequence[tuple[float, float]] = (),
        retroactive: bool = False,
        cap: float = inf,
        redates: Sequence[float] | None = None,
        **others: Any,
    ) -> None:
        """Add a tranche; an option is (day of the decision, probability, luck); `draws` are those of its rule.

        `credits` are (after, rate), `redates` the lucks of its re-datings, `others` fields of `TranchePlan`.
        """
        contract, _, _ = name.partition("/")
        base = f"{name}.withdrawal"
        self.columns.draws |= {f"{base}.{key}": drawn for key, drawn in (draws or {}).items()}
        compiled = RULES.validate_python(dict(rule)).compile(base, self.columns)
        exercise, probability, option_luck = option or (nan, 1.0, 1.0)
        patience = self._given(f"{name}.patience", luck)
        further = [self._given(f"{name}.redate[{n}]", one) for n, one in enumerate(redates or ())]
        lucks = [patience] if redates is None else further
        owner = customer or contract
        if owner not in self.tempers or confidence_loss is not None:
            self.tempers[owner] = Temper(loss=0.2 if confidence_loss is None else confidence_loss)
        if lag is not None:
            self.lags[name] = self._given(f"{name}.remarketing", lag)
        self.price = price
        self.plans.append(
            TranchePlan(
                name=name,
                contract=contract,
                customer=owner,
                mw=mw,
                blocks=blocks,
                due=due,
                grace=grace,
                longstop=longstop,
                damages=Damages(damages, fee, Ladder(tuple(credits)), retroactive, cap),
                value=value,
                exercise=exercise,
                probability=probability,
                luck=patience,
                moves=tuple(lucks[: compiled.moves]),
                option_luck=self._given(f"{name}.option", option_luck) if option else -1,
                rule=compiled,
                fee=fee,
                **others,
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
        struck: Sequence[tuple[float, float]] = (),
        storms: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    ) -> Book:
        """Run to the horizon; `live` are the blocks that go live on each day, of 10 MW unless `megawatts` says else.

        `struck` are (begin, days) of permit holds at site `a`, `storms` those of each site.
        """
        world = lone_world(self.columns, horizon=horizon, risks=risks, blocks=ranks)
        named = [block for plan in self.plans for block in (*plan.blocks, *plan.substitutes)]
        blocks = dict.fromkeys(named, 10.0) | dict(megawatts or {})
        outlet = self.outlet or OutletPlan(lags=self.lags, price=self.price)
        book = Book(world, Signed(tuple(self.plans), self.tempers, outlet), blocks)
        world.conditions.storms = dict(storms or {})
        strike(world, struck)
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


def strike(world: World, struck: Sequence[tuple[float, float]]) -> None:
    """Let permit holds (begin, days) strike site `a`."""

    def hold(begin: float, days: float) -> Any:
        yield world.clock.until(begin)
        world.record("disruptions", "permit_hold", "hold", "a", begin, days)

    for begin, days in struck:
        world.clock.process(hold(begin, days))


def told(book: Book, *events: str) -> list[tuple[float, str, float, float]]:
    """What happened to tranches, as (day, event, MW, USD) in order of time; of these events only, if any are named."""
    rows = [(row[2], row[3], row[4], row[5]) for row in book.world.records["contract_events"]]
    return sorted((row for row in rows if not events or row[1] in events), key=lambda row: row[0])  # type: ignore[misc]


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
