"""The workforce: the crew pools compiled, and what the foreman gets of them in a replication."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from simpy.events import Event

from buildsim.domain.labour.levers import Lever, OvertimeWeeks, Training, Transfer, Travellers, WagePremium
from buildsim.domain.labour.market import Market
from buildsim.domain.labour.overtime import NORMAL_HOURS
from buildsim.domain.labour.pools import CrewPool
from buildsim.domain.labour.productivity import Productivity
from buildsim.domain.labour.stocks import Begin, Move, Path, Pulled, Rates, walked
from buildsim.domain.labour.weeks import WEEK_OF_YEAR, Array, last_week, week_days
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.uncertain import Uncertain
from buildsim.units import DAYS_PER_WEEK, DAYS_PER_YEAR

MILLI = 1000
"""People are dealt out in thousandths, so that crews scaled to a hall's size stay whole numbers."""
_GRAIN = 1e-9
"""A head that is missing by less than this is there."""

Pools = Mapping[str, Mapping[str, CrewPool]]
"""Crew pools by market and trade."""
Change = tuple[float, tuple[tuple[int, int], ...]]
"""A day, and by how much each resource changes on it [thousandths of workers]."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number, or the input column that it is drawn in."""

    value: float
    """The number; of one that is drawn, the planning value."""
    column: int = -1

    @classmethod
    def of(cls, name: str, quantity: Uncertain | None, otherwise: float, inputs: Inputs) -> "Drawn":
        """Return a declared quantity; only what is uncertain takes a column."""
        if quantity is None:
            return cls(otherwise)
        if quantity.dist.low == quantity.dist.high:
            return cls(quantity.dist.low)
        return cls(quantity.planning(), inputs.column(name, quantity))

    def drawn(self, row: np.ndarray | None) -> float:
        """Return its value in a replication; without one, the planning value."""
        return self.value if row is None or self.column < 0 else float(row[self.column])


@dataclass(frozen=True, slots=True)
class Workforce:
    """The crew pools of a model, in declared order, compiled."""

    names: tuple[tuple[str, str], ...]
    """(market, trade) of each pool."""
    resources: tuple[int, ...]
    """The resource of each pool."""
    start: date
    last: int
    """The last week."""
    market: Market
    productivity: Productivity
    hours: Array
    """Hours a week (weeks + 1, pools)."""
    premium: Array
    """The own premium on wages [share] (weeks + 1, pools)."""
    present: Array
    """People at the start (pools)."""
    places: Array
    """Up to how many are hired (pools)."""
    experienced: Array
    """Declared experienced share at the start (pools)."""
    hired_experienced: Array
    """Declared experienced share of those who are hired (pools)."""
    licensed: Array
    """Licensed share at the start and of those who are hired (pools)."""
    retiring: Array
    graduating: Array
    seasoning: Array
    """Shares in a week (pools)."""
    hiring: Array
    """The most that are hired at a normal wage (weeks + 1, pools)."""
    turnover: tuple[Drawn, ...]
    """[share a year], by pool."""
    factor: Drawn
    rival_premium: Drawn
    pulled: Pulled
    _fixed: Path | None = field(default=None, repr=False)

    @property
    def uncertain(self) -> bool:
        """Whether anything is drawn."""
        return any(one.column >= 0 for one in (*self.turnover, self.factor, self.rival_premium))

    def place(self, market: str, trade: str) -> int:
        """Return the number of a pool."""
        return self.names.index((market, trade))

    def path(self, row: np.ndarray | None = None) -> Path:
        """Return how the pools fare with the inputs `row`; without them, at planning values."""
        return self.paths([row])[0]

    def paths(self, rows: Sequence[np.ndarray | None]) -> list[Path]:
        """Return how the pools fare with the inputs of each of several replications, at the cost of one or two."""
        if self._fixed is not None:
            return [self._fixed] * len(rows)
        begins, rates = zip(*(self._drawn(row) for row in rows), strict=True)
        return walked(begins, rates, self.pulled)

    def _drawn(self, row: np.ndarray | None) -> tuple[Begin, Rates]:
        """Return what there is at the start and what people do in a replication.

        One by one: the last bit of an exponential may depend on what stands beside it in an array.
        """
        spread = self.market.spread(week_days(self.last), self.start, self.factor.drawn(row))
        gap = self.rival_premium.drawn(row) - np.concatenate((self.premium[:1], self.premium[:-1]))
        turnover = np.array([one.drawn(row) for one in self.turnover])
        rates = Rates(
            leaving=-np.expm1(-turnover * WEEK_OF_YEAR * self.market.pull(gap)),
            retiring=self.retiring,
            graduating=self.graduating,
            seasoning=self.seasoning,
            hiring=self.hiring * self.market.draw(gap),
            mix=_mixed(self.hired_experienced * spread[:, np.newaxis], self.licensed),
        )
        experienced = self.experienced * spread[0]
        begin = Begin(self.present * _mixed(experienced, self.licensed), experienced, self.licensed, self.places)
        return begin, rates

    def levels(self, path: Path) -> np.ndarray:
        """Return what may work in each week [thousandths of workers] (weeks + 1, pools), as whole numbers.

        Whole workers, and exactly `workers` where a pool is full; under `cap` the part that the licensed can supervise.
        """
        residents = path.workers - path.travellers
        beyond = np.floor(residents - path.places + _GRAIN)
        whole = np.where(beyond >= 0.0, path.places + beyond, np.floor(residents + _GRAIN)) + path.travellers
        if self.productivity.regime == "cap":
            whole = whole * np.minimum(1.0, path.licensed * (1.0 + self.productivity.apprentices_per_journeyman))
        levels: np.ndarray = np.rint(whole * MILLI).astype(np.int64)
        return levels

    def capacity(self, path: Path) -> dict[int, int]:
        """Return what may work at day 0, by resource [thousandths of workers]."""
        return dict(zip(self.resources, self.levels(path)[0].tolist(), strict=True))

    def changes(self, path: Path) -> tuple[Change, ...]:
        """Return by how much the pools grow and shrink, by day; days and pools on which nothing does are left out."""
        return self._moves(self.levels(path))

    def people(self, path: Path) -> tuple[dict[int, int], tuple[Change, ...]]:
        """Return both: what may work at day 0, and the changes."""
        levels = self.levels(path)
        return dict(zip(self.resources, levels[0].tolist(), strict=True)), self._moves(levels)

    def _moves(self, levels: np.ndarray) -> tuple[Change, ...]:
        moved = np.diff(levels, axis=0)
        weeks, pools = np.nonzero(moved)
        moves = list(zip(np.array(self.resources)[pools].tolist(), moved[weeks, pools].tolist(), strict=True))
        busy, firsts = np.unique(weeks, return_index=True)
        bounds = [*firsts.tolist(), len(moves)]
        return tuple(
            (DAYS_PER_WEEK * (week + 1), tuple(moves[bounds[place] : bounds[place + 1]]))
            for place, week in enumerate(busy.tolist())
        )

    def steps(self, path: Path, pool: int) -> tuple[int, tuple[tuple[float, int], ...]]:
        """Return what of a pool may work at day 0 and its changes, (day, thousandths of workers) in order."""
        levels = self.levels(path)[:, pool]
        moved = np.diff(levels)
        steps = ((DAYS_PER_WEEK * (week + 1), int(moved[week])) for week in np.flatnonzero(moved).tolist())
        return int(levels[0]), tuple(steps)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The changes of all pools in a replication."""

    changes: tuple[Change, ...]

    def start(self, world: World) -> None:
        """Start the changes."""
        if self.changes:
            world.clock.process(arrive(world, self.changes))


def arrive(world: World, changes: Sequence[Change]) -> Generator[Event, object, None]:
    """Let people come and go, week by week."""
    for day, moves in changes:
        yield world.clock.until(day)
        for resource, amount in moves:
            if amount > 0:
                world.grow(resource, amount)
            else:
                world.shrink(resource, -amount)


def compile_workforce(
    pools: Pools,
    resources: Mapping[tuple[str, str], int],
    inputs: Inputs,
    days: float,
    market: Market,
    productivity: Productivity,
    levers: Sequence[Lever] = (),
) -> Workforce:
    """Compile crew pools for so many days; of `levers`, those in use act."""
    declared = {(place, trade): pool for place, trades in pools.items() for trade, pool in trades.items()}
    names, bodies = tuple(declared), tuple(declared.values())
    start, last = date.fromordinal(inputs.origin), last_week(days)
    used = [lever for lever in levers if lever.use]
    licensed = np.array([productivity.licensed if pool.licensed is None else pool.licensed for pool in bodies])
    hours, premium = _hours_and_premiums(names, used, start, last)
    scale = productivity.workforce
    ramps = np.array([(pool.ramp or 0.0) * scale * DAYS_PER_WEEK for pool in bodies])
    begins = np.array([inputs.day(pool.ramp_from) if pool.ramp_from else 0.0 for pool in bodies])
    workforce = Workforce(
        names=names,
        resources=tuple(resources[name] for name in names),
        start=start,
        last=last,
        market=market,
        productivity=productivity,
        hours=hours,
        premium=premium,
        present=np.array([(pool.workers if pool.present is None else pool.present) * scale for pool in bodies]),
        places=np.array([pool.workers * scale for pool in bodies]),
        experienced=np.array([pool.experienced for pool in bodies]),
        hired_experienced=np.array(
            [pool.experienced if pool.hired_experienced is None else pool.hired_experienced for pool in bodies]
        ),
        licensed=licensed,
        retiring=_in_a_week([pool.retirement and DAYS_PER_YEAR / pool.retirement for pool in bodies]),
        graduating=_in_a_week([pool.apprenticeship for pool in bodies]),
        seasoning=_in_a_week([pool.seasoning for pool in bodies]),
        hiring=ramps * (week_days(last)[:, np.newaxis] >= begins),
        turnover=tuple(
            Drawn.of(f"labour.{place}.{trade}.turnover", pool.turnover, 0.0, inputs)
            for (place, trade), pool in declared.items()
        ),
        factor=Drawn.of("market.factor", market.factor, 1.0, inputs),
        rival_premium=Drawn.of("market.rival_premium", market.rival_premium, 0.0, inputs),
        pulled=_pulled(names, licensed, used, start, last),
    )
    return workforce if workforce.uncertain else replace(workforce, _fixed=workforce.path())


def planned_workforce(
    pools: Pools,
    resources: Mapping[tuple[str, str], int],
    inputs: Inputs,
    days: float,
    productivity: Productivity,
) -> Workforce:
    """Compile crew pools as the plan takes them: declared workers, hired as declared; nobody leaves or stays away."""
    unmoved = {place: {trade: pool.as_planned() for trade, pool in trades.items()} for place, trades in pools.items()}
    normal = productivity.model_copy(update={"regime": "none", "workforce": 1.0, "absence": 0.0})
    return compile_workforce(unmoved, resources, inputs, days, Market(), normal)


def _hours_and_premiums(
    names: Sequence[tuple[str, str]], levers: Sequence[Lever], start: date, last: int
) -> tuple[Array, Array]:
    """Return hours a week and premiums (weeks + 1, pools): the longest hours count, premiums add up."""
    hours, premium = np.full((last + 1, len(names)), NORMAL_HOURS), np.zeros((last + 1, len(names)))
    for pool, name in enumerate(names):
        for lever in levers:
            if isinstance(lever, OvertimeWeeks) and lever.acts_on(*name):
                hours[:, pool] = np.maximum(hours[:, pool], lever.hours_by_week(start, last))
            if isinstance(lever, WagePremium) and lever.acts_on(*name):
                premium[:, pool] += lever.premium_by_week(start, last)
    return hours, premium


def _pulled(
    names: Sequence[tuple[str, str]], licensed: Array, levers: Sequence[Lever], start: date, last: int
) -> Pulled:
    """Return what levers do to the stocks."""
    travellers, trained = np.zeros((3, last + 1, len(names))), np.zeros((last + 1, len(names)))
    moves: list[Move] = []
    for pool, name in enumerate(names):
        for lever in levers:
            if isinstance(lever, Travellers) and lever.acts_on(*name):
                share = licensed[pool] if lever.licensed is None else lever.licensed
                parts = np.array([1.0, lever.experienced, share])
                travellers[:, :, pool] += parts[:, np.newaxis] * lever.on_hand(start, last)
            elif isinstance(lever, Training) and lever.acts_on(*name):
                trained[:, pool] += lever.rate_by_week(start, last)
            elif isinstance(lever, Transfer) and lever.market == name[0] and lever.acts_on(*name):
                target = (lever.to, name[1])
                if target in names:
                    moves.append(Move(*lever.moves(start), pool, names.index(target), lever.workers, lever.per_head))
    there, experienced, with_licence = travellers
    return Pulled(there, experienced, with_licence, trained if trained.any() else None, tuple(moves))


def _mixed(experienced: Array, licensed: Array) -> Array:
    """Return the parts of the four stocks (..., 4, pools) where both attributes are independent of each other."""
    return np.stack(
        (
            licensed * experienced,
            licensed * (1.0 - experienced),
            (1.0 - licensed) * experienced,
            (1.0 - licensed) * (1.0 - experienced),
        ),
        axis=-2,
    )


def _in_a_week(means: Sequence[float | None]) -> Array:
    """Return the share that goes in a week, by the mean time till then [days]; none where there is none."""
    return np.array([-np.expm1(-DAYS_PER_WEEK / mean) if mean else 0.0 for mean in means])
