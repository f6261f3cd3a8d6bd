"""Bad input: every problem is told with file, line, dotted path, what was expected and the nearest valid name."""

import re
from pathlib import Path

import pytest

from buildsim.errors import InputError
from buildsim.model.load import load
from tests.model import bad_remarketing
from tests.model.bad_contracts import CONTRACTS

MODEL = """\
name: One small hall
start: 2025-07-01
horizon: 2027-12-31
source: assumption
calendars:
  us: {kind: weekly, workdays: [mon, tue, wed, thu, fri], holidays: US, closures: [12-24..01-01]}
weather:
  texas: {lost_days: {low: 0.5, mode: 1, high: 2}}
trades:
  electrical: {name: Electrical, wage: 60, crew: 10}
templates:
  hall:
    name: Hall
    per: 25 MW
    cooling: liquid
    activities:
      P1: {kind: procurement, duration: 40 weeks, ordered_ahead: 36 weeks, item: switchgear}
      A1:
        kind: work
        trade: electrical
        hours_per_mw: {low: 600, mode: 800, high: 1200}
        teams: {min: 2, planned: 7, max: 11}
      A2:
        kind: work
        trade: electrical
        hours_per_mw: 400
        teams: {min: 1, planned: 2, max: 3}
        after: [A1 SS + 15 workdays, P1]
      PW: {kind: energise, duration: 3 workdays, after: [A2]}
      G1: {kind: delivery}
      L5:
        kind: test
        duration: {low: 5 workdays, mode: 10 workdays, high: 20 workdays}
        after: [PW, G1]
        needs: [agents]
        fails: {probability: 10%, retest: 5 workdays}
productivity:
  regime: dilute
labour:
  dfw:
    electrical: {workers: 200, present: 100, ramp: 20 per month, experienced: 200 per 1000}
  austin:
    electrical: {workers: 40}
levers:
  nights: {kind: second_shift, differential: 10%, use: true}
  weeks: {kind: overtime, hours: 50, premium: 50%, markets: [austin], trades: [electrical]}
  shop: {kind: prefabrication, share: 20%, per_hour: $100, sites: ["denton"], activities: [A2]}
  moved: {kind: transfer, market: austin, to: dfw, trades: [electrical], workers: 10, per_head: $1500}
  largest: {kind: dispatch, rank: largest_mw, cost: $1000, use: true}
commissioning: {agents: 2, load_banks: 50 MW}
generations:
  GB200: {available: 2025-05-01, lead: 26 weeks, kw_per_gpu: 1.9, gpus_per_rack: 72, cooling: liquid}
logistics:
  truck: {per_shipment: 1%, days: 30 days, on: [gpus]}
disruptions:
  permits: {kind: permit_hold, sites: [denton], probability: 5%, days: 30 days}
  slump: {kind: demand_shock, per_year: 0.2, tightness: 40%, days: 300 days}
demand: {tightness: {low: 0.7, high: 1}, changes: {bust: {date: 2027-03-01, tightness: 50%}}}
sites:
  denton:
    market: dfw
    calendar: us
    weather: texas
    power:
      grid: {kind: grid, steps: {s1: {mw: 30 MW, date: {low: 2026-01-31, mode: 2026-03-31, high: 2026-09-30}}}}
      turbines: {kind: bridge, mw: 5 MW, lead: 4 months, retire_with: grid}
    halls:
      h01: {mw: 10 MW, template: hall, start: 2025-08-01, gpus: {generation: GB200, count: 5000}}
      h02: {mw: 20 MW, template: hall, start: 2025-09-01, target: 2026-10-31}
customers:
  lab: {name: A laboratory, withdrawal: {kind: lost_confidence, monthly: 2%, growth: 1.5}}
contracts:
  k1:
    customer: lab
    tranches:
      t1: {mw: 10 MW, blocks: [denton/h01], due: 2026-10-31, grace: 30 days, damages: "$26,301", value: $1.2bn}
leases:
  bluff:
    landlord: Acme
    site: denton
    rent: "$120,000"
    outside: 120 days
    then: step_in
    cut: 40%
    abatement: [{rate: 1}, {after: 30 days, rate: 2}]
    stages:
      s1: {halls: [h01], promised: 2025-07-31, late: {low: 0 days, mode: 30 days, high: 200 days}, before: [A1]}
deals:
  core: {kind: acquisition, partner: Acme, leases: [bluff], closes: 2026-01-31, vote: {probability: 60%}}
  room: {kind: lease, partner: Acme, leases: [bluff], closes: 2025-07-31, probability: 60%}
  more: {kind: option, partner: Acme, sites: ["denton"], exercise_by: 2025-12-31, probability: 50%}
policy: {rank: least_slack}
drivers:
  hours: {value: {low: 0.9, mode: 1, high: 1.2}, effect: multiply, on: ["sites.*.halls.*.*.hours_per_mw"]}
scenarios:
  thin: {set: {"labour.*.*.experienced": 20 per 1000}}
"""

HALL = "sites.denton.halls.h01"
ACTIVITY = "templates.hall.activities"
S1 = "leases.bluff.stages.s1"
A1, A2, L5 = f"{ACTIVITY}.A1", f"{ACTIVITY}.A2", f"{ACTIVITY}.L5"
T1 = "contracts.k1.tranches.t1"

MORE_NIGHTS = "  nights: {kind: second_shift, differential: 20%, use: true, markets: [dfw]}\n"

FORM = [
    pytest.param("{workers: 200, p", "{workers: -200, p", "labour.dfw.electrical.workers", "negative", id="no workers"),
    pytest.param("present: 100", "present: -1", "labour.dfw.electrical.present", "negative", id="negative present"),
    pytest.param(
        "ramp: 20 per month, e",
        "ramp: 20 per month, turnover: -5%, e",
        "labour.dfw.electrical.turnover",
        "negative",
        id="turnover",
    ),
    pytest.param(
        "ramp: 20 per month, e",
        "ramp: 20 per month, hired_experienced: 1.2, e",
        "labour.dfw.electrical.hired_experienced",
        "above 1",
        id="experienced hires",
    ),
    pytest.param("wage: 60", "wage: -60", "trades.electrical.wage", "at least 0", id="wage"),
    pytest.param("hours: 50, premium: 50%", "hours: 50", "levers.weeks.premium", "is missing", id="lever's cost"),
    pytest.param("hours: 50", "hours: 30", "levers.weeks.hours", "40", id="less than forty hours"),
    pytest.param("kind: overtime", "kind: overtme", "levers.weeks.kind", "did you mean 'overtime'", id="lever's kind"),
    pytest.param("share: 20%", "share: 120%", "levers.shop.share", "share", id="more than all in the shop"),
    pytest.param("per_hour: $100, s", "per_hours: $100, s", "levers.shop.per_hours", "'per_hour'", id="lever's key"),
    pytest.param("to: dfw", "to: austin", "levers.moved", "to itself", id="transfer to itself"),
    pytest.param("use: true}\n  weeks", "use: soon}\n  weeks", "levers.nights.use", "true", id="use"),
    pytest.param(
        "  regime: dilute", "  regime: dilute\n  rework_haste: 90%", "productivity", "'rework_haste'", id="all spoiled"
    ),
    pytest.param("crew: 10", "crw: 10", "trades.electrical.crw", "did you mean 'crew'", id="misspelt key"),
    pytest.param("labour:", "labor:", "labor", "did you mean 'labour'", id="misspelt section"),
    pytest.param("policy: {", "polic: {", "polic", "did you mean 'policy'", id="misspelt policy"),
    pytest.param("{mw: 10 MW, template", "{template", f"{HALL}.mw", "the key 'mw' is missing", id="missing key"),
    pytest.param(
        "mw: 10 MW, t", "mw: 10 weeks, t", f"{HALL}.mw", "expected a power such as '120 MW'", id="weeks as power"
    ),
    pytest.param("mw: 10 MW, t", "mw: -10 MW, t", f"{HALL}.mw", "negative", id="negative power"),
    pytest.param("mw: 10 MW, t", "mw: 0 MW, t", f"{HALL}.mw", "above 0", id="no power"),
    pytest.param("mw: 10 MW, t", "mw: .nan, t", f"{HALL}.mw", "a power", id="not a number"),
    pytest.param("mw: 10 MW, t", "mw: 1e999, t", f"{HALL}.mw", "a power", id="too large a number"),
    pytest.param("mw: 10 MW, t", "mw: yes, t", f"{HALL}.mw", "a power", id="yes as power"),
    pytest.param("mw: 10 MW, t", "mw: , t", f"{HALL}.mw", "a power", id="nothing as power"),
    pytest.param("mw: 10 MW, t", "mw: [10], t", f"{HALL}.mw", "a power", id="list as power"),
    pytest.param("lead: 4 months", "lead: 4 moths", "sites.denton.power.turbines.lead", "'4 moths'", id="unit"),
    pytest.param(
        "lead: 26 weeks", "lead: 26 workdays", "generations.GB200.lead", "elapsed", id="workdays where elapsed"
    ),
    pytest.param("low: 5 workdays", "low: 5 days", f"{L5}.duration", "workdays and elapsed", id="mixed times"),
    pytest.param("low: 600", "low: 900", f"{A1}.hours_per_mw.mode", "below low", id="low above mode"),
    pytest.param("mode: 800", "moed: 800", f"{A1}.hours_per_mw.moed", "did you mean 'mode'", id="misspelt parameter"),
    pytest.param(
        "hours_per_mw: 400",
        "hours_per_mw: {kind: normal, mean: 400, sd: -1}",
        f"{A2}.hours_per_mw.sd",
        "above 0",
        id="sd",
    ),
    pytest.param(
        "hours_per_mw: 400",
        "hours_per_mw: {kind: weibul, shape: 1}",
        f"{A2}.hours_per_mw.kind",
        "'weibull'",
        id="family",
    ),
    pytest.param(
        "hours_per_mw: 400",
        "hours_per_mw: {kind: choice, values: [1, 2], weights: [-1, 2]}",
        f"{A2}.hours_per_mw.weights",
        "above 0",
        id="weights",
    ),
    pytest.param(
        "hours_per_mw: 400", "hours_per_mw: {mean: 400, sd: 10}", f"{A2}.hours_per_mw", "kind: normal", id="mean alone"
    ),
    pytest.param(
        "probability: 5%", "probability: 150%", "disruptions.permits.probability", "share", id="share above 1"
    ),
    pytest.param(
        "experienced: 200 per",
        "experienced: 2000 per",
        "labour.dfw.electrical.experienced",
        "share",
        id="2000 per 1000",
    ),
    pytest.param("ramp: 20 per month", "ramp: 20", "labour.dfw.electrical.ramp", "per month", id="rate without period"),
    pytest.param(", ramp: 20 per month", "", "labour.dfw.electrical", "'ramp' is needed", id="no ramp"),
    pytest.param(
        "workers: 200", "workers: 50", "labour.dfw.electrical", "'present' is more", id="more present than there are"
    ),
    pytest.param("start: 2025-08-01", "start: 2025-02-30", f"{HALL}.start", "a date", id="no such day"),
    pytest.param("start: 2025-08-01", "start: 08/01/2025", f"{HALL}.start", "a date", id="American date"),
    pytest.param(
        "date: {low: 2026-01-31",
        "date: {low: 2026-04-31",
        "sites.denton.power.grid.steps.s1.date.low",
        "a date",
        id="no such day below",
    ),
    pytest.param(
        "kind: energise", "kind: energize", f"{ACTIVITY}.PW.kind", "did you mean 'energise'", id="misspelt kind"
    ),
    pytest.param("kind: delivery", "name: GPUs", f"{ACTIVITY}.G1.kind", "the key 'kind' is missing", id="no kind"),
    pytest.param("kind: grid", "kind: 5", "sites.denton.power.grid.kind", "there is no kind '5'", id="number as kind"),
    pytest.param(
        "retire_with: grid",
        "energised: 5 MW",
        "sites.denton.power.turbines.energised",
        "not known",
        id="key of another kind",
    ),
    pytest.param("regime: dilute", "regime: diluted", "productivity.regime", "did you mean 'dilute'", id="regime"),
    pytest.param("rank: least_slack", "rank: leastslack", "policy.rank", "did you mean 'least_slack'", id="rank"),
    pytest.param(
        "workdays: [mon,", "workdays: [monday,", "calendars.us.workdays[0]", "did you mean 'mon'", id="weekday"
    ),
    pytest.param("holidays: US", "holidays: Narnia", "calendars.us.holidays", "Narnia", id="holidays"),
    pytest.param("12-24..01-01", "12-24", "calendars.us.closures", "'12-24'", id="closure"),
    pytest.param("needs: [agents]", "needs: [agent]", f"{L5}.needs[0]", "did you mean 'agents'", id="need"),
    pytest.param("after: [PW, G1]", "after: PW", f"{L5}.after", "a list", id="text as list"),
    pytest.param("A1 SS + 15", "A1 SX + 15", f"{A2}.after", "not a dependence", id="dependence"),
    pytest.param("A1 SS + 15", "A1 SS - 15", f"{A2}.after", "not a dependence", id="lead instead of lag"),
    pytest.param("planned: 7", "planned: 17", f"{A1}.teams", "min <= planned <= max", id="teams"),
    pytest.param("min: 2, planned: 7", "min: 2.5, planned: 7", f"{A1}.teams.min", "a whole number", id="half a team"),
    pytest.param("name: One small hall", "name: 2025", "name", "in quotes", id="number as name"),
    pytest.param('damages: "$26,301"', "damages: $26,301", T1, "thousands comma", id="thousands comma"),
    pytest.param("value: $1.2bn", "value: €1.2bn", f"{T1}.value", "'€1.2bn'", id="euros"),
    pytest.param("{low: 0.7,", "{low: -0.7,", "demand.tightness", "negative", id="negative tightness"),
    pytest.param("{low: 0.7, high: 1}", "", "demand.tightness", "a number", id="nothing as tightness"),
    pytest.param("demand: {tight", "demand: {slack: 0.5, tight", "demand.slack", "1", id="slack below 1"),
    pytest.param("per_year: 0.2", "per_year: -2", "disruptions.slump.per_year", "negative", id="negative shocks"),
    pytest.param("tightness: 40%", "tightness: 140%", "disruptions.slump.tightness", "share", id="more than all"),
    pytest.param("{name: A laboratory", "{name: A laboratory, wear: -1", "customers.lab.wear", "0", id="wear"),
    pytest.param(
        "{kind: lost_confidence, monthly: 2%, growth: 1.5}",
        "{kind: strategic, reasons: {}}",
        "customers.lab.withdrawal.reasons",
        "no reason has a rate",
        id="no reason",
    ),
    pytest.param(
        "{kind: lost_confidence, monthly: 2%, growth: 1.5}",
        "{kind: strategic, reasons: {overbuilt: 5%, rival: 10%}}",
        "customers.lab.withdrawal.reasons.overbuilt",
        "did you mean 'overbuild'",
        id="misspelt reason",
    ),
    pytest.param(
        "{kind: lost_confidence, monthly: 2%, growth: 1.5}",
        "{kind: redate, probability: 50%, days: 60 days, times: 0}",
        "customers.lab.withdrawal.times",
        "1",
        id="no times",
    ),
    pytest.param(
        "{kind: lost_confidence", "{kind: longstop", "customers.lab.withdrawal.kind", "there is no kind", id="rule"
    ),
    pytest.param("effect: multiply", "effect: times", "drivers.hours.effect", "multiply", id="effect"),
    pytest.param("  thin: {set:", "  thin: {sett:", "scenarios.thin.sett", "did you mean 'set'", id="misspelt set"),
    pytest.param(
        "labour.*.*.exp",
        "labor.*.*.exp",
        'scenarios.thin.set."labor.*.*.experienced"',
        "'labour'",
        id="scenario's path",
    ),
    pytest.param("  h02: {mw", "  h01: {mw: 2 MW, mw", HALL, "twice, first in line", id="duplicate hall"),
    pytest.param("market: dfw", "market: {a: b}", "sites.denton.market", "text", id="mapping as text"),
    pytest.param("outside: 120 days", "outside: -5 days", "leases.bluff.outside", "negative", id="outside before 0"),
    pytest.param(
        "cut: 40%\n    ab", "ab", "leases.bluff", "'then: step_in' and 'cut' go together", id="step in by how much"
    ),
    pytest.param("    outside: 120 days\n", "", "leases.bluff", "needs an 'outside' date", id="step in when"),
    pytest.param(
        "cut: 40%\n    ab",
        "cut: 40%\n    cost: -5\n    ab",
        "leases.bluff.cost",
        "at least 0",
        id="cost of stepping in",
    ),
    pytest.param("{after: 30 days, ", "{", "leases.bluff", "begin on the same day", id="steps of the abatement"),
    pytest.param("{halls: [h01], p", "{halls: [], p", S1, "needs 'halls'", id="stage without halls"),
    pytest.param("{halls: [h01], p", "{halls: [h01, h01], p", S1, "named twice", id="hall twice in a stage"),
    pytest.param(
        "promised: 2025-07-31, late", "promised: 2025-07-31, handover: 2025-08-31, late", S1, "either", id="late twice"
    ),
    pytest.param(
        "promised: 2025-07-31, late",
        "promised: 2025-06-30, handed_over: 2025-07-01, overdue: true, late",
        S1,
        "not 'overdue'",
        id="handed over and overdue",
    ),
    pytest.param("kind: option, p", "kind: opton, p", "deals.more.kind", "did you mean 'option'", id="kind of deal"),
    pytest.param(
        "probability: 60%}\n  more",
        "probability: 60%, vote: {probability: 50%}}\n  more",
        "deals.room.vote",
        "not known",
        id="vote without an acquisition",
    ),
    pytest.param(
        "closes: 2026-01-31, vote: {probability: 60%}", "closes: 2026-01-31", "deals.core.vote", "missing", id="no vote"
    ),
    pytest.param(
        "customer: lab\n    t", "customer: lab\n    lab: 5\n    t", "contracts.k1.lab", "not known", id="extra key"
    ),
    *bad_remarketing.FORM,
]

MEANING = [
    pytest.param(
        "{bust: {date: 2027-03-01",
        "{bust: {date: 2025-03-01",
        "demand.changes.bust.date",
        "before the start",
        id="bust",
    ),
    pytest.param(
        "changes: {bust",
        "changes: {slow: {date: 2027-03-01, tightness: 1}, bust",
        "demand.changes.bust.date",
        "on the day of 'slow'",
        id="two changes on a day",
    ),
    pytest.param("changes: {bust", "changes: {a b", "demand.changes.a b", "cannot be an id", id="change's id"),
    pytest.param(
        "demand: {tightness: {low: 0.7, high: 1}, changes: {bust: {date: 2027-03-01, tightness: 50%}}}\n",
        "",
        "disruptions.slump.kind",
        "the model has no 'demand'",
        id="shock without demand",
    ),
    *CONTRACTS,
    *bad_remarketing.MEANING,
    pytest.param(
        "    calendar: us\n", "    access: 3\n    calendar: us\n", f"{HALL}.template", "the site has room", id="access"
    ),
    pytest.param("markets: [austin]", "markets: [autsin]", "levers.weeks.markets[0]", "'austin'", id="lever's market"),
    pytest.param(
        "trades: [electrical]}", "trades: [electric]}", "levers.weeks.trades[0]", "'electrical'", id="lever's trade"
    ),
    pytest.param(
        'sites: ["denton"]',
        "sites: [dentn]",
        "levers.shop.sites[0]",
        "'denton'",
        id="lever's site",
    ),
    pytest.param(
        "activities: [A2]", "activities: [A3]", "levers.shop.activities[0]", "no activity 'A3'", id="lever's activity"
    ),
    pytest.param("wage: 60, ", "", "levers.weeks.premium", "wage of 'electrical', which is not declared", id="no wage"),
    pytest.param("wage: 60, ", "", "levers.nights.differential", "trades.electrical.wage", id="no wage by night"),
    pytest.param(
        "market: austin, to",
        "market: autsin, to",
        "levers.moved.market",
        "did you mean 'austin'",
        id="transfer from nowhere",
    ),
    pytest.param("to: dfw", "to: dwf", "levers.moved.to", "did you mean 'dfw'", id="transfer to nowhere"),
    pytest.param(
        "  austin:\n    electrical: {workers: 40}\n",
        "  austin: {}\n",
        "levers.moved.trades[0]",
        "nobody of the trade 'electrical' is in 'austin'",
        id="transfer of nobody",
    ),
    pytest.param(
        "  weeks: {",
        MORE_NIGHTS.replace("nights", "more") + "  weeks: {",
        "levers.more.use",
        "levers.nights: both are in use",
        id="two second shifts",
    ),
    pytest.param(
        "  largest: {",
        "  other: {kind: dispatch, rank: declared, cost: 0, use: true}\n  largest: {",
        "levers.largest.use",
        "levers.other: both are in use",
        id="two dispatches",
    ),
    pytest.param(
        "  regime: dilute\nlabour:\n  dfw:",
        "  regime: dilute\nlabour:\n  dwf:",
        "sites.denton.market",
        "did you mean 'dwf'",
        id="market of a site",
    ),
    pytest.param(
        "h01: {mw: 10 MW, template: hall", "h01: {mw: 10 MW, template: hal", f"{HALL}.template", "'hall'", id="template"
    ),
    pytest.param("customer: lab", "customer: lap", "contracts.k1.customer", "did you mean 'lab'", id="customer"),
    pytest.param("market: dfw", "market: dwf", "sites.denton.market", "did you mean 'dfw'", id="labour market"),
    pytest.param("calendar: us", "calendar: uk", "sites.denton.calendar", "no calendar 'uk'", id="calendar"),
    pytest.param("weather: texas", "weather: ohio", "sites.denton.weather", "no weather region 'ohio'", id="weather"),
    pytest.param(
        "generation: GB200", "generation: GB20", f"{HALL}.gpus.generation", "did you mean 'GB200'", id="generation"
    ),
    pytest.param(
        "blocks: [denton/h01]", "blocks: [denton/h1]", f"{T1}.blocks[0]", "did you mean 'denton/h01'", id="block"
    ),
    pytest.param("trade: electrical", "trade: electric", f"{A1}.trade", "did you mean 'electrical'", id="trade"),
    pytest.param(
        "dfw:\n    electrical", "dfw:\n    electric", "labour.dfw.electric", "'electrical'", id="pool's trade"
    ),
    pytest.param("after: [A2]", "after: [A3]", f"{ACTIVITY}.PW.after[0]", "no activity 'A3'", id="predecessor"),
    pytest.param(
        "sites: [denton]", "sites: [dentn]", "disruptions.permits.sites[0]", "did you mean 'denton'", id="site"
    ),
    pytest.param(
        "retire_with: grid", "retire_with: gird", "sites.denton.power.turbines.retire_with", "'grid'", id="source"
    ),
    pytest.param("workdays, P1]", "workdays, P1, L5]", f"{A2}.after", "circle", id="circle"),
    pytest.param("after: [A2]", "after: [PW]", f"{ACTIVITY}.PW.after", "PW -> PW", id="circle of one"),
    pytest.param(
        "horizon: 2027-12-31", "horizon: 2025-06-30", "horizon", "not after the start", id="horizon before start"
    ),
    pytest.param(
        "target: 2026-10-31", "target: 2025-06-30", "sites.denton.halls.h02.target", "before the start", id="target"
    ),
    pytest.param("start: 2025-08-01", "start: 2025-06-01", f"{HALL}.start", "began before", id="hall before the start"),
    pytest.param("due: 2026-10-31", "due: 2025-06-30", f"{T1}.due", "before the start", id="due before the start"),
    pytest.param("mw: 30 MW, date", "mw: 20 MW, date", "sites.denton.power", "need 30 MW", id="too little power"),
    pytest.param(
        "workers: 200, present: 100", "workers: 5, present: 5", f"{HALL}.template", "pool has 5", id="crew above pool"
    ),
    pytest.param("{mw: 10 MW, blocks", "{mw: 11 MW, blocks", f"{T1}.mw", "its blocks have 10 MW", id="more promised"),
    pytest.param("count: 5000", "count: 9000", f"{HALL}.gpus.count", "draw 17.1 MW", id="too many GPUs"),
    pytest.param(
        "    cooling: liquid", "    cooling: air", f"{HALL}.gpus.generation", "needs liquid cooling", id="cooling"
    ),
    pytest.param("commissioning: {agents: 2, load_banks: 50 MW}\n", "", f"{L5}.needs", "declares none", id="no agents"),
    pytest.param(
        "h01: {mw: 10 MW,",
        "h01: {mw: 10 MW, activities: {A1: {hours_per_mw: 5 parsecs}},",
        f"{HALL}.activities.A1.hours_per_mw",
        "'5 parsecs'",
        id="change of a template",
    ),
    pytest.param(
        "h01: {mw: 10 MW,",
        "h01: {mw: 10 MW, activities: {A1: {exposre: yard}},",
        f"{HALL}.activities.A1.exposre",
        "did you mean 'exposure'",
        id="misspelt change of a template",
    ),
    pytest.param(
        "h01: {mw: 10 MW,",
        "h01: {mw: 10 MW, done: {A9: 40%},",
        f"{HALL}.done.A9",
        "no activity 'A9'",
        id="done activity",
    ),
    pytest.param("  h02: {", "  h 2: {", "sites.denton.halls.h 2", "cannot be an id", id="id"),
    pytest.param("site: denton\n", "site: dentn\n", "leases.bluff.site", "did you mean 'denton'", id="leased site"),
    pytest.param("{halls: [h01], p", "{halls: [h1], p", f"{S1}.halls[0]", "did you mean 'h01'", id="leased hall"),
    pytest.param(
        "    stages:\n      s1: {",
        "    stages:\n      s0: {halls: [h01], promised: 2025-08-31}\n      s1: {",
        f"{S1}.halls[0]",
        "denton/h01 is handed over by stage 'bluff/s0' too",
        id="hall in two stages",
    ),
    pytest.param("before: [A1]", "before: [A9]", f"{S1}.before[0]", "no activity 'A9'", id="waiting activity"),
    pytest.param("before: [A1]", "before: [P1]", f"{S1}.before[0]", "not done in the hall", id="waiting order"),
    pytest.param(
        "promised: 2025-07-31",
        "promised: 2025-06-30",
        f"{S1}.promised",
        "nothing says whether it was handed over",
        id="promised before the start",
    ),
    pytest.param(
        "promised: 2025-07-31",
        "promised: 2025-07-31, overdue: true",
        f"{S1}.overdue",
        "so it is not overdue on 2025-07-01",
        id="overdue in the future",
    ),
    pytest.param(
        "promised: 2025-07-31",
        "promised: 2025-07-31, handed_over: 2025-07-31",
        f"{S1}.handed_over",
        "after the information date",
        id="handed over in the future",
    ),
    pytest.param('["denton"], exercise', "[dentn], exercise", "deals.more.sites[0]", "'denton'", id="site of a deal"),
    pytest.param(
        "leases: [bluff], closes: 2026", "leases: [blff], closes: 2026", "deals.core.leases[0]", "'bluff'", id="lease"
    ),
    pytest.param(
        "  room: {kind",
        "  other: {kind: lease, partner: B, leases: [bluff], closes: 2025-09-30, probability: 1}\n  room: {kind",
        "deals.room.leases[0]",
        "the deal 'other' names the lease 'bluff' too",
        id="lease of two deals",
    ),
    pytest.param(
        "promised: 2025-07-31",
        "promised: 2025-06-15, handed_over: 2025-06-15",
        "deals.room.leases[0]",
        "stage 's1' of 'bluff' has been handed over",
        id="lease in force",
    ),
    pytest.param(
        "exercise_by: 2025-12-31",
        "exercise_by: 2025-06-30",
        "deals.more.exercise_by",
        "before the start",
        id="exercise",
    ),
    pytest.param("closes: 2026-01-31", "closes: 2025-01-31", "deals.core.closes", "before the start", id="closing"),
    pytest.param(
        "vote: {probability",
        "vote: {date: 2025-06-30, probability",
        "deals.core.vote.date",
        "before the start",
        id="vote before the start",
    ),
    pytest.param(
        "vote: {probability",
        "vote: {date: 2026-02-01, probability",
        "deals.core.vote.date",
        "after the closing",
        id="vote after the closing",
    ),
]


def problems_of(path: Path, text: str | bytes) -> tuple[str, ...]:
    """The problems of a model file, as they are told."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        load(path)
    return tuple(str(problem).replace(str(path), path.name) for problem in caught.value.problems)


def test_the_model_itself_is_good(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    assert load(path).name == "One small hall"


@pytest.mark.parametrize(("good", "bad", "path", "told"), [*FORM, *MEANING])
def test_one_mistake_is_told_at_its_place(tmp_path: Path, good: str, bad: str, path: str, told: str) -> None:
    assert good in MODEL
    text = MODEL.replace(good, bad, 1)
    problems = problems_of(tmp_path / "model.yaml", text)
    found = [problem for problem in problems if f": {path}: " in problem]
    assert found, problems
    assert told in found[0], problems
    line = int(found[0].split(":")[1])
    keys = [key.strip('"') for key in re.split(r'\.(?![^"]*"$)|\[', path.removesuffix("]"))][-3:]
    assert any(re.search(rf"\b{re.escape(key)}\"?:", text.splitlines()[line - 1]) for key in keys), problems


FILES = [
    pytest.param(b"", "the file is empty", id="empty"),
    pytest.param(b"\x7fELF\x02\x01\x01\x00\xff\xfe", "not text in UTF-8", id="binary"),
    pytest.param(b"\x00" * 1000, "U+0000", id="zeros"),
    pytest.param(MODEL.encode("utf-16"), "UTF-16", id="utf-16"),
    pytest.param(b"- a\n- b\n", "does not hold a mapping", id="list"),
    pytest.param(MODEL.replace("\n", "\n\t", 5), "a tab character", id="tabs"),
    pytest.param(MODEL + "---\n" + MODEL, "second document", id="two documents"),
    pytest.param(
        "a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(3)), "'a0' is not known", id="aliases"
    ),
    pytest.param(
        "l0: &l0 [x, x, x, x, x, x, x, x]\n"
        + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 8)}]\n" for n in range(1, 9)),
        "aliases stand for more than",
        id="alias bomb",
    ),
    pytest.param("[" * 10_000, "nested more than 60 deep", id="deep"),
    pytest.param("!!python/object/apply:os.system [echo]\n", "does not hold a mapping", id="python object"),
    pytest.param("name: !!python/name:os.system\n", "the tag", id="python name"),
]


@pytest.mark.parametrize(("content", "told"), FILES)
def test_files_that_hold_no_model(tmp_path: Path, content: str | bytes, told: str) -> None:
    problems = problems_of(tmp_path / "model.yaml", content)
    assert told in "\n".join(problems)
    assert all(problem.startswith("model.yaml:") for problem in problems)


def test_a_folder_a_device_and_nothing_at_all(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path, "directory"),
        (Path("/dev/zero"), "regular file"),
        (tmp_path / "x.yaml", "no model file"),
    ):
        with pytest.raises(InputError, match=told):
            load(path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = MODEL
    for good, bad in (
        ("mw: 10 MW, t", "mw: x, t"),
        ("crew: 10", "crew: -1"),
        ("name: Hall", "name: Hall\n    name: Hal"),
    ):
        text = text.replace(good, bad, 1)
    assert len(problems_of(tmp_path / "model.yaml", text)) == 3
    text = MODEL
    for good, bad in (("customer: lab", "customer: lap"), ("market: dfw", "market: dwf"), ("due: 2026", "due: 2024")):
        text = text.replace(good, bad, 1)
    assert len(problems_of(tmp_path / "model.yaml", text)) == 3


def test_nothing_is_written(tmp_path: Path) -> None:
    problems_of(tmp_path / "model.yaml", "a: 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["model.yaml"]
