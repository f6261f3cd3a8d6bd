"""Models of a whole building site with everything about labour switched on, declared in Python."""

from copy import deepcopy
from typing import Any

from buildsim.model import Model
from buildsim.model.check import check
from tests.domain.tiny import hall, site


def work(trade: str = "fitting", hours: Any = 80, teams: tuple[int, int, int] = (1, 1, 1), **more: Any) -> Any:
    """Work of 80 craft-hours per MW: in a hall of 10 MW, ten days for a crew of ten."""
    least, planned, most = teams
    manned = {"min": least, "planned": planned, "max": most}
    return {"kind": "work", "trade": trade, "hours_per_mw": hours, "teams": manned, **more}


def template(**activities: Any) -> dict[str, Any]:
    """The template of all halls."""
    return {"shell": {"name": "Shell", "per": "10 MW", "cooling": "liquid", "activities": activities}}


def made(data: dict[str, Any]) -> Model:
    """The model of what is declared; it must have no problem."""
    model = Model.model_validate(deepcopy(data))
    assert check(model) == []
    return model


FAILS = {"probability": {"low": "20%", "mode": "30%", "high": "60%"}, "retest": {"low": "1 days", "high": "4 days"}}
LEVERS: dict[str, Any] = {
    "long-weeks": {
        "kind": "overtime",
        "trades": ["fitting", "wiring"],
        "hours": 55,
        "premium": "50%",
        "date": "2025-08-05",
        "weeks": 9,
    },
    "nights": {"kind": "second_shift", "markets": ["town"], "trades": ["wiring"], "loss": "15%", "differential": "12%"},
    "turns": {"kind": "rolling_shifts", "markets": ["town"], "trades": ["testing"], "loss": "5%", "differential": "8%"},
    "boomers": {
        "kind": "travellers",
        "markets": ["town"],
        "workers": 16,
        "experienced": "70%",
        "licensed": "90%",
        "date": "2025-08-01",
        "weeks": 6,
        "mobilisation": "10 days",
        "premium": "25%",
        "per_diem": 120,
        "per_head": 2000,
    },
    "better-pay": {"kind": "premium", "premium": "6%", "date": "2025-09-01"},
    "school": {"kind": "training", "per_week": 1.5, "length": "3 weeks", "per_head": 3000, "weeks": 20},
    "shop": {"kind": "prefabrication", "trades": ["wiring"], "share": "20%", "per_hour": 110},
    "ranked": {"kind": "dispatch", "rank": "first_come", "cost": 5000},
    "staggered": {"kind": "stagger", "sites": ["a"], "days": 20, "cost": 7000},
    "moved": {
        "kind": "transfer",
        "market": "port",
        "to": "town",
        "workers": 9,
        "date": "2025-08-20",
        "travel": "5 days",
        "per_head": 1500,
    },
}
"""A lever of each kind."""

EVERYTHING: dict[str, Any] = {
    "name": "everything",
    "start": "2025-07-01",
    "horizon": "2028-03-26",
    "calendars": {"weekly": {"kind": "weekly", "workdays": ["mon", "tue", "wed", "thu", "fri"]}},
    "weather": {
        "wet": {
            "lost_days": {"low": 1, "mode": 2, "high": 4},
            "storms": {"per_year": {"low": 2, "mode": 4, "high": 6}, "days": {"low": "2 days", "high": "6 days"}},
        }
    },
    "trades": {
        "fitting": {"name": "Fitting", "crew": 10, "wage": 50},
        "wiring": {"name": "Wiring", "crew": 4, "shift": 9, "wage": 62},
        "testing": {"name": "Testing", "crew": 3, "wage": 75},
    },
    "templates": template(
        A1=work(hours={"low": 90, "mode": 120, "high": 200}, teams=(1, 3, 5), exposure="outdoor"),
        A2=work("wiring", {"low": 60, "mode": 90, "high": 120}, (2, 4, 6), after=["A1 SS + 5 workdays"]),
        A3=work("wiring", {"low": 20, "mode": 30, "high": 60}, (1, 3, 4), exposure="yard", after=["A1"]),
        A4=work(hours={"low": 20, "high": 40}, teams=(1, 2, 2), after=["start + 12 workdays"]),
        T1=work("testing", {"low": 10, "mode": 15, "high": 20}, (1, 2, 2), after=["A2", "A3", "A4"], fails=FAILS),
        T2={"kind": "test", "duration": "5 workdays", "after": ["T1"], "fails": FAILS},
    ),
    "productivity": {
        "rework_haste": "20%",
        "latent": "40%",
        "found": "60%",
        "absence": "4%",
        "learning": "90%",
        "stacking": "20%",
        "crowding": "15%",
        "travel": "2 days",
    },
    "market": {
        "path": {"2025-07-01": 1000, "2026-03-01": 3000},
        "factor": {"low": 0.8, "mode": 1, "high": 1.5},
        "rival_premium": {"low": 0, "high": "10%"},
        "poaching": 3,
        "attraction": 2,
    },
    "labour": {
        "town": {
            "fitting": {
                "workers": 70.5,
                "present": 40,
                "ramp": "1 per day",
                "experienced": "15%",
                "turnover": {"low": 0.4, "mode": 0.8, "high": 1.6},
                "retirement": "5%",
                "apprenticeship": "4 years",
                "seasoning": "6 months",
                "hired_experienced": "8%",
            },
            "wiring": {
                "workers": 34,
                "ramp": "2 per week",
                "turnover": 1.5,
                "licensed": "60%",
                "seasoning": "9 months",
            },
            "testing": {"workers": 8},
        },
        "port": {
            "fitting": {"workers": 33, "turnover": 0.3},
            "wiring": {"workers": 14, "turnover": 0.8},
            "testing": {"workers": 6},
        },
    },
    "sites": {
        "a": site({"h1": hall(), "h2": hall(), "h3": hall(mw="6 MW")}, calendar="weekly", weather="wet", access=90),
        "b": site({"h1": hall(start="2025-08-15"), "h2": hall()}, calendar="weekly", weather="wet"),
        "c": site({"h1": hall(), "h2": hall()}, calendar="weekly", market="port"),
    },
    "levers": {name: {**lever, "use": True} for name, lever in LEVERS.items()},
}
"""Two sites that share a market and one in another, with everything on."""


def everything(**changes: Any) -> Model:
    """The model with everything on; what is given replaces whole top-level entries."""
    return made({**EVERYTHING, **changes})
