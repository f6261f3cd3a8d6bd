"""Results that are known without a computer: queues, chains, a hall that only its power gates."""

from heapq import heapify, heapreplace
from math import factorial, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import buildsim as bs
from buildsim.model import Model

STANDARD_ERRORS = 4.0
"""A right engine misses by more once in 16,000 seeds; the seeds here are fixed."""


def network(activities: dict[str, Any], resources: dict[str, int], horizon: str = "2100-12-31") -> Model:
    body = {"resources": resources, "activities": activities}
    head = {"name": "closed form", "start": "2020-01-01", "horizon": horizon, "policy": {"rank": "declared"}}
    return Model.model_validate({**head, "network": body})


# -- a queue ---------------------------------------------------------------------------------------


def erlang_wait(servers: int, arrivals: float, service: float) -> float:
    """Mean wait in M/M/c by Erlang's C formula [days]; arrivals and services per day."""
    load = arrivals / service
    spare = 1.0 - load / servers
    busy = load**servers / factorial(servers) / spare
    waits = busy / (sum(load**k / factorial(k) for k in range(servers)) + busy)
    return waits / (servers * service - arrivals)


def first_come(gaps: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    """Waits in a queue served first come, first served, one customer after another (Kiefer and Wolfowitz) [days]."""
    free = [0.0] * servers
    heapify(free)
    waits, now = np.empty(len(gaps)), 0.0
    for number, gap in enumerate(gaps):
        now += gap
        start = max(now, free[0])
        heapreplace(free, start + services[number])
        waits[number] = start - now
    return waits


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 0.8)])
def test_jobs_that_come_by_chance_wait_as_long_as_erlang_says(servers: int, load: float) -> None:
    """One trade of c crews; jobs arrive as a Poisson process and take exponential times, both drawn by the sampler."""
    jobs, first, replications = 1500, 300, 40  # the first jobs find an empty yard and are not counted
    activities: dict[str, Any] = {}
    for number in range(jobs):
        after = [f"gap{number - 1}"] if number else []
        activities[f"gap{number}"] = {"duration": {"kind": "exponential", "mean": "1 days"}, "after": after}
        service = {"kind": "exponential", "mean": f"{load * servers} days"}
        activities[f"job{number}"] = {"duration": service, "uses": {"crew": 1}, "after": [f"gap{number}"]}
    model = network(activities, {"crew": servers})
    run = bs.simulate(model, replications=replications, seed=5, workers=1, keep_activities=replications)
    rows = run.activities[run.activities["activity"].str.startswith("job")]
    waits = (rows["start"] - rows["ready"]).to_numpy().reshape(replications, jobs)
    inputs = run.inputs
    gaps = inputs[[f"network.gap{number}.duration" for number in range(jobs)]].to_numpy()
    services = inputs[[f"network.job{number}.duration" for number in range(jobs)]].to_numpy()
    for row in range(replications):  # each wait, by another way
        assert np.abs(waits[row] - first_come(gaps[row], services[row], servers)).max() < 1e-8
    means = waits[:, first:].mean(axis=1)
    error = means.std(ddof=1) / sqrt(replications)
    want = erlang_wait(servers, 1.0, 1.0 / (load * servers))
    assert error < 0.07 * want  # so that the test can fail
    assert abs(means.mean() - want) < STANDARD_ERRORS * error


# -- a chain ---------------------------------------------------------------------------------------


def test_a_serial_chain_has_the_sum_of_means_and_of_variances() -> None:
    """Thirty PERT activities in a row: mean (a + 4 m + b) / 6, variance (mean - a)(b - mean) / 7, which add up."""
    points = [(5.0 + number % 4, 8.0 + number % 7, 20.0 + 3 * (number % 5)) for number in range(30)]
    activities = {
        f"a{number}": {
            "duration": {"low": f"{low} days", "mode": f"{mode} days", "high": f"{high} days"},
            "after": [f"a{number - 1}"] if number else [],
        }
        for number, (low, mode, high) in enumerate(points)
    }
    n = 4000
    run = bs.simulate(network(activities, {}), replications=n, seed=2, workers=1, keep_activities=0)
    live = run.go_live["live"].to_numpy()
    means = np.array([(low + 4 * mode + high) / 6 for low, mode, high in points])
    variance = sum((mean - low) * (high - mean) / 7 for mean, (low, _, high) in zip(means, points, strict=True))
    assert abs(live.mean() - means.sum()) < STANDARD_ERRORS * sqrt(variance / n)
    # the sum of thirty is near enough to normal for the variance of a variance to be 2 s^4 / (n - 1)
    assert abs(live.var(ddof=1) - variance) < STANDARD_ERRORS * variance * sqrt(2 / (n - 1))
    assert run.plan.go_live["live"].iloc[0] == sum(mode for _, mode, _ in points)


def test_a_chain_on_one_crew_takes_the_same_time_in_any_order_of_links() -> None:
    """Without links but with one crew the activities follow one another all the same."""
    activities = {
        f"a{number}": {"duration": {"low": "1 days", "high": "9 days"}, "uses": {"crew": 1}} for number in range(20)
    }
    alone = bs.simulate(network(activities, {"crew": 1}), replications=50, seed=3, workers=1)
    total = alone.inputs.drop(columns="replication").sum(axis=1).to_numpy()
    assert np.abs(alone.go_live["live"].to_numpy() - total).max() < 1e-9


# -- a hall that only power gates ------------------------------------------------------------------

HALL = """
name: Only power
start: 2025-01-06
horizon: 2030-12-31
include: [templates/liquid_hall.yaml]
labour:
  plenty:
    civil_structural: {{workers: 9000}}
    electrical: {{workers: 9000}}
    mechanical_pipe: {{workers: 9000}}
    low_voltage_controls: {{workers: 9000}}
    commissioning: {{workers: 9000}}
    rack_network: {{workers: 9000}}
commissioning: {{agents: 99, load_banks: 999 MW}}
productivity: {{teams_up_to: planned}}
sites:
  here:
    market: plenty
    calendar: even
    power: {{grid: {{kind: grid, energised: 0 MW, steps: {{s1: {{mw: 25 MW, date: {date}}}}}}}}}
    halls:
      h01: {{mw: 25 MW, template: liquid_hall, start: 2026-02-10}}
"""


def hall(folder: Path, date: str) -> bs.Run:
    path = folder / "model.yaml"
    path.write_text(HALL.format(date=date))
    return bs.simulate(bs.load(path), replications=1, seed=1, workers=1)


def steps_that_need_power() -> float:
    """From power to live by hand, at planning values: switching, L4, racks, fabric, tests, acceptance [days].

    L5 runs beside the racks and does not hold them up: 15 + 3 working days after L4, the racks take 22.8.
    """
    crew_day = 6 * 8.0
    functional = 250 * 25 / (8 * crew_day)
    racks, fabric = 350 * 25 / (8 * crew_day), 450 * 25 / (8 * crew_day)
    working = 5 + functional + max(8 + fabric, racks + 5, 15 + 10) + 5
    return working * 365 / 251 + 10 + 7


def test_a_hall_that_only_power_gates_goes_live_when_power_comes_plus_the_steps_that_need_it(tmp_path: Path) -> None:
    early = hall(tmp_path, "2025-02-01").plan.go_live["live"].iloc[0]
    for date, day in (("2027-06-01", 876.0), ("2028-03-05", 1154.0)):
        run = hall(tmp_path, date)
        live = run.plan.go_live["live"].iloc[0]
        assert live == pytest.approx(day + steps_that_need_power(), abs=1e-6)
        account = run.plan.delays.set_index("cause")["days"]
        assert account["utility"] == pytest.approx(live - early, abs=1e-6)  # all that it is later
    before = hall(tmp_path, "2026-06-01").plan.go_live["live"].iloc[0]
    assert before == early  # power that comes before it is needed changes nothing
