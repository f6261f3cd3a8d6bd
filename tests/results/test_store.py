"""Blocks land whole or not at all, and what is read is an unbroken run of replications."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.errors import InputError
from buildsim.results.columns import Values, to_arrow
from buildsim.results.store import (
    FolderStore,
    MemoryStore,
    Span,
    Store,
    gaps,
    read_table,
    replications_in,
    store_digest,
    unbroken,
)
from buildsim.results.tables import TABLES


def block(span: Span) -> dict[str, Any]:
    """A block in which a single table has rows, one for each replication."""
    rows = list(range(span.first, span.end))
    columns: dict[str, Values] = {
        "replication": rows, "block": ["denton/h01"] * len(rows), "activity": [f"A{row % 3}" for row in rows],
        "waits_for": [""] * len(rows),
    }  # fmt: skip
    inputs: dict[str, Values] = {"replication": rows, "x": [row / 8 for row in rows]}
    filled = {"unfinished": columns, "inputs": inputs}
    return {name: to_arrow(table, filled.get(name, {}), {}, ["x"]) for name, table in TABLES.items()}


def filled(store: Store, *spans: Span) -> Store:
    store.put_plan(block(Span(0, 1)), ["x"])
    for span in spans:
        store.put(span, block(span))
    return store


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FolderStore(tmp_path)


def test_blocks_are_read_in_replication_order(store: Store) -> None:
    filled(store, Span(5, 3), Span(0, 5), Span(8, 1))
    assert store.spans() == [Span(0, 5), Span(5, 3), Span(8, 1)]
    assert read_table(store, "unfinished").column("replication").to_pylist() == list(range(9))
    assert replications_in(store) == 9
    assert store.plan("unfinished").num_rows == 1
    assert store.names() == ["x"]


def test_nothing_is_read_beyond_a_gap(store: Store) -> None:
    filled(store, Span(0, 5), Span(7, 2))
    assert replications_in(store) == 5
    assert read_table(store, "unfinished").num_rows == 5
    assert store_digest(store) == store_digest(filled(MemoryStore(), Span(0, 5)))


def test_an_empty_store_has_empty_tables(store: Store) -> None:
    assert replications_in(store) == 0
    assert read_table(store, "go_live").num_rows == 0
    assert len(store_digest(store)) == 64


def test_blocks_do_not_show_in_the_digest(store: Store) -> None:
    assert store_digest(filled(store, Span(0, 2), Span(2, 7))) == store_digest(filled(MemoryStore(), Span(0, 9)))
    assert store_digest(store) != store_digest(filled(MemoryStore(), Span(0, 8)))


def test_every_table_is_a_parquet_file_of_its_own_with_units(tmp_path: Path) -> None:
    filled(FolderStore(tmp_path), Span(0, 50))
    folder = tmp_path / "blocks" / "000000-000049"
    assert sorted(file.name for file in folder.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)
    for name, table in TABLES.items():
        schema = pq.read_schema(folder / f"{name}.parquet")
        for column in table:
            assert schema.field(column.name).metadata[b"unit"] == column.unit.encode()
    assert pq.ParquetFile(folder / "unfinished.parquet").metadata.row_group(0).column(1).compression == "ZSTD"


def test_a_block_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    tables = block(Span(0, 5))
    del tables["unfinished"]
    with pytest.raises(KeyError):
        store.put(Span(0, 5), tables)
    assert store.spans() == []
    assert list((tmp_path / "blocks").iterdir()) == []


def test_a_block_that_is_there_is_left_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    filled(store, Span(0, 5))
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "blocks").rglob("*.parquet")}
    store.put(Span(0, 5), block(Span(0, 5)))
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "blocks").rglob("*.parquet")} == before


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    filled(store, Span(0, 5), Span(5, 5), Span(10, 5))
    half = tmp_path / "blocks" / "000015-000019.1234.tmp"
    half.mkdir()
    (half / "go_live.parquet").write_bytes(b"PAR1")
    (tmp_path / "manifest.json.tmp").write_text("{")
    missing = tmp_path / "blocks" / "000005-000009" / "power.parquet"
    missing.unlink()
    cut = tmp_path / "blocks" / "000010-000014" / "inputs.parquet"
    cut.write_bytes(cut.read_bytes()[:-5])
    assert store.has_plan()
    store.clean()
    assert store.spans() == [Span(0, 5)]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_plan_that_is_cut_short_is_no_plan(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert not store.has_plan()
    filled(store)
    assert store.has_plan()
    (tmp_path / "plan" / "power.parquet").write_bytes(b"")
    assert not store.has_plan()
    store.put_plan(block(Span(0, 1)), ["x"])
    assert store.has_plan()


def test_blocks_that_overlap_are_refused(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    filled(store, Span(0, 5), Span(4, 5))
    with pytest.raises(InputError, match="two blocks hold replication 4"):
        store.spans()


def test_other_things_among_the_blocks_are_ignored(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    filled(store, Span(0, 5))
    (tmp_path / "blocks" / "notes").mkdir()
    (tmp_path / "blocks" / "a-b").mkdir()
    store.clean()
    assert store.spans() == [Span(0, 5)]
    assert (tmp_path / "blocks" / "notes").exists()


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    found, reached = [], 0
    for gap, count in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=6)):
        found.append(Span(reached + gap, count))
        reached = found[-1].end
    return found


@given(spans(), st.integers(1, 40))
def test_spans_and_gaps_make_up_all_replications(found: list[Span], replications: int) -> None:
    inside = {number for span in found for number in range(span.first, span.end)}
    missing = [number for span in gaps(found, replications) for number in range(span.first, span.end)]
    assert missing == sorted(set(range(replications)) - inside)
    assert all(span.count > 0 for span in gaps(found, replications))


@given(spans())
def test_unbroken_ends_at_the_first_gap(found: list[Span]) -> None:
    kept = [number for span in unbroken(found) for number in range(span.first, span.end)]
    inside = {number for span in found for number in range(span.first, span.end)}
    assert kept == list(range(len(kept)))
    assert len(kept) not in inside
