"""Compiling leases and deals: what landlords hand over when, and what partners bring."""

from math import inf, nan

from buildsim.domain.deals import DealPlan
from buildsim.domain.deals.closing import closed
from buildsim.domain.leases import Lease, Stage, StagePlan
from buildsim.model.root import Model
from buildsim.program.builder import Builder
from buildsim.program.hanging import brought
from buildsim.spec.uncertain import Uncertain


def compile_deals(model: Model, builder: Builder) -> tuple[DealPlan, ...]:
    """Compile the deals."""
    plans = []
    for name, deal in model.deals.items():
        mw = deal.mw
        if mw is None:
            blocks = brought(model, deal.sites, (*deal.held, *deal.bought))
            mw = sum(model.sites[site].halls[hall].mw for site, _, hall in (one.partition("/") for one in blocks))
        plans.append(deal.compile(name, mw, builder))
    return tuple(plans)


def compile_leases(model: Model, builder: Builder) -> tuple[StagePlan, ...]:
    """Compile the stages of all leases."""
    return tuple(
        _stage(model, builder, key, lease, name, stage)
        for key, lease in model.leases.items()
        for name, stage in lease.stages.items()
    )


def _stage(model: Model, builder: Builder, key: str, lease: Lease, name: str, stage: Stage) -> StagePlan:
    base, promised = f"leases.{key}.stages.{name}", model.day(stage.promised) + 1.0
    waiting, signed = stage.handed_over is None, _deal(model, key, "held")
    late = handover = -1
    if waiting and stage.handover is not None:
        handover = builder.date_column(f"{base}.handover", planned(stage.handover, float(stage.promised.toordinal())))
    elif waiting and stage.late is not None:
        spent = builder.spent(promised) if signed is None else None  # what is not signed is not late yet
        late = builder.column(f"{base}.late", planned(stage.late, 0.0), spent)
    mw = sum(model.sites[lease.site].halls[hall].mw for hall in stage.halls)
    return StagePlan(
        lease=key,
        stage=name,
        landlord=lease.landlord,
        site=lease.site,
        mw=mw,
        promised=promised,
        rents=lease.rents(mw),
        origin=builder.origin,
        late=late,
        handover=handover,
        handed=nan if stage.handed_over is None else model.day(stage.handed_over) + 1.0,
        outside=inf if lease.outside is None else lease.outside,
        known=builder.spent(0.0) or 0.0,
        then=lease.then,
        cut=builder.column(f"leases.{key}.cut", lease.cut) if lease.cut is not None else -1,
        cost=lease.cost * mw,
        signed=signed,
        bought=_deal(model, key, "bought"),
    )


def planned(quantity: Uncertain, value: float) -> Uncertain:
    """Return a quantity for which the plan takes a value, unless it says another one itself."""
    return quantity if quantity.plan is not None else quantity.model_copy(update={"plan": value})


def _deal(model: Model, lease: str, kind: str) -> tuple[str, str] | None:
    """Return the closing of the deal that brings a lease about (`held`), or buys its landlord (`bought`)."""
    return next((closed(name) for name, deal in model.deals.items() if lease in getattr(deal, kind)), None)
