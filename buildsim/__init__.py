"""Discrete-event simulation of AI data-centre build-out.

    import buildsim as bs

    model = bs.load("examples/one-hall")
    run = bs.simulate(model, replications=200, seed=1)
    run.go_live

Everything here is loaded when it is first asked for, so that the command line starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buildsim import plots
    from buildsim.analysis import contracts
    from buildsim.analysis.but_for import but_for
    from buildsim.analysis.compare import Comparison, compare
    from buildsim.analysis.multiple import compare_many
    from buildsim.analysis.selection import select_best
    from buildsim.analysis.sweep import sweep
    from buildsim.errors import BuildsimError, InputError, Problem, RunError
    from buildsim.model import Model, shipped_models
    from buildsim.model.load import load, load_with_changes
    from buildsim.run.run import Run
    from buildsim.run.run import open_run as open
    from buildsim.run.sequential import simulate_until
    from buildsim.run.simulate import simulate

__version__ = "0.1.0"

_HOMES = {
    "BuildsimError": ("buildsim.errors", "BuildsimError"),
    "Comparison": ("buildsim.analysis.compare", "Comparison"),
    "InputError": ("buildsim.errors", "InputError"),
    "Model": ("buildsim.model", "Model"),
    "Problem": ("buildsim.errors", "Problem"),
    "Run": ("buildsim.run.run", "Run"),
    "RunError": ("buildsim.errors", "RunError"),
    "but_for": ("buildsim.analysis.but_for", "but_for"),
    "compare": ("buildsim.analysis.compare", "compare"),
    "compare_many": ("buildsim.analysis.multiple", "compare_many"),
    "contracts": ("buildsim.analysis.contracts", ""),
    "load": ("buildsim.model", "load"),
    "load_with_changes": ("buildsim.model", "load_with_changes"),
    "open": ("buildsim.run.run", "open_run"),
    "plots": ("buildsim.plots", ""),
    "shipped_models": ("buildsim.model", "shipped_models"),
    "select_best": ("buildsim.analysis.selection", "select_best"),
    "simulate": ("buildsim.run.simulate", "simulate"),
    "simulate_until": ("buildsim.run.sequential", "simulate_until"),
    "sweep": ("buildsim.analysis.sweep", "sweep"),
}

__all__ = [
    "BuildsimError",
    "Comparison",
    "InputError",
    "Model",
    "Problem",
    "Run",
    "RunError",
    "but_for",
    "compare",
    "compare_many",
    "contracts",
    "load",
    "load_with_changes",
    "open",
    "plots",
    "select_best",
    "shipped_models",
    "simulate",
    "simulate_until",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'buildsim' has no attribute '{name}'")
    module, attribute = _HOMES[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
