"""Compiling contracts: the terms that hold for each tranche, and who may fill it."""

from collections.abc import Sequence
from math import inf, nan

from buildsim.domain.construction.activities import Procurement
from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.damages import Damages, Ladder
from buildsim.domain.contracts.majeure import Excuse
from buildsim.domain.contracts.prepayment import Prepayment, PrepaymentPlan
from buildsim.domain.contracts.price import fee_of, value_of
from buildsim.domain.contracts.standing import TranchePlan
from buildsim.domain.contracts.terms import Contract, Terms, Tranche, settled
from buildsim.model.root import Model
from buildsim.program.builder import Builder


class Papers:
    """The tranches of a model by `contract/tranche`, with what their papers say."""

    def __init__(self, model: Model) -> None:
        """Take the model."""
        self.model = model
        self.tranches: dict[str, Tranche] = {
            f"{contract}/{key}": tranche
            for contract, body in model.contracts.items()
            for key, tranche in body.tranches.items()
        }
        self.claimed = {
            name: blocks_of(model, tranche.blocks) for name, tranche in self.tranches.items() if not tranche.delivered
        }
        """The blocks that fill each tranche that is still open."""

    def dates(self) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
        """Return the contract deadline of each block [days], and the options that each optional block hangs on."""
        due: dict[str, float] = {}
        options: dict[str, tuple[str, ...]] = {}
        firm: set[str] = set()
        for name, blocks in self.claimed.items():
            tranche = self.tranches[name]
            for block in blocks:
                if tranche.due is not None:
                    due[block] = min(due.get(block, inf), self.model.day(tranche.due) + 1.0)
                if tranche.option is None or tranche.option.builds:
                    firm.add(block)
                else:
                    options[block] = (*options.get(block, ()), name)
        return due, {block: names for block, names in options.items() if block not in firm}

    def compile(self, builder: Builder) -> tuple[TranchePlan, ...]:
        """Compile the tranches that are still open."""
        return tuple(self._tranche(builder, name) for name in self.claimed)

    def terms(self, name: str) -> Terms:
        """Return the terms that hold for a tranche."""
        contract = self.contract(name)
        master = self.model.masters[contract.master] if contract.master else None
        return settled(self.tranches[name], contract, master)

    def contract(self, name: str) -> Contract:
        """Return the contract of a tranche."""
        return self.model.contracts[name.partition("/")[0]]

    def _tranche(self, builder: Builder, name: str) -> TranchePlan:
        model, tranche, terms = self.model, self.tranches[name], self.terms(name)
        contract_id, _, key = name.partition("/")
        contract = self.contract(name)
        customer = model.customers[contract.customer]
        base = f"contracts.{contract_id}.tranches.{key}"
        if tranche.withdrawal is not None:
            rule = tranche.withdrawal.compile(f"{base}.withdrawal", builder)
        else:
            rule = customer.withdrawal.compile(f"customers.{contract.customer}.withdrawal", builder)
        luck = builder.luck(f"{base}.patience")
        further = [builder.luck(f"{base}.redate[{time}]") for time in range(2, rule.moves + 1)]
        option, mw = tranche.option, model.megawatts(tranche)
        fee, value = fee_and_value(tranche, terms, mw)
        blocks = self.claimed[name]
        return TranchePlan(
            name=name,
            contract=contract_id,
            customer=contract.customer,
            mw=mw,
            blocks=blocks,
            due=model.day(tranche.due) + 1.0 if tranche.due else 0.0,
            rule=rule,
            luck=luck,
            moves=(luck, *further)[: rule.moves],
            master=contract.master or "",
            signed=max(0.0, model.day(contract.signed)) if contract.signed else 0.0,
            substitutes=blocks_of(model, tranche.substitutes),
            grace=terms.grace or 0.0,
            longstop=inf if terms.longstop is None else terms.longstop,
            outside=inf if terms.outside is None else terms.outside,
            cure=terms.cure or 0.0,
            ends=terms.ends or "tranche",
            damages=_damages(terms, fee, value),
            excuse=self._excuse(terms, blocks),
            value=value,
            fee=fee,
            term=terms.term or nan,
            prepayment=_prepayment(terms.prepayment, value, terms.term) if terms.prepayment else None,
            exercise=model.day(option.exercise_by) + 1.0 if option else nan,
            probability=option.probability if option else 1.0,
            option_luck=builder.luck(f"{base}.option", planned=True) if option else -1,
            builds=option.builds if option else False,
            generation=self._generation(blocks),
        )

    def _generation(self, blocks: Sequence[str]) -> str:
        """Return the one generation of some blocks; "" where they have none or several."""
        orders = [self.model.sites[site].halls[hall].gpus for site, hall in map(_parts, blocks)]
        kinds = {order.generation if order else "" for order in orders}
        return kinds.pop() if len(kinds) == 1 else ""

    def _excuse(self, terms: Terms, blocks: Sequence[str]) -> Excuse:
        """Return what extends a tranche's dates: what is counted, where it strikes the blocks."""
        if not terms.force_majeure:
            return Excuse()
        sites = frozenset(block.partition("/")[0] for block in blocks)
        items = {
            activity.item
            for site, hall in map(_parts, blocks)
            for activity in self.model.templates[self.model.sites[site].halls[hall].template].activities.values()
            if isinstance(activity, Procurement)
        }
        return Excuse(frozenset(terms.force_majeure), sites, sites | set(blocks) | items)


def tempers(model: Model) -> dict[str, Temper]:
    """Return the temper of each customer."""
    return {name: customer.temper for name, customer in model.customers.items()}


def blocks_of(model: Model, names: Sequence[str]) -> tuple[str, ...]:
    """Return the blocks that names of blocks and sites stand for: a site for all of its halls."""
    blocks = []
    for name in names:
        site, hall = _parts(name)
        blocks += [name] if hall else [f"{site}/{key}" for key in model.sites[site].halls]
    return tuple(blocks)


def fee_and_value(tranche: Tranche, terms: Terms, mw: float) -> tuple[float, float]:
    """Return the first-year fee of a MW and day [USD], 0 without a term, and the value over the term [USD]."""
    if terms.term is None:
        return 0.0, tranche.value or 0.0
    indexation = terms.indexation or 0.0
    if terms.price is not None:
        fee = terms.price.fee(mw, tranche.gpus or 0.0)
        return fee, value_of(fee, mw, terms.term, indexation)
    value = tranche.value or 0.0
    return fee_of(value, mw, terms.term, indexation), value


def _damages(terms: Terms, fee: float, value: float) -> Damages:
    ladder = Ladder.of(terms.credits or ())
    cap = inf if terms.cap is None else terms.cap * value
    return Damages(terms.damages or 0.0, fee, ladder, bool(terms.retroactive), cap)


def _prepayment(prepayment: Prepayment, value: float, term: float | None) -> PrepaymentPlan:
    over = prepayment.credit_over or term or inf
    ahead = inf if prepayment.ahead is None else prepayment.ahead
    return PrepaymentPlan(prepayment.share * value, ahead, prepayment.credit_from, over, prepayment.refund)


def _parts(block: str) -> tuple[str, str]:
    site, _, hall = block.partition("/")
    return site, hall
