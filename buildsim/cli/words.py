"""Numbers in words: so many of something, and power in whole MW."""

from collections.abc import Sequence


def count(number: int, noun: str, plural: str | None = None) -> str:
    """So many of something: `1 site`, `25 sites`, `no sites`."""
    many = plural or f"{noun}s"
    return f"{number or 'no'} {many}" if number == 0 else f"{number:,} {noun if number == 1 else many}"


def mw(power: float) -> str:
    """Power in whole MW: `1,730 MW`, below ten with a fraction: `4.5 MW`."""
    return f"{power:,.0f} MW" if abs(power) >= 9.95 or power == int(power) else f"{power:,.1f} MW"


def without_told(groups: Sequence[str]) -> list[str]:
    """What is so in a run without groups of causes, a line each: `without weather: no weather and no storms`."""
    from buildsim.program.groups import GROUPS

    return [f"without {group}: {GROUPS[group]}" for group in groups]
