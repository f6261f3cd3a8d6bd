"""Bad declarations of released capacity: (good, bad, path, told), each one mistake in the model of the tests."""

import pytest

PROSPECT = "customer: lab, arrives: 2026-09-30, mw: 5 MW, generation: GB200, least: 1 MW, term: 5 years"
BACKSTOP = "buyer: Maker, price: {per: mw_month, usd: $100k}, from: 2026-01-01, until: 2027-06-30"
GOOD = f"""\
remarketing:
  reassign: late_first
  lag: 90 days
  prospects:
    next: {{{PROSPECT}}}
  backstop: {{{BACKSTOP}}}
"""
NEXT, LAST = "remarketing.prospects.next", "remarketing.backstop"


def _wrong(good: str, bad: str, path: str, told: str, name: str) -> object:
    assert good in GOOD
    return pytest.param("policy: {", GOOD.replace(good, bad, 1) + "policy: {", path, told, id=name)


FORM = [
    _wrong("late_first", "late_last", "remarketing.reassign", "did you mean 'late_first'", "re-assignment"),
    _wrong("lag: 90 days", "price: -10%", "remarketing.price", "at least 0", "price of the market"),
    _wrong("arrives: 2026-09-30, ", "", f"{NEXT}.arrives", "the key 'arrives' is missing", "prospect that never comes"),
    _wrong("mw: 5 MW", "mw: {low: -5 MW, mode: 1 MW, high: 5 MW}", f"{NEXT}.mw", "negative", "prospect's MW"),
    _wrong("least: 1 MW", "least: 6 MW", NEXT, "more than the most that it takes", "least above the most"),
    _wrong("term: 5 years", "term: 0 days", f"{NEXT}.term", "above 0", "prospect without a term"),
    _wrong("least:", "leats:", f"{NEXT}.leats", "did you mean 'least'", "misspelt least"),
    _wrong("from: 2026", "form: 2026", f"{LAST}.form", "did you mean 'from'", "misspelt from"),
    _wrong("from: 2026-01-01, ", "", f"{LAST}.from", "the key 'from' is missing", "backstop without a beginning"),
    _wrong("until: 2027-06-30", "until: 2025-12-31", LAST, "ends before it begins", "backstop that ends first"),
    _wrong("per: mw_month", "per: gpu_hour", LAST, "priced by the MW and month", "backstop by the GPU-hour"),
]
MEANING = [
    _wrong("customer: lab", "customer: lap", f"{NEXT}.customer", "did you mean 'lab'", "customer of a prospect"),
    _wrong("GB200", "GB20", f"{NEXT}.generation", "did you mean 'GB200'", "generation of a prospect"),
    _wrong("    next:", "    ne xt:", "remarketing.prospects.ne xt", "cannot be an id", "id of a prospect"),
    _wrong(
        "from: 2026-01-01, until: 2027-06-30",
        "from: 2024-01-01, until: 2025-06-30",
        f"{LAST}.until",
        "before the start",
        "backstop that is over",
    ),
]
