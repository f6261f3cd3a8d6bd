"""Problems that show only once a model is compiled, told with the line of the model file all the same."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from buildsim.errors import InputError, Problem

SECTIONS = ("drivers", "correlations")
"""The sections of a model whose names of quantities are known only then."""


@contextmanager
def placed(model: str, settings: Sequence[str] | None, scenarios: Sequence[str]) -> Iterator[None]:
    """Give file and line to problems with the drivers and correlations of a model file."""
    try:
        yield
    except InputError as error:
        if not any(_lost(problem) for problem in error.problems):
            raise
        from buildsim.model.reading import assemble
        from buildsim.model.root import Model
        from buildsim.model.translate import located

        root = assemble(model, Model, settings, scenarios).root
        problems = [located(problem, root) if _lost(problem) else problem for problem in error.problems]
        raise InputError(problems) from error


def _lost(problem: Problem) -> bool:
    return problem.line is None and problem.path.partition(".")[0] in SECTIONS
