"""The stocks of crew pools, week by week: who is licensed, who is experienced, who comes and who goes.

Arrays have weeks along the first axis and pools along the last. What happens as week k begins, on day 7k, stands in row
k of a flow, and what is then there in row k of a stock; nothing flows in row 0.
"""

from dataclasses import dataclass

import numpy as np

from buildsim.domain.labour.weeks import Array

_NOISE = 1e-9
"""People fewer than this are nobody, and shares nearer than this times 1e-3 are the same."""


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
    moved: tuple[float, ...]
    """How many went with each transfer (`Pulled.moves`)."""


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


class Walk:
    """The steps of one replication."""

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
            stock = np.add.reduce(moved * self.stock, axis=1) if moves else self.stock
            stock = self.stock = stock * stay[week]
            if classes is not None and week in taught:
                self._train(week, classes[week])
            if week in self.busy:
                self._transfer(week)
            hired = np.minimum(np.maximum(self.places[week] - np.add.reduce(stock), 0.0), hiring[week])
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
        stocks, rates, pulled = self.stocks, self.rates, self.pulled
        before = np.zeros_like(stocks)
        before[1:] = stocks[:-1]
        stayed = before * (1.0 - rates.leaving[:, np.newaxis])
        retired = stayed[:, :2].sum(axis=1) * rates.retiring
        seasonable = stayed[:, 1] * (1.0 - rates.retiring) + stayed[:, 3]
        change = np.diff(pulled.travellers, axis=0, prepend=pulled.travellers[:1])
        transferred = self._transferred(before.sum(axis=1), stayed.sum(axis=1) - retired)
        self.arrived[0] = self.departed[0] = 0.0
        workers = stocks.sum(axis=1) + pulled.travellers
        return Path(
            workers=workers,
            experienced=_share(
                stocks[:, ::2].sum(axis=1) + pulled.travellers_experienced, workers, self.begin.experienced
            ),
            licensed=_share(stocks[:, :2].sum(axis=1) + pulled.travellers_licensed, workers, self.begin.licensed),
            places=self.places,
            travellers=pulled.travellers,
            transferred=transferred,
            hired=self.hired,
            left=before.sum(axis=1) * rates.leaving,
            retired=retired,
            graduated=stayed[:, 2:].sum(axis=1) * rates.graduating,
            seasoned=seasonable * rates.seasoning,
            trained=self.trained,
            arrived=self.arrived + np.maximum(0.0, change),
            departed=self.departed + np.maximum(0.0, -change),
            moved=tuple(self.moved),
        )

    def _transferred(self, before: Array, stayed: Array) -> Array:
        """Return how many of those who came from elsewhere are still there: they leave as the others of their pool."""
        there = self.arrived.copy()
        if self.busy:
            kept = np.where(before > 0.0, stayed / np.where(before > 0.0, before, 1.0), 1.0) * (1.0 - self.gone)
            for week in range(max(1, min(self.busy)), len(there)):
                there[week] += there[week - 1] * kept[week]
        return there


def _share(part: Array, whole: Array, begin: Array) -> Array:
    """Return part / whole; where there is nobody, that of the week before, or at first `begin`.

    A share that nothing but the grain of floating point has moved from `begin` is `begin`.
    """
    share = np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), begin)
    weeks = np.arange(len(whole))[:, np.newaxis]
    last = np.maximum.accumulate(np.where(whole > 0.0, weeks, 0), axis=0)
    share = np.take_along_axis(share, last, axis=0)
    return np.where(np.abs(share - begin) < _NOISE * 1e-3, begin, share)
