"""An outcome taken apart into what groups of inputs explain of it: the columns, the fits, and what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.groups import Groups, assigned
from buildsim.analysis.sensitivity.sample import Sample, basis
from buildsim.analysis.sensitivity.variance import Part, explained, regressed

PER_COLUMN = 4
"""Replications for each column of a regression; with fewer, the moments are taken."""

HIGHEST = 4
"""The highest degree of the polynomials."""

PER_HIGHER = 10
"""Replications for each column of a regression with polynomials above the degree asked for."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The groups of a sample and what they explain."""

    members: Mapping[str, Sequence[int]]
    """The inputs of each group, as positions in the sample."""
    columns: Mapping[str, Floats]
    """The polynomials of each group, standardised, shape (replications, columns)."""
    parts: Mapping[str, Part]
    """The share of the variance of each group."""
    cleared: Sequence[str]
    """The groups whose fits are taken off the outcome for the sake of the others, the clearest first."""
    y: Floats
    """The outcome, standardised."""
    left: Floats
    """What the cleared groups leave of it."""

    def target(self, label: str) -> Floats:
        """What a group is held against: the outcome for a cleared one, what is left of it for the others."""
        return self.y if label in self.cleared else self.left

    def whole(self) -> Part:
        """The share of everything."""
        known = Part(0.0, 0.0, "regression", HIGHEST)
        if self.cleared:
            known = regressed(np.hstack([self.columns[label] for label in self.cleared]), self.y)
        beside = [label for label in self.members if label not in self.cleared]
        if not beside:
            return Part(known.share, known.error, "regression", max(part.degree for part in self.parts.values()))
        rest = _moments(np.hstack([self.columns[label] for label in beside]), self.left)
        degree = min(self.parts[label].degree for label in beside)
        return Part(known.share + rest.share, float(np.hypot(known.error, rest.error)), "moments", degree)


def decompose(held: Sample, groups: Groups, degree: int = 1) -> Decomposition:
    """Take the outcome of a sample apart, see `group_shares`."""
    members = assigned(held.names, groups, held.constant)
    y = (held.values - held.values.mean()) / held.values.std()
    columns: dict[str, Floats] = {}
    parts: dict[str, Part] = {}
    for label, group in members.items():
        fits = PER_COLUMN * degree * len(group) <= held.n
        mine = min(max(held.n // (PER_HIGHER * len(group)), degree), HIGHEST) if fits else degree
        columns[label] = _columns(held, group, mine)
        if fits:
            part = regressed(columns[label], y)
            parts[label] = Part(part.share, part.error, "regression", mine)
    cleared, left = _cleared(parts, columns, y)
    for label in members:
        if label not in parts:
            part = _moments(columns[label], left)
            parts[label] = Part(part.share, part.error, "moments", degree)
    return Decomposition(members, columns, {label: parts[label] for label in members}, cleared, y, left)


def _columns(held: Sample, group: Sequence[int], degree: int) -> Floats:
    """The polynomials of a group of inputs, shape (replications, columns)."""
    found = basis(held.inputs[:, list(group)], degree).transpose(1, 0, 2).reshape(held.n, -1)
    return found[:, (found != 0.0).any(axis=0)]


def _moments(phi: Floats, left: Floats) -> Part:
    """The share of columns by moments of what is left of the outcome, as a share of the whole."""
    scale = float((left**2).mean())
    if scale < 1e-12:
        return Part(0.0, 0.0)
    part = explained(phi, left / np.sqrt(scale))
    return Part(scale * part.share, scale * part.error)


def _cleared(parts: Mapping[str, Part], columns: Mapping[str, Floats], y: Floats) -> tuple[list[str], Floats]:
    """The groups whose fits are taken off, and what is left: those two errors above zero, while there is room."""
    room, chosen = len(y) // PER_COLUMN, []
    for label in sorted(parts, key=lambda label: -parts[label].share / max(parts[label].error, 1e-12)):
        width = columns[label].shape[1]
        if parts[label].share > 2.0 * parts[label].error and width <= room:
            chosen.append(label)
            room -= width
    if not chosen:
        return [], y
    phi = np.hstack([columns[label] for label in chosen])
    fit, _, rank, _ = np.linalg.lstsq(phi, y, rcond=None)
    left: Floats = (y - phi @ fit) * np.sqrt((len(y) - 1) / (len(y) - rank - 1))
    return chosen, left
