"""The tables of a run: one definition gives each column its dtype, its unit and its meaning.

The writers, the frames, the exports and the page `docs/reference/tables.md` are all made from `TABLES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FORMAT = 2
"""The version of the tables and of the run folder; another version is refused when a folder is read."""

Dtype = Literal["int32", "float64", "text"]

INSTANT = "days since start"
"""The unit of a point in time: 0 is the model's `start`, 00:00; NaN means not by the horizon."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    """The name, as in the Parquet files and the frames."""
    dtype: Dtype
    """`int32`, `float64`, or `text` (an Arrow dictionary, a pandas category)."""
    unit: str
    """The unit: `days`, `days since start`, `MW`, `USD`, `GPUs`, `workers`, `craft-hours`, `number`; `id` for names."""
    meaning: str
    """What the column says, one sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is and which columns it has."""

    name: str
    """The name: the Parquet file's and the attribute's of a `Run`."""
    row: str
    """What one row stands for."""
    columns: tuple[Column, ...]
    """The columns, in the order in which they are written."""
    per_input: Column | None = None
    """For `inputs` alone: the column that is repeated for every uncertain quantity under the quantity's own name."""

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


_REPLICATION = Column("replication", "int32", "number", "The replication, from 0.")
_SITE = Column("site", "text", "id", "The site, by its id.")
_BLOCK = Column("block", "text", "id", "The block, as `site/hall`, for example `denton/h02`.")
_GENERATION = Column("generation", "text", "id", "The GPU generation, by its id.")
_CONTRACT = Column("contract", "text", "id", "The contract, by its id.")
_CUSTOMER = Column("customer", "text", "id", "The customer who holds the contract.")
_TRANCHE = Column("tranche", "text", "id", "The tranche, as `contract/tranche`, for example `k03/t1`.")
_ACTIVITY = Column("activity", "text", "id", "The activity, by its id in the template.")
_MARKET = Column("market", "text", "id", "The labour market, by its id.")
_TRADE = Column("trade", "text", "id", "The trade, by its id.")


def _instant(name: str, meaning: str) -> Column:
    return Column(name, "float64", INSTANT, meaning)


_GO_LIVE = Table(
    "go_live",
    "a block in a replication",
    (
        _REPLICATION,
        _SITE,
        _BLOCK,
        Column("mw", "float64", "MW", "Critical IT load of the block."),
        Column("gpus", "int32", "GPUs", "GPUs planned for the block."),
        _GENERATION,
        _instant("live", "When the block went live; NaN if it did not by the horizon."),
        _instant("planned", "When the block goes live in the planning replication; NaN if it does not by the horizon."),
        _instant("target", "End of the day that the model declares as the block's target; NaN if it declares none."),
        _instant(
            "dropped",
            "When it was settled that nobody builds it, for an option lapsed, a deal failed or a tenant ended its "
            "lease; NaN: it is built.",
        ),
    ),
)

_MILESTONES = Table(
    "milestones",
    "a tranche in a replication",
    (
        _REPLICATION,
        _CONTRACT,
        _CUSTOMER,
        _TRANCHE,
        Column("mw", "float64", "MW", "Critical IT load that the tranche promises."),
        Column("value", "float64", "USD", "Value of the tranche over its term."),
        _instant("due", "End of the day on which the tranche is due, as last agreed at the start; on it is on time."),
        _instant("delivered", "When all its MW were live; NaN if they were not by the horizon."),
        Column("late", "float64", "days", "Delivered minus due, negative when early; NaN if not delivered."),
        Column(
            "outcome",
            "text",
            "id",
            "What became of it: on_time, late, damages, redated, withdrawn, withdrawn_in_part, lapsed or pending.",
        ),
        Column("damages", "float64", "USD", "Liquidated damages that fell due by the horizon."),
        Column("deferred", "float64", "USD", "Revenue put off: value over term for each missing MW and day after due."),
        Column("cause", "text", "id", "The cause with the largest excess over plan on its last block; empty if none."),
        Column(
            "last_block",
            "text",
            "id",
            "The block that filled it, or else the last of its blocks to go live; empty if its option lapsed.",
        ),
        Column("extended", "float64", "days", "By how much force majeure moved its date."),
        _instant("noticed", "When its customer gave notice of leaving; NaN if it did not by the horizon."),
        Column("prepaid", "float64", "USD", "What was paid ahead by the horizon."),
        Column("credited", "float64", "USD", "What of it was credited against fees."),
        Column("refunded", "float64", "USD", "What of it was refunded, for MW that were withdrawn."),
        Column("kept", "float64", "USD", "What of it was kept, for MW that were withdrawn."),
    ),
)

_CONTRACT_EVENTS = Table(
    "contract_events",
    "something that happened to a tranche in a replication, in order of time for each tranche",
    (
        _REPLICATION,
        _CONTRACT,
        _CUSTOMER,
        _TRANCHE,
        Column("block", "text", "id", "The block that was delivered; empty otherwise."),
        _instant("day", "When it happened."),
        Column(
            "event",
            "text",
            "id",
            "What happened: signed, option, exercised, lapsed, extended, missed, redated, delivered, noticed, cured, "
            "withdrawn, prepaid, refunded, kept or need_fell.",
        ),
        Column("mw", "float64", "MW", "MW concerned; of a missed date, those that were missing."),
        Column("usd", "float64", "USD", "Value of these MW; of a prepayment, what was paid, refunded or kept."),
    ),
)

_WITHDRAWALS = Table(
    "withdrawals",
    "a withdrawal or a lapsed option in a replication",
    (
        _REPLICATION,
        _CONTRACT,
        _CUSTOMER,
        _TRANCHE,
        _instant("day", "When the customer withdrew or the option lapsed."),
        Column("mw", "float64", "MW", "Critical IT load that was given up."),
        Column("value", "float64", "USD", "Value of what was given up."),
        Column(
            "trigger",
            "text",
            "id",
            "What set it off: longstop, outside, lost_confidence, overbuild, in_house, rival or option_lapsed.",
        ),
        Column("cause", "text", "id", "The cause with the largest excess over plan behind it; empty if none."),
        _instant("remarketed", "When the last of it was taken over; NaN if some of it was not by the horizon."),
        Column("recovered", "float64", "USD", "What new contracts pay for it over their terms; 0 if there are none."),
    ),
)

_PLACEMENTS = Table(
    "placements",
    "somebody who took over released capacity in a replication, in the order of release and of agreement",
    (
        _REPLICATION,
        _CONTRACT,
        _CUSTOMER,
        Column("tranche", "text", "id", "The tranche that was left, as `contract/tranche`."),
        Column("taker", "text", "id", "The tranche, prospect or buyer that took it; empty for one on the market."),
        Column("kind", "text", "id", "Who took it: reassigned (a late tranche), prospect, market or backstop."),
        _instant("agreed", "When it was agreed; of the backstop, from when on it pays."),
        _instant("service", "When all of it is in the taker's service; NaN if it is not by the horizon."),
        _instant("until", "When that ends: the term, or the backstop; NaN if not by the horizon."),
        Column("mw", "float64", "MW", "Critical IT load; the backstop's is sold again from `until` on, or left."),
        Column("value", "float64", "USD", "What is paid until then; where re-assigned, its worth in that tranche."),
    ),
)

_LEASES = Table(
    "leases",
    "a stage of a lease in a replication",
    (
        _REPLICATION,
        Column("lease", "text", "id", "The lease, by its id."),
        Column("landlord", "text", "id", "Whose the building is."),
        _SITE,
        Column("stage", "text", "id", "The stage, by its id in the lease."),
        Column("mw", "float64", "MW", "Critical IT load of its halls."),
        _instant("promised", "End of the promised day; of the day of signing where a deal brings the lease later."),
        _instant("handed_over", "When it was handed over; NaN if it was not by the horizon."),
        Column("late", "float64", "days", "Handed over minus promised, negative when early; NaN if not handed over."),
        Column("outcome", "text", "id", "What became of it: on_time, late, stepped_in, ended or pending."),
        Column("rent", "float64", "USD", "Rent owed from the start to the horizon."),
        Column("abated", "float64", "USD", "Rent of that time that is not owed for lateness."),
        Column("step_in", "float64", "USD", "What stepping in cost by the horizon."),
    ),
)

_DEALS = Table(
    "deals",
    "a deal in a replication",
    (
        _REPLICATION,
        Column("deal", "text", "id", "The deal, by its id."),
        Column("kind", "text", "id", "Its kind: option, lease or acquisition."),
        Column("partner", "text", "id", "With whom."),
        _instant("closed", "When it closed; NaN if it did not by the horizon."),
        Column("outcome", "text", "id", "What became of it: closed, failed, voted_down or pending."),
        Column("mw", "float64", "MW", "Critical IT load that it brings."),
        Column("price", "float64", "USD", "What was paid by the horizon: the price, and the fee of an option."),
        Column("rent_saved", "float64", "USD", "Rent from closing to the horizon that is no longer owed."),
    ),
)

_DELAYS = Table(
    "delays",
    "a block and a cause in a replication; rows in which both figures are 0 are left out",
    (
        _REPLICATION,
        _SITE,
        _BLOCK,
        Column("cause", "text", "id", "The cause to which the days are charged."),
        Column(
            "days",
            "float64",
            "days",
            "Days from the start to go-live (or to the horizon) charged to the cause; they sum to the elapsed time.",
        ),
        Column("planned_days", "float64", "days", "The same in the planning replication; the excess over it is delay."),
    ),
)

_ACTIVITIES = Table(
    "activities",
    "an activity in one of the first replications (`keep_activities`, 100 unless told otherwise)",
    (
        _REPLICATION,
        _SITE,
        _BLOCK,
        _ACTIVITY,
        _instant("ready", "When nothing that precedes it held it back any more; NaN if that was not by the horizon."),
        _instant("start", "When it started; NaN if it did not by the horizon."),
        _instant("finish", "When it finished; NaN if it did not by the horizon."),
        Column("released_by", "text", "id", "The activity that freed what it waited for; empty if none did."),
        Column("waited_for", "text", "id", "What it waited for between ready and start; empty if nothing."),
    ),
)

_DRIVING = Table(
    "driving",
    "a stretch of the driving path to the last go-live of a site in a replication",
    (
        _REPLICATION,
        Column("target", "text", "id", "The site whose last go-live the path leads to."),
        _BLOCK,
        _ACTIVITY,
        _instant("begin", "When the stretch begins."),
        _instant("end", "When it ends; the last one ends with the go-live, or at the horizon."),
        Column("cause", "text", "id", "What the time went to, mostly."),
    ),
)

_POWER = Table(
    "power",
    "a change of the power of a site in a replication",
    (
        _REPLICATION,
        _SITE,
        Column("source", "text", "id", "The power source that changed; empty where the site's MW are allocated."),
        _instant("day", "When it happened."),
        Column("event", "text", "id", "What happened: energised, allocated or retired."),
        Column("block", "text", "id", "The block that was given MW; empty if none was."),
        Column("mw", "float64", "MW", "The MW of this change."),
        Column("energised", "float64", "MW", "MW energised at the site after it, all sources together."),
        Column("allocated", "float64", "MW", "MW allocated to blocks at the site after it."),
    ),
)

_DELIVERIES = Table(
    "deliveries",
    "an event of a lot of GPUs in a replication",
    (
        _REPLICATION,
        _SITE,
        _BLOCK,
        _GENERATION,
        Column("lot", "text", "id", "The lot of the block's order."),
        _instant("day", "When it happened."),
        Column("event", "text", "id", "What happened: ordered, shipped, delivered, lost or live."),
        Column("gpus", "int32", "GPUs", "How many GPUs it concerned."),
    ),
)

_PEOPLE = (
    ("workers", "Workers who may work, on hand in the week."),
    ("pool", "Workers in the pool, those included who may not work for want of licensed ones."),
    ("experienced", "Experienced hands in the pool."),
    ("licensed", "Licensed journeymen in the pool."),
    ("came", "Workers who came with the week: hired, travelling in or transferred."),
    ("went", "Workers who went with the week: left, retired, or whose stay was over."),
    ("on_site", "Workers at work, on average over the week."),
    ("travelling", "Workers on the way from one site to another, on average."),
    ("waiting", "Workers that waiting work asked for, the least that it needs, on average."),
)
_PACE = (
    ("absence", "Factor on output by absence."),
    ("skill", "Factor on output by the experienced share."),
    ("overtime", "Factor on output by the hours of the week and the fatigue that they bring."),
    ("rework", "Factor on output by rework that is found at once."),
)
_HOURS = (
    ("spent", "Craft-hours on site: earned, mended and lost ones together."),
    ("overtime_hours", "Of those spent, the ones over 40 a week."),
    ("earned", "Craft-hours of work done, at normal productivity."),
    ("mended", "Craft-hours of repairs after failed tests."),
    ("lost_weather", "Craft-hours lost to weather."),
    ("lost_absence", "Craft-hours lost to absence beyond the normal."),
    ("lost_skill", "Craft-hours lost for lack of experience; below 0 where more is done than normal."),
    ("lost_fatigue", "Craft-hours lost to the fatigue of overtime."),
    ("lost_rework", "Craft-hours lost to rework above the normal that is found at once."),
    ("lost_crowding", "Craft-hours lost to crowding and stacking."),
)

_LABOUR = Table(
    "labour",
    "a trade of a labour market in a week of one of the first replications (as for `activities`), to its last work",
    (
        _REPLICATION,
        _MARKET,
        _TRADE,
        _instant("week", "First day of the week."),
        *(Column(name, "float64", "workers", meaning) for name, meaning in _PEOPLE),
        *(Column(name, "float64", "-", meaning) for name, meaning in _PACE),
        *(Column(name, "float64", "craft-hours", meaning) for name, meaning in _HOURS),
        Column("cost", "float64", "USD", "What labour cost in the week; NaN where a trade has no wage."),
    ),
)

_COSTS = Table(
    "costs",
    "an item of the cost of labour of a trade and market in one of the first replications (as for `activities`)",
    (
        _REPLICATION,
        _MARKET,
        _TRADE,
        Column("item", "text", "id", "What is paid for: wages, a premium, or a lever."),
        Column("usd", "float64", "USD", "What it cost up to the horizon."),
    ),
)

_DISRUPTIONS = Table(
    "disruptions",
    "a disruption in a replication",
    (
        _REPLICATION,
        Column("kind", "text", "id", "The kind of disruption, for example permit_hold."),
        Column("name", "text", "id", "Its id in the model."),
        Column("where", "text", "id", "The site, block, shipment or item that it struck."),
        _instant("day", "When it began."),
        Column("days", "float64", "days", "How long it held things up."),
    ),
)

_UNFINISHED = Table(
    "unfinished",
    "an activity that was not finished at the horizon of a replication",
    (
        _REPLICATION,
        _BLOCK,
        _ACTIVITY,
        Column("waits_for", "text", "id", "What it still waits for; empty if it is under way."),
    ),
)

_INPUTS = Table(
    "inputs",
    "a replication",
    (_REPLICATION,),
    Column(
        "(the quantity's name)", "float64", "base unit", "The value drawn or given: days, MW, USD, a share, a number."
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _GO_LIVE,
        _MILESTONES,
        _WITHDRAWALS,
        _CONTRACT_EVENTS,
        _PLACEMENTS,
        _LEASES,
        _DEALS,
        _DELAYS,
        _ACTIVITIES,
        _DRIVING,
        _POWER,
        _DELIVERIES,
        _LABOUR,
        _COSTS,
        _DISRUPTIONS,
        _UNFINISHED,
        _INPUTS,
    )
}
"""Every table of a run by its name."""


def render_tables() -> str:
    """The page `docs/reference/tables.md`, in Markdown."""
    parts = [
        "# Tables\n",
        "The tables of a run: Parquet on disk, pandas frames as `run.go_live`, `run.milestones` and so on.",
        "The planning replication has the same tables as `run.plan.go_live` and so on.",
        f"This page is made from `buildsim.results.tables` (table format {FORMAT}).\n",
        "Days are counted from the model's `start`, 00:00, so what is due on a day is due at the end of it.",
        "NaN means: not by the horizon. Text columns are Arrow dictionaries and pandas categories.\n",
    ]
    for table in TABLES.values():
        parts += [f"## {table.name}\n", f"A row is {table.row}.\n"]
        parts += ["| column | dtype | unit | meaning |", "|---|---|---|---|"]
        columns = table.columns if table.per_input is None else (*table.columns, table.per_input)
        for column in columns:
            name = column.name if column is table.per_input else f"`{column.name}`"
            parts.append(f"| {name} | {column.dtype} | {column.unit} | {column.meaning} |")
        parts.append("")
    return "\n".join(parts)
