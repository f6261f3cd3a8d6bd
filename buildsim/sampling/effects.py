"""What risk drivers do to the quantities that they act on."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from buildsim.errors import Problem
from buildsim.sampling.inputs import Input
from buildsim.spec.base import nearest
from buildsim.spec.distributions import Array
from buildsim.spec.drivers import Driver, matcher


class Effects:
    """The drivers of a model, resolved to rows of its inputs. Multiplication comes first, then addition."""

    def __init__(self, inputs: Sequence[Input], drivers: Mapping[str, Driver]) -> None:
        self.problems: list[Problem] = []
        """What is wrong: patterns without a match, and quantities that a driver cannot act on."""
        self._acts: list[tuple[int, bool, list[int]]] = []
        names = [declared.name for declared in inputs]
        for index, (key, driver) in enumerate(drivers.items()):
            rows = self._rows(f"drivers.{key}.on", driver, names)
            self._acts.append((index, driver.effect == "multiply", rows))
            self.problems.extend(_misfits(f"drivers.{key}", driver, [inputs[row] for row in rows]))
        self._acts.sort(key=lambda act: not act[1])
        self.touched = frozenset(row for _, _, rows in self._acts for row in rows)
        """The rows of the inputs that any driver acts on."""
        self._touched = sorted(self.touched)
        self._members = [set(rows) for _, _, rows in self._acts]
        touched = [inputs[row].quantity for row in self._touched]
        self._floor = np.array([[0.0 if quantity.dist.low >= 0.0 else -math.inf] for quantity in touched])
        self._ceiling = np.array([[1.0 if quantity.unit == "share" else math.inf] for quantity in touched])

    def _rows(self, path: str, driver: Driver, names: Sequence[str]) -> list[int]:
        rows: set[int] = set()
        for pattern in driver.on:
            matches = matcher(pattern).fullmatch
            matched = [row for row, name in enumerate(names) if matches(name)]
            rows.update(matched)
            if not matched:
                expected = "a name, '*' for one level of it or '**' for several"
                self.problems.append(
                    Problem(
                        path, f"no quantity matches '{pattern}'", expected=expected, nearest=nearest(pattern, names)
                    )
                )
        return sorted(rows)

    def apply(self, values: Array, drivers: Array) -> None:
        """Act on `values` [unit of each quantity] in place; `drivers` has a row for each driver."""
        if not self._touched:
            return
        for index, multiplies, rows in self._acts:
            if multiplies:
                values[rows] *= drivers[index]
            else:
                values[rows] += drivers[index]
        values[self._touched] = np.clip(values[self._touched], self._floor, self._ceiling)

    def on(self, row: int, drivers: Array) -> tuple[Array, Array]:
        """The factor [-] and the addend [unit of the quantity] that one quantity meets, by replication."""
        factor, addend = np.ones(drivers.shape[1]), np.zeros(drivers.shape[1])
        for (index, multiplies, _), members in zip(self._acts, self._members, strict=True):
            if row in members and multiplies:
                factor *= drivers[index]
            elif row in members:
                addend += drivers[index]
        return factor, addend


def _misfits(path: str, driver: Driver, inputs: Sequence[Input]) -> list[Problem]:
    """The first quantity that a driver cannot act on, if there is one: a date, or one in another unit."""
    for declared in inputs:
        unit, given = declared.quantity.unit, driver.value.unit
        if driver.effect == "multiply":
            if unit == "date":
                return [
                    Problem(path, f"'{declared.name}' is a date, which cannot be multiplied", expected="effect: add")
                ]
        elif given and given != ("days" if unit == "date" else unit):
            message = f"it adds {given}, but '{declared.name}' is in {unit or 'plain numbers'}"
            return [Problem(path, message)]
        elif given == "days" and driver.value.workdays != declared.quantity.workdays:
            kinds = ("elapsed days", "workdays")
            message = f"it adds {kinds[driver.value.workdays]}, but '{declared.name}' is in"
            return [Problem(path, f"{message} {kinds[declared.quantity.workdays]}")]
    return []
