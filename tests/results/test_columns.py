"""Columns to Arrow and back: what is refused, how text is coded, how the wide table of inputs is stored."""

from typing import Any

import numpy as np
import pytest

from buildsim.errors import RunError
from buildsim.results.columns import Values, concatenate, frame, to_arrow, values_of, widen
from buildsim.results.tables import TABLES

UNFINISHED, INPUTS = TABLES["unfinished"], TABLES["inputs"]


def unfinished(blocks: Values, **others: Values) -> dict[str, Values]:
    """The columns of a table `unfinished` whose rows differ in their block."""
    rows = len(blocks)
    same: dict[str, Values] = {"replication": [3] * rows, "activity": ["A1"] * rows, "waits_for": [""] * rows}
    return {**same, "block": blocks, **others}


def texts(table: Any, column: str = "block") -> list[str]:
    return [str(text) for text in table.column(column).to_pylist()]


def test_text_comes_as_strings_or_as_codes() -> None:
    names = {("unfinished", "block"): ["b", "a"]}
    coded = to_arrow(UNFINISHED, unfinished(np.array([1, 0, 1])), names, [])
    listed = to_arrow(UNFINISHED, unfinished([1, 0, 1]), names, [])
    spelt = to_arrow(UNFINISHED, unfinished(["a", "b", "a"]), names, [])
    array = to_arrow(UNFINISHED, unfinished(np.array(["a", "b", "a"])), names, [])
    assert texts(coded) == texts(listed) == texts(spelt) == texts(array) == ["a", "b", "a"]


@pytest.mark.parametrize("values", [[], np.array([], dtype=np.int64), np.array([], dtype=str)])
def test_no_rows_are_no_trouble(values: Values) -> None:
    assert to_arrow(UNFINISHED, unfinished(values), {}, []).num_rows == 0


@pytest.mark.parametrize("codes", [[0, 2], [-1, 0]])
def test_codes_outside_the_categories_are_refused(codes: list[int]) -> None:
    with pytest.raises(RunError, match=r"table unfinished, column block: codes from -?\d to \d, but 2 categories"):
        to_arrow(UNFINISHED, unfinished(codes), {("unfinished", "block"): ["a", "b"]}, [])


def test_codes_without_categories_are_refused() -> None:
    with pytest.raises(RunError, match="but 0 categories"):
        to_arrow(UNFINISHED, unfinished([0]), {}, [])


@pytest.mark.parametrize("values", [[0.5], [None], ["a", None], ["a", 1], [object()]])
def test_text_that_is_none_is_refused(values: list[Any]) -> None:
    with pytest.raises(RunError, match="table unfinished, column block: "):
        to_arrow(UNFINISHED, unfinished(values), {}, [])


@pytest.mark.parametrize("values", [[0.5], [2**31], ["x"]])
def test_whole_numbers_are_whole(values: list[Any]) -> None:
    with pytest.raises(RunError, match="table unfinished, column replication: "):
        to_arrow(UNFINISHED, unfinished(["a"], replication=values), {}, [])


def test_columns_must_be_those_of_the_table() -> None:
    columns = unfinished(["a"], spare=["x"])
    del columns["activity"]
    with pytest.raises(RunError, match=r"missing \['activity'\], unknown \['spare'\]"):
        to_arrow(UNFINISHED, columns, {}, [])


def test_columns_must_be_of_one_length() -> None:
    with pytest.raises(RunError, match=r"unequal length, 2 rows but not in \['waits_for'\]"):
        to_arrow(UNFINISHED, unfinished(["a", "b"], waits_for=[""]), {}, [])


def test_categories_keep_the_declared_order() -> None:
    names = {("unfinished", "block"): ["z", "m", "a"]}
    blocks = [to_arrow(UNFINISHED, unfinished([code]), names, []) for code in (2, 0)]
    read = frame(UNFINISHED, concatenate(UNFINISHED, blocks, []), [])
    assert list(read["block"]) == ["a", "z"]
    assert list(read["block"].cat.categories) == ["z", "m", "a"]


def test_categories_that_differ_between_blocks_are_sorted() -> None:
    cuts = [[["b"], ["c", "a"]], [["b", "c", "a"]], [["b", "c"], [], ["a"]]]
    for cut in cuts:
        blocks = [to_arrow(UNFINISHED, unfinished(part), {}, []) for part in cut]
        read = frame(UNFINISHED, concatenate(UNFINISHED, blocks, []), [])
        assert list(read["block"]) == ["b", "c", "a"]
        assert list(read["block"].cat.categories) == ["a", "b", "c"]


def test_nothing_concatenates_to_an_empty_frame() -> None:
    for table in TABLES.values():
        empty = frame(table, concatenate(table, [], ["x"]), ["x"])
        assert len(empty) == 0
        assert list(empty.columns) == [column.name for column in table] + (["x"] if table.per_input else [])


def test_inputs_are_stored_as_lists_and_read_as_columns() -> None:
    names = ["sites.denton.h01.duration", "drivers.craft-hours"]
    first = to_arrow(INPUTS, {"replication": [0, 1], names[0]: [1.0, 2.0], names[1]: [0.5, 0.25]}, {}, names)
    second = to_arrow(INPUTS, {"replication": [2], names[0]: [3.0], names[1]: [0.125]}, {}, names)
    stored = concatenate(INPUTS, [first, second], names)
    assert values_of(stored, names).tolist() == [[1.0, 0.5], [2.0, 0.25], [3.0, 0.125]]
    read = frame(INPUTS, stored, names)
    assert list(read.columns) == ["replication", *names]
    assert read["replication"].dtype == np.int32
    assert read[names[1]].tolist() == [0.5, 0.25, 0.125]
    assert widen(INPUTS, stored, names).to_pydict() == {name: read[name].tolist() for name in read}


def test_inputs_may_be_none() -> None:
    stored = to_arrow(INPUTS, {"replication": [0, 1]}, {}, [])
    assert frame(INPUTS, stored, [])["replication"].tolist() == [0, 1]


def test_frames_hold_what_was_given() -> None:
    columns: dict[str, Values] = {
        "replication": [0], "site": ["denton"], "block": ["denton/h01"], "mw": [20.0], "gpus": [10_512],
        "generation": ["GB200"], "live": [np.nan], "planned": [62.5], "target": [63.0],
        "dropped": [np.nan],
    }  # fmt: skip
    read = frame(TABLES["go_live"], to_arrow(TABLES["go_live"], columns, {}, []), [])
    dtypes = {name: str(dtype) for name, dtype in read.dtypes.items()}
    assert dtypes["gpus"] == "int32"
    assert dtypes["live"] == "float64"
    assert dtypes["site"] == "category"
    assert read.loc[0, "gpus"] == 10_512
    assert read["live"].isna().tolist() == [True]
