"""Every table and column is defined once and completely, and what is written follows the definitions."""

import re

import numpy as np
import pyarrow as pa
import pytest

from buildsim.results.columns import VALUES, stored_schema, to_arrow
from buildsim.results.tables import TABLES, Table, render_tables

INTERFACE = {
    "go_live": "replication site block mw gpus generation live planned target dropped",
    "milestones": (
        "replication contract customer tranche mw value due delivered late outcome damages deferred cause last_block "
        "extended noticed prepaid credited refunded kept"
    ),
    "contract_events": "replication contract customer tranche block day event mw usd",
    "withdrawals": "replication contract customer tranche day mw value trigger cause remarketed recovered",
    "placements": "replication contract customer tranche taker kind agreed service until mw value",
    "leases": "replication lease landlord site stage mw promised handed_over late outcome rent abated step_in",
    "deals": "replication deal kind partner closed outcome mw price rent_saved",
    "delays": "replication site block cause days planned_days",
    "activities": "replication site block activity ready start finish released_by waited_for",
    "power": "replication site source day event block mw energised allocated",
    "deliveries": "replication site block generation lot day event gpus",
    "driving": "replication target block activity begin end cause",
    "labour": "replication market trade week workers pool experienced licensed came went on_site travelling waiting "
    "absence skill overtime rework spent overtime_hours earned mended lost_weather lost_absence lost_skill "
    "lost_fatigue lost_rework lost_crowding cost",
    "costs": "replication market trade item usd",
    "disruptions": "replication kind name where day days",
    "unfinished": "replication block activity waits_for",
    "inputs": "replication",
}
UNITS = {"number", "id", "MW", "GPUs", "USD", "days", "days since start", "workers", "craft-hours", "base unit", "-"}


def test_the_tables_are_those_of_the_interface() -> None:
    assert {name: " ".join(column.name for column in table) for name, table in TABLES.items()} == INTERFACE


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_has_a_unit_and_a_meaning(table: Table) -> None:
    assert table.row
    for column in (*table, *([table.per_input] if table.per_input else [])):
        assert column.unit in UNITS, column
        assert (column.unit == "id") == (column.dtype == "text"), column
        assert re.fullmatch(r"[A-Z].{8,}\.", column.meaning), column


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_schema_follows_the_definition(table: Table) -> None:
    schema = stored_schema(table, ["a", "b"])
    kinds = {"int32": pa.int32(), "float64": pa.float64(), "text": pa.dictionary(pa.int32(), pa.string())}
    for column in table:
        field = schema.field(column.name)
        assert field.type == kinds[column.dtype]
        assert field.metadata == {b"unit": column.unit.encode(), b"meaning": column.meaning.encode()}
    assert schema.names == [column.name for column in table] + ([VALUES] if table.per_input else [])


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_columns_make_an_empty_table_with_the_schema(table: Table) -> None:
    empty = to_arrow(table, {}, {}, ["a"])
    assert empty.num_rows == 0
    assert empty.schema.equals(stored_schema(table, ["a"]), check_metadata=True)


def test_the_gpus_of_a_block_are_whole_numbers() -> None:
    assert TABLES["go_live"].column("gpus").dtype == "int32"
    assert np.dtype(TABLES["go_live"].column("gpus").dtype).itemsize == 4


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(KeyError, match="go_live has no column megawatts"):
        TABLES["go_live"].column("megawatts")


def test_the_page_tells_of_every_column() -> None:
    page = render_tables()
    for table in TABLES.values():
        section = page.split(f"## {table.name}\n")[1].split("\n## ")[0]
        assert table.row in section
        for column in table:
            assert f"| `{column.name}` | {column.dtype} | {column.unit} | {column.meaning} |" in section
    assert "| (the quantity's name) | float64 |" in page
