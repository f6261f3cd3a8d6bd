"""Firm tranches that share blocks may not promise more MW than those have; options may stand beside them."""

import pytest

import buildsim as bs
from buildsim.errors import InputError

T1, T2 = "contracts.bound.tranches.t1", "contracts.bound.tranches.t2"


def test_the_same_mw_sold_twice_are_refused():
    with pytest.raises(InputError, match=r"bound/t1 and bound/t2 promise 50 MW together, but their blocks have 25 MW"):
        bs.load("examples/two-sites", set={f"{T2}.blocks": ["ridge/h01"]})


def test_a_site_and_its_hall_are_the_same_mw():
    with pytest.raises(InputError, match="promise 75 MW together, but their blocks have 50 MW"):
        bs.load("examples/two-sites", set={f"{T1}.blocks": ["ridge"], f"{T1}.mw": "50 MW"})


def test_a_hall_may_be_split_between_tranches():
    change = {f"{T1}.mw": "10 MW", f"{T2}.mw": "15 MW", f"{T2}.blocks": ["ridge/h01"]}
    assert bs.load("examples/two-sites", set=change).contracts["bound"].tranches["t2"].mw == 15.0
