"""From uniforms to values, swept by kind over many quantities at once."""

from collections.abc import Sequence

import numpy as np

from buildsim.spec.distributions import Array, Distribution, Elementary


class Columns:
    """The inverse transform of many quantities.

    Quantities of one elementary kind are inverted together, bit for bit as each alone; the others one by one.
    """

    def __init__(self, distributions: Sequence[Distribution]) -> None:
        self._count = len(distributions)
        by_kind: dict[type[Elementary], list[int]] = {}
        self._single: list[tuple[int, Distribution]] = []
        for row, dist in enumerate(distributions):
            if isinstance(dist, Elementary):
                by_kind.setdefault(type(dist), []).append(row)
            else:
                self._single.append((row, dist))
        self._swept: list[tuple[type[Elementary], list[int], tuple[Array, ...]]] = []
        for family, rows in by_kind.items():
            arguments = [dist.arguments() for dist in distributions if type(dist) is family]
            self._swept.append(
                (family, rows, tuple(np.array(column)[:, None] for column in zip(*arguments, strict=True)))
            )

    def values(self, uniforms: Array) -> Array:
        """The values [unit of each quantity], a row for each quantity, for `uniforms` [-] of that shape."""
        values = np.empty_like(uniforms, order="C")
        for family, rows, arguments in self._swept:
            chosen = uniforms if len(rows) == self._count else uniforms[rows]
            values[rows] = family.quantile(np.ascontiguousarray(chosen), *arguments)
        for row, dist in self._single:
            values[row] = dist.ppf(uniforms[row])
        return values
