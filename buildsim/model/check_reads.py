"""What the problems of the check stand on: one row for each kind of problem, read where a model has form errors too.

A problem without a row is told only when the form is right. `tests/model/test_load_all_at_once.py` fails for a row that
leaves out what the check looks at.
"""

from datetime import date

from buildsim.model.gaps import Rule
from buildsim.model.remainder import Independence

_HALL = "sites.*.halls.*"
_THIS_HALL = "sites.{0}.halls.{1}"
_POWER = ("sites.{0}.power.**", "sites.{0}.live", "sites.{0}.halls.*.mw", "sites.{0}.halls.*.template")
_ACTIVITIES = "templates.*.activities"
_TRANCHE = "contracts.*.tranches.*"
_TOGETHER = (
    *(f"{_TRANCHE}.{name}" for name in ("mw", "gpus", "generation", "blocks", "substitutes", "delivered", "option")),
    "generations.*.kw_per_gpu",
)
_OWN_BLOCKS = ("contracts.{0}.tranches.{1}.blocks", "contracts.{0}.tranches.{1}.substitutes")
_SIZE = ("contracts.{0}.tranches.{1}.generation", "generations.{generation}.kw_per_gpu")
_BUILT = (f"{_HALL}.gpus.generation", "contracts.{0}.tranches.{1}.generation", "generations.*")
_PAPERS = ("contracts.{0}.master", "contracts.{0}.terms.**", "contracts.{0}.tranches.{1}.**", "masters.**")
_DELIVERED = "contracts.{0}.tranches.{1}.delivered"
_STAGE = "leases.*.stages.*"
_STAGE_WORK = (
    "leases.{0}.site",
    "leases.{0}.stages.{1}.halls",
    "sites.{site}.halls.*.template",
    f"{_ACTIVITIES}.*",
)
_CREWS = (
    "sites.{0}.market",
    "labour.{market}.**",
    "trades.**",
    "productivity.**",
    "templates.{template}.**",
    f"{_THIS_HALL}.mw",
    f"{_THIS_HALL}.programme_day",
    f"{_THIS_HALL}.done.**",
    "levers.**",
)
_PAID = ("labour.*.*", "trades.*.wage", "levers.{0}.markets", "levers.{0}.trades")

RULES = (
    Rule("**", "cannot be an id"),
    Rule("start", "is out of range"),
    Rule("horizon", "is out of range"),
    Rule("horizon", "not after the start", ("start",)),
    Rule("horizon", "years after the start", ("start",)),
    Rule("information", "after the horizon", ("horizon",)),
    Rule("", "either sites or a network", ("sites.*", "network")),
    Rule("labour.*.*", "there is no trade", ("trades.*",)),
    # levers
    Rule("levers.*.markets.*", "there is no labour market", ("labour.*",)),
    Rule("levers.*.trades.*", "there is no trade", ("trades.*",)),
    Rule("levers.*.sites.*", "there is no site", ("sites.*",)),
    Rule("levers.*.activities.*", "there is no activity", (f"{_ACTIVITIES}.*",)),
    Rule("levers.*.premium", "which is not declared", _PAID),
    Rule("levers.*.differential", "which is not declared", _PAID),
    Rule("levers.*.market", "there is no labour market", ("labour.*",)),
    Rule("levers.*.to", "there is no labour market", ("labour.*",)),
    Rule("levers.*.to", "no trade in common", ("labour.*.*", "levers.{0}.market")),
    Rule("levers.*.trades.*", "nobody of the trade", ("labour.*.*", "trades.*", "levers.{0}.market", "levers.{0}.to")),
    Rule("levers.*.use", "does not go together", ("levers.**",)),
    # templates
    Rule("commissioning.agents", "there may be none", (f"{_ACTIVITIES}.*.needs",)),
    Rule(_ACTIVITIES, "needs activities", ("templates.{0}.activities.*",)),
    Rule(_ACTIVITIES, "more than one delivery", ("templates.{0}.activities.*",)),
    Rule(f"{_ACTIVITIES}.*.trade", "there is no trade", ("trades.*",)),
    Rule(f"{_ACTIVITIES}.*.after.*", "there is no activity", ("templates.{0}.activities.*",)),
    Rule(f"{_ACTIVITIES}.*.after", "in a circle"),
    Rule(f"{_ACTIVITIES}.*.needs", "the model declares none", ("commissioning",)),
    # sites
    Rule("sites.*.market", "there is no labour market", ("labour.*",)),
    Rule("sites.*.market", "needs a market", ("labour.*",)),
    Rule("sites.*.calendar", "there is no calendar", ("calendars.*",)),
    Rule("sites.*.calendar", "needs a calendar", ("calendars.*",)),
    Rule("sites.*.weather", "there is no weather region", ("weather.*",)),
    Rule(f"{_HALL}.template", "there is no template", ("templates.*",)),
    Rule(f"{_HALL}.template", "which nobody supplies", _CREWS),
    Rule(f"{_HALL}.template", "but the pool has", _CREWS),
    Rule(f"{_HALL}.template", "but the site has room", (*_CREWS, "sites.{0}.access")),
    Rule(f"{_HALL}.done.*", "there is no activity", (f"{_THIS_HALL}.template", "templates.{template}.activities.*")),
    Rule(
        f"{_HALL}.activities.*", "there is no activity", (f"{_THIS_HALL}.template", "templates.{template}.activities.*")
    ),
    Rule(f"{_HALL}.target", "before the start", ("start",)),
    Rule(f"{_HALL}.start", "after the horizon", ("horizon",)),
    Rule(
        f"{_HALL}.start",
        "nothing says how far it has got",
        ("start", f"{_THIS_HALL}.programme_day", f"{_THIS_HALL}.done.**"),
    ),
    Rule(f"{_HALL}.gpus.generation", "there is no generation", ("generations.*",)),
    Rule(
        f"{_HALL}.gpus.generation",
        "needs liquid cooling",
        (f"{_THIS_HALL}.template", "templates.{template}.cooling", "generations.{generation}.cooling"),
    ),
    Rule(
        f"{_HALL}.gpus.count",
        "but the hall has",
        (f"{_THIS_HALL}.mw", f"{_THIS_HALL}.gpus.generation", "generations.{generation}.kw_per_gpu"),
    ),
    Rule(
        f"{_HALL}.mw",
        "MW of load banks",
        (f"{_THIS_HALL}.template", "templates.{template}.activities.*.needs", "commissioning.load_banks"),
    ),
    Rule("sites.*.power.*.steps.*.date", "before the start", ("start",)),
    Rule("sites.*.power.*.retire_with", "there is no source", ("sites.{0}.power.*",)),
    Rule("sites.*.power", "halls but no power", (*_POWER, f"{_ACTIVITIES}.*")),
    Rule("sites.*.power", "the sources bring", (*_POWER, f"{_ACTIVITIES}.*")),
    Rule(
        "sites.*.power",
        "past their energisation",
        (*_POWER, "templates.**", "trades.**", "sites.{0}.halls.*.programme_day", "sites.{0}.halls.*.done.**"),
    ),
    Rule("sites.*.live", "energised at the start", ("sites.{0}.power.**",)),
    # disturbances, contracts, network
    Rule("disruptions.*.sites.*", "there is no site", ("sites.*",)),
    Rule("disruptions.*.kind", "no 'demand'", ("demand",)),
    Rule("demand.changes.*.date", "before the start", ("start",)),
    Rule("demand.changes.*.date", "on the day of", ("demand.changes.*.date",)),
    Rule("disruptions.*.item", "there is no class of equipment", (f"{_ACTIVITIES}.*.item",)),
    Rule("contracts.*.customer", "there is no customer", ("customers.*",)),
    Rule("masters.*.customer", "there is no customer", ("customers.*",)),
    Rule("masters.*.terms.force_majeure.*", "there is no kind", ("disruptions.*", "leases.*")),
    Rule("contracts.*.terms.force_majeure.*", "there is no kind", ("disruptions.*", "leases.*")),
    Rule("contracts.*.master", "there is no master", ("masters.*",)),
    Rule("contracts.*.master", "is an agreement with", ("contracts.{0}.customer", "masters.{master}.customer")),
    Rule(f"{_TRANCHE}.force_majeure.*", "there is no kind", ("disruptions.*", "leases.*")),
    Rule(f"{_TRANCHE}.generation", "there is no generation", ("generations.*",)),
    Rule(f"{_TRANCHE}.blocks.*", "but the tranche is for", _BUILT),
    Rule(f"{_TRANCHE}.substitutes.*", "but the tranche is for", _BUILT),
    Rule(f"{_TRANCHE}.longstop", "comes before", _PAPERS),
    Rule(f"{_TRANCHE}.outside", "comes before", _PAPERS),
    Rule(f"{_TRANCHE}.term", "no term over which", _PAPERS),
    Rule(f"{_TRANCHE}.price", "but sized in MW", _PAPERS),
    Rule(f"{_TRANCHE}.cap", "share of its value", _PAPERS),
    Rule(f"{_TRANCHE}.prepayment", "share of its value", _PAPERS),
    Rule(f"{_TRANCHE}.credits", "it has no fee", _PAPERS),
    Rule(f"{_TRANCHE}.prepayment", "credited over its term", _PAPERS),
    Rule(f"{_TRANCHE}.since", "after the start", ("start", _DELIVERED)),
    Rule(f"{_TRANCHE}.blocks.*", "there is no block or site", (_HALL, _DELIVERED)),
    Rule(f"{_TRANCHE}.substitutes.*", "there is no block or site", (_HALL, _DELIVERED)),
    Rule(f"{_TRANCHE}.option.exercise_by", "before the start", ("start", _DELIVERED)),
    Rule(f"{_TRANCHE}.option.exercise_by", "before its contract is signed", ("contracts.{0}.signed", _DELIVERED)),
    Rule(f"{_TRANCHE}.due", "before the start", ("start", _DELIVERED)),
    Rule(f"{_TRANCHE}.due", "before its contract is signed", ("contracts.{0}.signed", _DELIVERED)),
    Rule(f"{_TRANCHE}.mw", "its blocks have", (f"{_HALL}.mw", *_OWN_BLOCKS, _DELIVERED)),
    Rule(f"{_TRANCHE}.gpus", "its blocks have", (f"{_HALL}.mw", *_OWN_BLOCKS, _DELIVERED, *_SIZE)),
    Rule(f"{_TRANCHE}.mw", "MW together", (f"{_HALL}.mw", *_TOGETHER)),
    Rule(f"{_TRANCHE}.gpus", "MW together", (f"{_HALL}.mw", *_TOGETHER)),
    Rule("remarketing.prospects.*.customer", "there is no customer", ("customers.*",)),
    Rule("remarketing.prospects.*.generation", "there is no generation", ("generations.*",)),
    Rule("remarketing.backstop.until", "before the start", ("start",)),
    # leases and deals
    Rule("leases.*.site", "there is no site", ("sites.*",)),
    Rule(f"{_STAGE}.halls.*", "there is no hall", ("leases.{0}.site", "sites.{site}.halls.*")),
    Rule(f"{_STAGE}.halls.*", "is handed over by", ("leases.*.site", f"{_STAGE}.halls", "sites.*.halls.*")),
    Rule(f"{_STAGE}.before.*", "there is no activity", _STAGE_WORK),
    Rule(f"{_STAGE}.before.*", "not done in the hall", (*_STAGE_WORK, f"{_ACTIVITIES}.*.kind")),
    Rule(f"{_STAGE}.handed_over", "after the information date", ("start", "information")),
    Rule(
        f"{_STAGE}.overdue",
        "not overdue",
        ("start", "information", "leases.{0}.stages.{1}.promised", "leases.{0}.stages.{1}.handed_over"),
    ),
    Rule(
        f"{_STAGE}.promised",
        "before the start",
        ("start", *(f"leases.{{0}}.stages.{{1}}.{name}" for name in ("handed_over", "overdue", "handover"))),
    ),
    Rule("deals.*.sites.*", "there is no site", ("sites.*",)),
    Rule("deals.*.leases.*", "there is no lease", ("leases.*",)),
    Rule("deals.*.leases.*", "has been handed over", ("leases.*.stages.*.handed_over", "deals.{0}.kind")),
    Rule("deals.*.leases.*", "names the lease", ("deals.*.leases", "deals.*.kind")),
    Rule("deals.*.exercise_by", "before the start", ("start",)),
    Rule("deals.*.closes", "before the start", ("start",)),
    Rule("deals.*.vote.date", "before the start", ("start",)),
    Rule("deals.*.vote.date", "after the closing", ("start", "deals.{0}.closes")),
    Rule("network.activities", "needs activities", ("network.activities.*",)),
    Rule("network.activities.*.after.*", "there is no activity", ("network.activities.*",)),
    Rule("network.activities.*.after", "in a circle"),
    Rule("network.activities.*.uses.*", "there is no resource", ("network.resources.*",)),
    Rule("network.activities.*.uses.*", "but there are", ("network.resources.*",)),
    # last, since its path is that of much above: changes that halls make to their template
    Rule(
        f"{_HALL}.activities.**",
        "",
        (f"{_THIS_HALL}.template", "templates.{template}.**", f"{_THIS_HALL}.activities.**"),
    ),
)

INDEPENDENCE = Independence(RULES, {"start": date(2000, 1, 1), "horizon": date(2100, 1, 1)})
"""For the check of a model. With a stand-in, most horizons lie after the start, at most 150 years."""
