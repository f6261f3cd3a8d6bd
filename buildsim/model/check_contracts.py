"""What must hold of contracts: customers, papers, blocks, dates, and what is sold twice."""

from collections.abc import Iterator, Mapping

from buildsim.domain.contracts import Contract, Tranche
from buildsim.domain.contracts.majeure import STORM
from buildsim.domain.contracts.terms import Terms, settled
from buildsim.errors import Problem
from buildsim.model.ids import check_ids
from buildsim.model.root import Model
from buildsim.model.unknown import unknown

ROUNDING = 0.01
"""MW by which sums may differ."""
KINDS = (STORM, "permit_hold", "supplier_accident", "landlord")
"""The kinds of disturbance that a contract may count as force majeure."""
Halls = Mapping[str, float]


def check_contracts(model: Model) -> Iterator[Problem]:
    """Yield every problem of the contracts."""
    halls = {
        f"{site}/{hall}": body.mw for site, declared in model.sites.items() for hall, body in declared.halls.items()
    }
    for key, master in model.masters.items():
        if master.customer not in model.customers:
            yield unknown(f"masters.{key}.customer", "customer", master.customer, model.customers)
        yield from _majeure(model, f"masters.{key}.terms", master.terms)
    for key, contract in model.contracts.items():
        path = f"contracts.{key}"
        yield from _contract(model, path, contract)
        yield from check_ids(f"{path}.tranches", contract.tranches)
        for name, tranche in contract.tranches.items():
            here = f"{path}.tranches.{name}"
            yield from _generation(model, here, tranche)
            yield from _terms(model, here, tranche, contract)
            if tranche.delivered:
                yield from _since(model, here, tranche)
            else:
                yield from _blocks(model, here, tranche, halls)
                yield from _dates(model, here, tranche, contract)
    yield from _sold(model, halls)


def _contract(model: Model, path: str, contract: Contract) -> Iterator[Problem]:
    if contract.customer not in model.customers:
        yield unknown(f"{path}.customer", "customer", contract.customer, model.customers)
    yield from _majeure(model, f"{path}.terms", contract.terms)
    if contract.master is None:
        return
    if contract.master not in model.masters:
        yield unknown(f"{path}.master", "master agreement", contract.master, model.masters)
    elif model.masters[contract.master].customer != contract.customer:
        owner = model.masters[contract.master].customer
        message = f"'{contract.master}' is an agreement with {owner}, but the contract is with {contract.customer}"
        yield Problem(f"{path}.master", message, expected="an agreement with the contract's customer")


def _majeure(model: Model, path: str, terms: Terms) -> Iterator[Problem]:
    known = [*KINDS, *model.disruptions, *model.leases]
    for place, name in enumerate(terms.force_majeure or ()):
        if name not in known:
            yield unknown(f"{path}.force_majeure.{place}", "kind of disturbance, disturbance or lease", name, known)


def _generation(model: Model, path: str, tranche: Tranche) -> Iterator[Problem]:
    if tranche.generation is None:
        return
    if tranche.generation not in model.generations:
        yield unknown(f"{path}.generation", "generation", tranche.generation, model.generations)
        return
    for field, names in (("blocks", tranche.blocks), ("substitutes", tranche.substitutes)):
        for place, name in enumerate(names):
            for block, other in _generations(model, name):
                if other != tranche.generation:
                    message = f"{block} carries {other or 'no GPUs'}, but the tranche is for {tranche.generation}"
                    yield Problem(f"{path}.{field}.{place}", message, expected=f"blocks with {tranche.generation}")


def _generations(model: Model, name: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks that a name stands for, each with its generation."""
    site, _, hall = name.partition("/")
    halls = model.sites[site].halls if site in model.sites else {}
    for key, body in halls.items():
        if hall in ("", key):
            yield f"{site}/{key}", body.gpus.generation if body.gpus else ""


def _terms(model: Model, path: str, tranche: Tranche, contract: Contract) -> Iterator[Problem]:
    """What the papers say together."""
    yield from _majeure(model, path, tranche)
    if contract.master is not None and contract.master not in model.masters:
        return
    terms = settled(tranche, contract, model.masters[contract.master] if contract.master else None)
    if terms.price is not None and terms.term is None and not tranche.delivered:
        yield Problem(f"{path}.term", "it has a price, but no term over which it is paid", expected="a 'term'")
    if terms.price is not None and terms.price.per == "gpu_hour" and tranche.gpus is None:
        message = "it is priced by the GPU-hour, but sized in MW"
        yield Problem(f"{path}.price", message, expected="'gpus' and a 'generation', or a price by the MW-month")
    if not tranche.delivered:
        yield from _rights(path, terms)
        yield from _money(path, terms, worthless=terms.price is None and not tranche.value)


def _rights(path: str, terms: Terms) -> Iterator[Problem]:
    """The dates at which the customer may end, in their order."""
    grace = terms.grace or 0.0
    if terms.longstop is not None and terms.longstop < grace:
        message = f"its longstop of {terms.longstop:g} days comes before the end of its grace of {grace:g} days"
        yield Problem(f"{path}.longstop", message, expected=f"at least {grace:g} days")
    last = terms.longstop if terms.longstop is not None else grace
    if terms.outside is not None and terms.outside < last:
        message = f"its outside date, {terms.outside:g} days after the due date, comes before {last:g} days"
        yield Problem(f"{path}.outside", message, expected=f"at least {last:g} days")


def _money(path: str, terms: Terms, *, worthless: bool) -> Iterator[Problem]:
    """What is a share of a value, or days of a fee, that a tranche may not have."""
    for field in ("cap", "prepayment"):
        if getattr(terms, field) is not None and worthless:
            message = f"its {field} is a share of its value, but it has none"
            yield Problem(f"{path}.{field}", message, expected="a 'value' or a 'price'")
    if terms.credits and (worthless or terms.term is None):
        message = "its credits are days of fee, but it has no fee"
        yield Problem(f"{path}.credits", message, expected="a 'term' and a 'value' or a 'price'")
    if terms.prepayment is not None and terms.prepayment.credit_over is None and terms.term is None:
        message = "its prepayment is credited over its term, but it has none"
        yield Problem(f"{path}.prepayment", message, expected="a 'term' or 'credit_over'")


def _since(model: Model, path: str, tranche: Tranche) -> Iterator[Problem]:
    if tranche.since is not None and tranche.since > model.start:
        message = f"it is delivered, but in service only since {tranche.since}, after the start"
        yield Problem(f"{path}.since", message, expected=f"a date by {model.start}")


def _dates(model: Model, path: str, tranche: Tranche, contract: Contract) -> Iterator[Problem]:
    if tranche.option is not None and tranche.option.exercise_by < model.start:
        message = f"the option was to be exercised by {tranche.option.exercise_by}, before the start"
        yield Problem(f"{path}.option.exercise_by", message, expected=f"a date from {model.start}")
    if tranche.option is not None and contract.signed is not None and contract.signed > tranche.option.exercise_by:
        message = f"the option is to be exercised by {tranche.option.exercise_by}, before its contract is signed"
        yield Problem(f"{path}.option.exercise_by", message, expected=f"a date from {contract.signed}")
    if tranche.due is not None and tranche.due < model.start:
        message = f"it was due on {tranche.due}, before the start"
        yield Problem(f"{path}.due", message, expected="'delivered: true' or a later date")
    if tranche.due is not None and contract.signed is not None and contract.signed > tranche.due:
        message = f"it is due on {tranche.due}, before its contract is signed on {contract.signed}"
        yield Problem(f"{path}.due", message, expected=f"a date from {contract.signed}")


def _blocks(model: Model, path: str, tranche: Tranche, halls: Halls) -> Iterator[Problem]:
    known = True
    for field, names in (("blocks", tranche.blocks), ("substitutes", tranche.substitutes)):
        for place, block in enumerate(names):
            if block not in halls and block not in model.sites:
                known = False
                yield unknown(f"{path}.{field}.{place}", "block or site", block, [*halls, *model.sites])
    mw = _megawatts(model, tranche)
    total = sum(halls[block] for block in _mine(halls, (*tranche.blocks, *tranche.substitutes)))
    if known and mw is not None and mw > total + ROUNDING:
        message = f"it promises {mw:g} MW, but its blocks have {total:g} MW"
        yield Problem(f"{path}.{'mw' if tranche.mw else 'gpus'}", message, expected=f"at most {total:g} MW")


def _sold(model: Model, halls: Halls) -> Iterator[Problem]:
    """Firm tranches that share blocks may not promise more MW than those blocks have."""
    groups: list[tuple[set[str], list[str]]] = []
    sizes: dict[str, float] = {}
    for key, contract in model.contracts.items():
        for name, tranche in contract.tranches.items():
            mine, mw = _mine(halls, (*tranche.blocks, *tranche.substitutes)), _megawatts(model, tranche)
            if tranche.delivered or tranche.option is not None or not mine or mw is None:
                continue
            names, sizes[f"{key}/{name}"] = [f"{key}/{name}"], mw
            for other in [group for group in groups if group[0] & mine]:
                mine, names = mine | other[0], other[1] + names
                groups.remove(other)
            groups.append((mine, names))
    for blocks, names in groups:
        sold, there = sum(sizes[name] for name in names), sum(halls[block] for block in blocks)
        if len(names) > 1 and sold > there + ROUNDING:
            contract_id, _, tranche_id = names[-1].partition("/")
            message = f"{' and '.join(names)} promise {sold:g} MW together, but their blocks have {there:g} MW"
            field = "mw" if model.contracts[contract_id].tranches[tranche_id].mw else "gpus"
            yield Problem(
                f"contracts.{contract_id}.tranches.{tranche_id}.{field}", message, expected=f"at most {there:g} MW"
            )


def _mine(halls: Halls, names: tuple[str, ...]) -> set[str]:
    """Return the blocks that names of blocks and sites stand for."""
    return {block for block in halls if {block, block.split("/")[0]} & set(names)}


def _megawatts(model: Model, tranche: Tranche) -> float | None:
    """Return the MW of a tranche; None where its generation is not known."""
    if tranche.mw is None and tranche.generation not in model.generations:
        return None
    return model.megawatts(tranche)
