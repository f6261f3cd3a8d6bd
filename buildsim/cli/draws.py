"""Reading given draws: `run --draws FILE`."""

from pathlib import Path
from typing import TYPE_CHECKING

from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from buildsim.model import Model

EXPECTED = "a .csv or .parquet file with a column for each quantity, or a .npy matrix"


def read_draws(path: Path, model: "Model") -> "pd.DataFrame":
    """Return the draws in a file: a column for each quantity that is given, a row for each replication.

    A .npy file holds a matrix (replications, activities) of the durations [days] of a bare network, in declared order.

    Raises:
        InputError: when the file cannot be read, or does not fit the model.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv

    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet", ".npy"):
        raise InputError(Problem("--draws", f"'{path}' is no file of draws", expected=EXPECTED))
    try:
        if kind == ".npy":
            return _matrix(path, model)
        # Arrow reads every number of a CSV file to its last bit.
        return csv.read_csv(path).to_pandas() if kind == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError, EOFError, pa.ArrowException) as error:
        message = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "it ends too early"
        problem = Problem("--draws", f"the file cannot be read: {message}", file=str(path), expected=EXPECTED)
        raise InputError(problem) from error


def _matrix(path: Path, model: "Model") -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    if model.network is None:
        message = "a matrix gives the durations of a bare network, but the model has sites"
        raise InputError(Problem("--draws", message, file=str(path), expected="a .csv or .parquet file"))
    names = [f"network.{activity}.duration" for activity in model.network.activities]
    matrix = np.load(path, allow_pickle=False)
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or matrix.shape[1] != len(names):
        shape = " x ".join(str(size) for size in getattr(matrix, "shape", ())) or "one number"
        expected = f"replications x {len(names)} activities"
        raise InputError(Problem("--draws", f"the matrix is {shape}", file=str(path), expected=expected))
    return pd.DataFrame(matrix, columns=names)
