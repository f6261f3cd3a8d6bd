"""Writing an imported network as a model file."""

import json
from datetime import date, timedelta
from math import ceil

from buildsim import __version__
from buildsim.model.importing.project import Project
from buildsim.model.importing.spread import Spread, days_text

START = date(2025, 1, 1)
"""The start of an imported network, which has no dates of its own."""
LONGEST = 36524
"""The horizon lies at most so far from the start, about a hundred years [days]."""


def model_text(project: Project, spread: Spread | None = None, rank: str = "latest_finish") -> str:
    """Return the YAML text of the model of a network: activities `a0`, `a1`, ..., crews `r1`, `r2`, ...

    The horizon is the sum of all durations, so that one activity after the other would still end by it, but no later
    than about a hundred years. `spread` makes the durations uncertain.
    """
    total = sum(project.durations) * (spread.longest if spread else 1.0)
    horizon = START + timedelta(days=max(1, min(ceil(total), LONGEST)))
    size = f"{len(project.durations):,} activities, {project.links:,} links, {len(project.capacities)} kinds of crew"
    crews = ", ".join(f"r{kind}: {amount}" for kind, amount in enumerate(project.capacities, start=1))
    origin = f"imported from {project.origin}"
    lines = [
        f"# Imported by buildsim {__version__} from another tool's file: {size}.",
        "# Activities and crews keep the order of the file; day 0 is arbitrary.",
        f"name: {_quoted(project.name)}",
        f"description: {_quoted(f'{size}, {origin}')}",
        f"start: {START}",
        f"horizon: {horizon}",
        f"source: {_quoted(origin)}",
        f"policy: {{rank: {rank}}}",
        "network:",
        f"  resources: {{{crews}}}",
        "  activities:",
    ]
    for activity, before in enumerate(project.predecessors):
        days = project.durations[activity]
        parts = [f"duration: {spread.text(days) if spread else days_text(days)}"]
        held = [f"r{kind}: {amount}" for kind, amount in enumerate(project.uses[activity], start=1) if amount]
        parts += [f"uses: {{{', '.join(held)}}}"] if held else []
        parts += [f"after: [{', '.join(f'a{number}' for number in before)}]"] if before else []
        lines.append(f"    a{activity}: {{{', '.join(parts)}}}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Text in double quotes: what JSON writes without escaping letters is a YAML string too."""
    return json.dumps(text, ensure_ascii=False)
