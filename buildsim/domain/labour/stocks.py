"""The stocks of crew pools, week by week: who is licensed, who is experienced, who comes and who goes.

Arrays have weeks along the first axis and pools along the last. What happens as week k begins, on day 7k, stands in row
k of a flow, and what is then there in row k of a stock; nothing flows in row 0.

A week is a dozen operations on all pools at once, which cost the same for ten pools as for a thousand. So several
replications are walked side by side, as so many more pools (`walked`). No number depends on who walks beside: sums are
written out, because numpy adds up in an order that depends on the shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from buildsim.domain.labour.weeks import Array

_NOISE = 1e-9
"""People fewer than this are nobody, and shares nearer than this times 1e-3 are the same."""


Table = TypeVar("Table", "Flows", "Path", "Begin", "Rates", "Pulled")
"""What has a column for each pool."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Who comes, learns and goes."""

    transferred: Array
    """People on hand who came from another market."""
    hired: Array
    left: Array
    retired: Array
    """Of the licensed, beside those who left."""
    graduated: Array
    """Apprentices who were licensed."""
    seasoned: Array
    """New hands who became experienced at work."""
    trained: Array
    """New hands who became experienced in courses."""
    arrived: Array
    """Travellers and transferred people who came."""
    departed: Array
    """Travellers and transferred people who went."""


@dataclass(frozen=True, slots=True)
class Path:
    """How pools fare in one replication."""

    workers: Array
    """People on hand, travellers included; between two weeks by what was hired, left, retired, arrived and departed."""
    experienced: Array
    """The share of them that is experienced; that of the last week with anybody where there is nobody."""
    licensed: Array
    """The share of them that is licensed; as above."""
    places: Array
    """Up to how many are hired: `workers` of the pool, and what transfers have moved."""
    travellers: Array
    """Travellers on hand."""
    moved: tuple[float, ...]
    """How many went with each transfer (`Pulled.moves`)."""
    _walk: "Walk" = field(repr=False)
    _pools: slice = field(repr=False)
    """Which pools of the walk these are."""

    @property
    def flows(self) -> Flows:
        """Who came, learned and went: summed when asked for, which few replications are."""
        return _cut(self._walk.flows, self._pools)

    def part(self, number: int, pools: int) -> "Path":
        """Return what concerns one of several replications that were walked side by side."""
        moves = len(self.moved) * pools // self.workers.shape[1]
        columns = slice(number * pools, (number + 1) * pools)
        moved = self.moved[number * moves : (number + 1) * moves]
        return replace(_cut(self, columns), moved=moved, _pools=columns)


@dataclass(frozen=True, slots=True)
class Begin:
    """What there is at the start."""

    stock: Array
    """People (4, pools): licensed and experienced, licensed and new, apprentices and experienced, apprentices and new.
    """
    experienced: Array
    """The experienced share (pools)."""
    licensed: Array
    """The licensed share (pools)."""
    places: Array
    """Up to how many are hired (pools)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What the people of themselves do."""

    leaving: Array
    """The share that leaves (weeks + 1, pools)."""
    retiring: Array
    """The share of the licensed that retires in a week (pools)."""
    graduating: Array
    """The share of apprentices that are licensed in a week (pools)."""
    seasoning: Array
    """The share of new hands that become experienced in a week (pools)."""
    hiring: Array
    """The most that are hired (weeks + 1, pools)."""
    mix: Array
    """The parts of those who are hired by stock (weeks + 1, 4, pools)."""


@dataclass(frozen=True, slots=True)
class Move:
    """People of one pool who go to another."""

    depart: int
    """The week with which they leave."""
    arrive: int
    """The week with which they are there."""
    origin: int
    """The pool that they leave."""
    target: int
    """The pool that they go to."""
    workers: float
    per_head: float
    """What it costs for each [USD]."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What levers do to the stocks."""

    travellers: Array
    """On hand (weeks + 1, pools)."""
    travellers_experienced: Array
    """The experienced among them."""
    travellers_licensed: Array
    """The licensed among them."""
    trained: Array | None
    """How many end a course (weeks + 1, pools); None: there are no courses."""
    moves: tuple[Move, ...]


def walked(begins: Sequence[Begin], rates: Sequence[Rates], pulled: Pulled) -> list[Path]:
    """Return how the same pools fare in several replications, each as if it were alone."""
    if len(begins) == 1:
        return [Walk(begins[0], rates[0], pulled).path()]
    path = Walk(_beside(begins), _beside(rates), _repeated(pulled, len(begins))).path()
    return [path.part(number, len(begins[0].places)) for number in range(len(begins))]


def _beside(parts: Sequence[Table]) -> Table:
    """Put the pools of several replications beside each other."""
    names = list(_arrays(parts[0]))
    joined: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts], -1) for name in names}
    return replace(parts[0], **joined)


def _repeated(pulled: Pulled, count: int) -> Pulled:
    """Let levers do the same to the pools of each of several replications."""
    pools, moves = pulled.travellers.shape[1], pulled.moves
    tiled: dict[str, Any] = {name: np.tile(values, (1, count)) for name, values in _arrays(pulled).items()}
    shifts = [(pools * number, move) for number in range(count) for move in moves]
    moved = tuple(replace(move, origin=move.origin + by, target=move.target + by) for by, move in shifts)
    return replace(pulled, **tiled, moves=moved)


def _cut(table: Table, pools: slice) -> Table:
    """Return what concerns some pools."""
    return replace(table, **{name: values[..., pools] for name, values in _arrays(table).items()})


def _arrays(table: Table) -> dict[str, Any]:
    found = {one.name: getattr(table, one.name) for one in fields(table)}
    return {name: values for name, values in found.items() if isinstance(values, np.ndarray)}


class Walk:
    """The steps of one replication, or of several side by side."""

    def __init__(self, begin: Begin, rates: Rates, pulled: Pulled) -> None:
        """Take what there is at the start, what people do and what levers do."""
        self.begin, self.rates, self.pulled = begin, rates, pulled
        shape = rates.leaving.shape
        self.stock = begin.stock.copy()
        self.stocks = np.empty((shape[0], *self.stock.shape))
        self.hired, self.trained = np.zeros(shape), np.zeros(shape)
        self.places = np.array(np.broadcast_to(begin.places, shape))
        self.arrived, self.departed = np.zeros(shape), np.zeros(shape)
        self.gone = np.zeros(shape)
        """The share of a pool that transfers take away."""
        self.moved = [0.0] * len(pulled.moves)
        self.travelling: list[tuple[Move, Array]] = []
        self.busy = {week for move in pulled.moves for week in (move.depart, move.arrive)}

    def path(self) -> Path:
        """Take all steps."""
        rates, classes = self.rates, self.pulled.trained
        stay, hiring, mix = 1.0 - rates.leaving, rates.hiring, rates.mix
        moved = self._moved()
        taught = set() if classes is None else set(np.flatnonzero(classes.any(axis=1)).tolist())
        moves = not np.array_equal(moved, np.broadcast_to(np.eye(4)[..., np.newaxis], moved.shape))
        self._transfer(0)
        self.stocks[0] = self.stock
        for week in range(1, len(stay)):
            stock = _people(moved * self.stock) if moves else self.stock
            stock = self.stock = stock * stay[week]
            if classes is not None and week in taught:
                self._train(week, classes[week])
            if week in self.busy:
                self._transfer(week)
            hired = np.minimum(np.maximum(self.places[week] - _people(stock), 0.0), hiring[week])
            stock += hired * mix[week]
            self.hired[week], self.stocks[week] = hired, stock
        return self._summed()

    def _moved(self) -> Array:
        """Return which part of each stock is where after retirement, graduation and seasoning (to, from, pools)."""
        rates = self.rates
        retired, graduated, seasoned = (np.zeros((4, 4, rates.retiring.size)) for _ in range(3))
        for row in range(4):
            licensed, experienced = row < 2, row % 2 == 0
            retired[row, row] = 1.0 - rates.retiring if licensed else 1.0
            graduated[row, row] = 1.0 if licensed else 1.0 - rates.graduating
            seasoned[row, row] = 1.0 if experienced else 1.0 - rates.seasoning
            if not licensed:
                graduated[row - 2, row] = rates.graduating
            if not experienced:
                seasoned[row - 1, row] = rates.seasoning
        moved: Array = np.einsum("ijp,jkp,klp->ilp", seasoned, graduated, retired)
        return moved

    def _train(self, week: int, classes: Array) -> None:
        """Make as many new hands experienced as end their course, apprentices and journeymen alike."""
        new = self.stock[1::2]
        there = new[0] + new[1]
        share = np.minimum(1.0, classes / np.maximum(there, _NOISE))
        moved = new * share
        self.stock[::2] += moved
        self.stock[1::2] -= moved
        self.trained[week] = there * share

    def _transfer(self, week: int) -> None:
        """Let people leave and arrive."""
        for number, move in enumerate(self.pulled.moves):
            if move.depart == week:
                there = float(self.stock[:, move.origin].sum())
                workers = min(move.workers, float(np.floor(there + _NOISE)), there)
                if workers > 0.0:
                    people = self.stock[:, move.origin] * (workers / there)
                    self.stock[:, move.origin] -= people
                    self.places[week:, move.origin] = np.maximum(0.0, self.places[week:, move.origin] - workers)
                    self.departed[week, move.origin] += workers
                    self.gone[week, move.origin] = 1.0 - (1.0 - self.gone[week, move.origin]) * (1.0 - workers / there)
                    self.moved[number] = workers
                    self.travelling.append((move, people))
        for move, people in self.travelling:
            if move.arrive == week:
                workers = float(people.sum())
                self.stock[:, move.target] += people
                self.places[week:, move.target] += workers
                self.arrived[week, move.target] += workers

    def _summed(self) -> Path:
        """Return what the steps come to."""
        stocks, pulled, begin = self.stocks, self.pulled, self.begin
        licensed_experienced, licensed_new, apprentices_experienced, _ = (stocks[:, row] for row in range(4))
        experienced = licensed_experienced + apprentices_experienced + pulled.travellers_experienced
        licensed = licensed_experienced + licensed_new + pulled.travellers_licensed
        workers = _people(stocks) + pulled.travellers
        return Path(
            workers=workers,
            experienced=_share(experienced, workers, begin.experienced),
            licensed=_share(licensed, workers, begin.licensed),
            places=self.places,
            travellers=pulled.travellers,
            moved=tuple(self.moved),
            _walk=self,
            _pools=slice(None),
        )

    @cached_property
    def flows(self) -> Flows:
        """Who came, learned and went in the steps."""
        stocks, rates, pulled = self.stocks, self.rates, self.pulled
        before = np.zeros_like(stocks)
        before[1:] = stocks[:-1]
        stayed = before * (1.0 - rates.leaving[:, np.newaxis])
        retired = stayed[:, :2].sum(axis=1) * rates.retiring
        seasonable = stayed[:, 1] * (1.0 - rates.retiring) + stayed[:, 3]
        change = np.diff(pulled.travellers, axis=0, prepend=pulled.travellers[:1])
        people = _people(before)
        transferred = self._transferred(people, _people(stayed) - retired)
        self.arrived[0] = self.departed[0] = 0.0
        return Flows(
            transferred=transferred,
            hired=self.hired,
            left=people * rates.leaving,
            retired=retired,
            graduated=stayed[:, 2:].sum(axis=1) * rates.graduating,
            seasoned=seasonable * rates.seasoning,
            trained=self.trained,
            arrived=self.arrived + np.maximum(0.0, change),
            departed=self.departed + np.maximum(0.0, -change),
        )

    def _transferred(self, before: Array, stayed: Array) -> Array:
        """Return how many of those who came from elsewhere are still there: they leave as the others of their pool."""
        there = self.arrived.copy()
        if self.busy:
            kept = np.where(before > 0.0, stayed / np.where(before > 0.0, before, 1.0), 1.0) * (1.0 - self.gone)
            for week in range(max(1, min(self.busy)), len(there)):
                there[week] += there[week - 1] * kept[week]
        return there


def _people(stock: Array) -> Array:
    """Return the people of all four stocks (..., 4, pools)."""
    found: Array = stock[..., 0, :] + stock[..., 1, :] + stock[..., 2, :] + stock[..., 3, :]
    return found


def _share(part: Array, whole: Array, begin: Array) -> Array:
    """Return part / whole; where there is nobody, that of the week before, or at first `begin`.

    A share that nothing but the grain of floating point has moved from `begin` is `begin`.
    """
    there = whole > 0.0
    share = np.divide(part, whole, out=np.array(np.broadcast_to(begin, whole.shape)), where=there)
    empty = np.flatnonzero(~there.all(axis=0))
    weeks = np.arange(len(whole))[:, np.newaxis]
    last = np.maximum.accumulate(np.where(there[:, empty], weeks, 0), axis=0)
    share[:, empty] = np.take_along_axis(share[:, empty], last, axis=0)
    return np.where(np.abs(share - begin) < _NOISE * 1e-3, begin, share)
