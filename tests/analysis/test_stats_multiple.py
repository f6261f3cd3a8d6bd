"""Many scenarios against one base: corrections by hand and by simulation, the frame on made-up runs."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from buildsim.analysis import figures
from buildsim.analysis.compare import compare
from buildsim.analysis.differences import of_means
from buildsim.analysis.multiple import COLUMNS, compare_many, resamples_for, simultaneous, tabulate
from buildsim.errors import InputError
from tests.analysis.synthetic import manifest, portfolio


@pytest.fixture(scope="module")
def base():
    return portfolio(200, seed=1)


@pytest.fixture(scope="module")
def others():
    return {"slower": portfolio(200, seed=1, slower=1.3), "same": portfolio(200, seed=1)}


def test_bonferroni_by_hand() -> None:
    assert simultaneous(0.95, 5) == pytest.approx(0.99)
    assert simultaneous(0.9, 1) == pytest.approx(0.9)


def test_more_comparisons_take_more_resamples() -> None:
    assert resamples_for(0.95, 1, 20, "figure") == 1000
    assert resamples_for(0.95, 10, 20, "figure") == 4000
    assert resamples_for(0.95, 10, 20, "all") == 10_000


def test_an_interval_does_not_depend_on_the_size_of_its_family(base, others) -> None:
    few = compare_many(base, {"slower": others["slower"]}, figures=[figures.go_live()])
    many = compare_many(
        base, {"slower": others["slower"], **{str(i): base for i in range(9)}}, figures=[figures.go_live()]
    )
    assert many.loc[0, ["low", "high"]].equals(few.loc[0, ["low", "high"]])
    assert many.loc[0, "low_all"] < few.loc[0, "low_all"]


def test_each_difference_is_that_of_compare(base, others) -> None:
    table = compare_many(base, others, resamples=1000)
    assert list(table) == COLUMNS
    assert set(table["scenario"]) == {"slower", "same"}
    known = compare(base, others["slower"]).summary().set_index(["quantity", "of", "statistic"])
    slower = table[table["scenario"] == "slower"].set_index(["quantity", "of", "statistic"])
    for key, row in slower.iterrows():
        if key[0] == "any_withdrawal":  # a probability has another interval there
            continue
        for column in ("base", "other", "difference", "low", "pairs", "variance_reduction"):
            if column != "variance_reduction" or row["method"] == "paired t":
                np.testing.assert_allclose(row[column], known.loc[key, column], err_msg=f"{key} {column}")


def test_holm_is_over_the_scenarios_of_a_figure(base, others) -> None:
    table = compare_many(base, others, resamples=1000)
    dates = table[(table["quantity"] == "go-live") & (table["statistic"] == "mean")].set_index("scenario")
    assert dates.loc["slower", "p_adjusted"] == pytest.approx(2 * dates.loc["slower", "p"])
    assert dates.loc["same", "p_adjusted"] == 1.0
    assert dates["differs"].tolist() == [True, False]
    assert (table["low_all"] <= table["low"]).all()
    assert (table["high_all"] >= table["high"]).all()


def test_one_family_for_all_is_stricter(base, others) -> None:
    apart = compare_many(base, others, resamples=1000)
    together = compare_many(base, others, resamples=1000, family="all")
    assert (together["p_adjusted"] >= apart["p_adjusted"] - 1e-12).all()
    assert (together["low_all"] <= apart["low_all"]).all()


def test_common_random_numbers_are_worth_it(base, others) -> None:
    table = compare_many(base, others, figures=[figures.go_live(statistic="mean")])
    assert table["variance_reduction"].iloc[0] > 3.0


def test_a_scenario_without_effect_is_rarely_found() -> None:
    # Six scenarios without any effect, in 2,000 families: Holm bounds the chance of a false finding in a family, and
    # of a simultaneous interval that misses, by 0.05. Uncorrected it is about 0.18, for the scenarios share their
    # base. The standard error of 0.05 is 0.005; three of them are allowed.
    draws = np.random.default_rng(9).normal(size=(2000, 7, 30))
    known = ttest_rel(draws[:, 1:], draws[:, :1], axis=2)
    low, high = known.confidence_interval(simultaneous(0.95, 6))
    wrong = 6 * known.pvalue.min(axis=1) <= 0.05  # what Holm finds first is what Bonferroni finds
    assert wrong.mean() <= 0.065
    assert ((low > 0) | (high < 0)).any(axis=1).mean() <= 0.065
    assert (known.pvalue.min(axis=1) <= 0.05).mean() > 0.12
    figure = figures.go_live(statistic="mean")
    for family in (0, 1, int(wrong.argmax())):
        found = {str(i): [of_means(draws[family, 0], draws[family, i])] for i in range(1, 7)}
        frame = tabulate([figure], found)
        np.testing.assert_allclose(frame["p"], known.pvalue[family])
        np.testing.assert_allclose(frame[["low_all", "high_all"]], np.column_stack([low[family], high[family]]))
        assert frame["differs"].any() == wrong[family]


def test_what_cannot_be_known_is_not_tested(base) -> None:
    never = base.go_live.assign(live=np.nan)
    late, later = replace(base, go_live=never), replace(base, go_live=never)
    table = compare_many(late, {"later": later}, figures=[figures.go_live("denton", 0.5)])
    assert table[["difference", "p", "p_adjusted"]].isna().all(axis=None)
    assert not table["differs"].any()


def test_all_that_does_not_pair_is_told_at_once(base) -> None:
    wrong = {
        "seeded": replace(base, manifest=manifest(2)),
        "later": replace(base, start=date(2026, 1, 1)),
        "square": replace(base, manifest=manifest(1) | {"design": "sobol"}),
    }
    with pytest.raises(InputError) as refused:
        compare_many(base, wrong)
    assert [problem.path for problem in refused.value.problems] == ["seeded", "later", "square"]
    with pytest.raises(InputError, match="nothing to compare"):
        compare_many(base, {})


def test_samples_of_a_design_must_be_equally_large(base) -> None:
    one, two = (replace(base, manifest=manifest(1) | {"design": "sobol", "replications": n}) for n in (64, 128))
    with pytest.raises(InputError, match="has replications 128, the base has 64"):
        compare_many(one, {"other": two})


def test_only_shared_replications_count(base) -> None:
    short = portfolio(50, seed=1, slower=1.3)
    table = compare_many(base, {"short": short}, figures=[figures.go_live(), figures.withdrawal()])
    assert table["pairs"].tolist() == [50, 50]
    assert isinstance(table, pd.DataFrame)


def test_an_unknown_site_is_told(base) -> None:
    with pytest.raises(InputError, match=r"there is no site 'dentom'.*did you mean 'denton'"):
        compare_many(base, {"same": base}, figures=[figures.go_live("dentom")])
    with pytest.raises(InputError, match=r"'1\.2' is no statistic"):
        figures.go_live("denton", 1.2)
    assert str(figures.go_live("denton")) == "P80 of go-live (denton) [days]"
    with pytest.raises(InputError, match=r"there is no customer 'openly'; expected .*; did you mean 'openai'"):
        compare_many(base, {"same": base}, figures=[figures.withdrawal("openly")])
    with pytest.raises(InputError, match=r"there is no total 'damage'; expected .*; did you mean 'damages'"):
        figures.total("damage")
