"""`buildsim digest`: one hash of what the replications of a run produced."""

from buildsim.cli.console import print_json, raw
from buildsim.cli.options import AsJson, RunFolder


def digest(run: RunFolder, as_json: AsJson = False) -> None:
    """Print one hash of what the replications produced: the same for any number of workers."""
    from buildsim.run.run import open_run

    opened = open_run(run)
    if as_json:
        print_json({"run": str(run), "digest": opened.digest(), "replications": opened.replications})
    else:
        raw(opened.digest())
