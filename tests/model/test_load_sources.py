"""Sources beside ids and at the head of included files."""

from typing import Any

MODEL = """\
name: Toy
start: 2025-07-01
sites:
  source: the register
  note: all of them
  a: {name: A}
  b:
    source: a letter
    power:
      source: the utility
      g: {kind: grid, delay: 3 days}
      h: {kind: grid, source: a permit}
labour:
  source: the survey
  dfw:
    electrical: {workers: 5}
    mechanical: {workers: 5, source: a guess}
  ohio:
    source: the union
    electrical: {workers: 5}
"""


def test_a_source_beside_ids_is_that_of_each_without_its_own(read: Any) -> None:
    model, changes = read(MODEL)
    assert {name: site.source for name, site in model.sites.items()} == {"a": "the register", "b": "a letter"}
    assert {name: one.source for name, one in model.sites["b"].power.items()} == {"g": "the utility", "h": "a permit"}
    assert {
        (market, trade): pool.source for market, pools in model.labour.items() for trade, pool in pools.items()
    } == {
        ("dfw", "electrical"): "the survey",
        ("dfw", "mechanical"): "a guess",
        ("ohio", "electrical"): "the union",
    }
    assert changes == []


def test_a_star_does_not_match_it(read: Any) -> None:
    model, changes = read(MODEL, {"sites.*.name": "x"})
    assert [change.path for change in changes] == ["sites.a.name", "sites.b.name"]
    assert list(model.sites) == ["a", "b"]


def test_free_mappings_are_left_as_they_are(read: Any) -> None:
    hall = "{mw: 1, duration: 2, activities: {A1: {source: x, note: y, hours: 5}}, done: {A1: 40%}}"
    text = (
        f"name: T\nstart: 2025-01-01\nsites: {{a: {{halls: {{h: {hall}}}}}}}\nscenarios: {{s: {{set: {{name: U}}}}}}\n"
    )
    found = read(text)[0]
    assert found.sites["a"].halls["h"].activities == {"A1": {"source": "x", "note": "y", "hours": 5}}
    assert found.scenarios["s"].set == {"name": "U"}


def test_the_source_of_an_included_file_is_that_of_what_it_declares(read: Any) -> None:
    files = {
        "model.yaml": "name: T\nstart: 2025-01-01\nsource: mine\ninclude: [a.yaml, b.yaml]\n",
        "a.yaml": "source: theirs\nsites: {a: {}, b: {source: a letter}}\nproductivity: {crowding: 5%}\n",
        "b.yaml": "source: others\nsites: {c: {}}\n",
    }
    model, changes = read(files)
    assert (model.source, model.productivity.source) == ("mine", "theirs")
    assert {name: site.source for name, site in model.sites.items()} == {"a": "theirs", "b": "a letter", "c": "others"}
    assert changes == []
