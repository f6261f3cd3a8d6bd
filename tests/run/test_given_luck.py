"""Given luck lies between 0 and 1, and a folder that cannot be made is wrong input."""

import pytest

import buildsim as bs
from buildsim.errors import InputError

LUCK = "sites.ridge.halls.h01.L5.fails.luck"


def test_luck_outside_0_to_1_is_refused():
    model = bs.load("examples/one-hall")
    draws = bs.simulate(model, 2, 1, workers=1).inputs.drop(columns="replication")
    draws.loc[1, LUCK] = -50.0
    with pytest.raises(InputError, match=LUCK):
        bs.simulate(model, 2, 1, workers=1, draws=draws)


def test_a_folder_that_cannot_be_made_is_wrong_input(tmp_path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(InputError, match="out: the folder cannot be made"):
        bs.simulate(bs.load("examples/one-hall"), 1, 1, workers=1, out=tmp_path / "file" / "run")
