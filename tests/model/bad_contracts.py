"""Bad contracts: (good, bad, path, told), each one mistake in the model of the tests of bad input."""

import pytest

T1 = "contracts.k1.tranches.t1"
TERMS = "grace: 30 days, damages"
MASTERS = "customers:\n  lab: {name: A laboratory, withdrawal: {kind: lost_confidence, monthly: 2%, growth: 1.5}}\n"


def _terms(more: str, path: str, told: str, name: str) -> object:
    return pytest.param(TERMS, f"{more}, damages", path, told, id=name)


def _paper(order: str, masters: str, path: str, told: str, name: str) -> object:
    """A contract with terms of its own, under master agreements."""
    good = f"{MASTERS}contracts:\n  k1:\n    customer: lab\n"
    return pytest.param(
        good, f"{MASTERS}masters:\n{masters}contracts:\n  k1:\n    customer: lab\n{order}", path, told, id=name
    )


MSA = "  msa: {customer: lab, terms: {grace: 60 days}}\n"
CONTRACTS = [
    _paper(
        "    master: msa\n",
        "  msa: {customer: other}\n",
        "contracts.k1.master",
        "an agreement with other, but the contract is with lab",
        "master of another customer",
    ),
    pytest.param(
        "      t1: {mw: 10 MW,",
        "      t0: {mw: 5 MW, blocks: [denton/h01], due: 2026-09-30}\n      t1: {gpus: 5200, generation: GB200,",
        f"{T1}.gpus",
        "MW together",
        id="GPUs sold twice",
    ),
    _terms("grace: 30 days, substitutes: [denton/h9]", f"{T1}.substitutes[0]", "no block or site", "substitute"),
    _terms("grace: 30 days, generation: GB20", f"{T1}.generation", "did you mean 'GB200'", "generation of a tranche"),
    _terms(
        "grace: 30 days, generation: GB200, substitutes: [denton/h02]",
        f"{T1}.substitutes[0]",
        "denton/h02 carries no GPUs, but the tranche is for GB200",
        "substitute of no generation",
    ),
    pytest.param(
        "blocks: [denton/h01]",
        "generation: GB200, blocks: [denton/h02]",
        f"{T1}.blocks[0]",
        "but the tranche is for GB200",
        id="block of no generation",
    ),
    _terms("force_majeure: [strom]", f"{T1}.force_majeure[0]", "did you mean 'storm'", "force majeure"),
    _terms("since: 2025-08-01, delivered: true", f"{T1}.since", "after the start", "since after the start"),
    pytest.param(
        'damages: "$26,301", value: $1.2bn',
        "term: 5 years, price: {per: gpu_hour, usd: $3}",
        f"{T1}.price",
        "but sized in MW",
        id="price of GPUs",
    ),
    pytest.param(
        'damages: "$26,301", value: $1.2bn',
        "price: {per: mw_month, usd: $1m}",
        f"{T1}.term",
        "no term over which",
        id="price without a term",
    ),
    pytest.param('damages: "$26,301", value: $1.2bn', "cap: 10%", f"{T1}.cap", "it has none", id="cap of nothing"),
    pytest.param(
        'damages: "$26,301", value: $1.2bn',
        "term: 5 years, prepayment: {share: 20%}",
        f"{T1}.prepayment",
        "it has none",
        id="prepayment of nothing",
    ),
    _terms("prepayment: {share: 20%}", f"{T1}.prepayment", "credited over its term", "prepayment without a term"),
    _terms("credits: [{rate: 1}]", f"{T1}.credits", "no fee", "credits without a term"),
    pytest.param(
        "{mw: 10 MW, blocks", "{gpus: 9000, generation: GB200, blocks", f"{T1}.gpus", "17.1 MW", id="more GPUs promised"
    ),
    _paper("    master: msb\n", MSA, "contracts.k1.master", "did you mean 'msa'", "master"),
    _paper("", "  msa: {customer: lap}\n", "masters.msa.customer", "did you mean 'lab'", "customer of a master"),
    _paper(
        "    terms: {force_majeure: [landlrd]}\n",
        MSA,
        "contracts.k1.terms.force_majeure[0]",
        "did you mean 'landlord'",
        "force majeure of a contract",
    ),
    _paper(
        "",
        "  msa: {customer: lab, terms: {force_majeure: [permts]}}\n",
        "masters.msa.terms.force_majeure[0]",
        "did you mean 'permits'",
        "force majeure of a master",
    ),
    pytest.param(
        "customer: lab\n    tranches:\n      t1: {mw: 10 MW,",
        "customer: lab\n    signed: 2026-03-01\n    tranches:\n"
        "      t1: {option: {exercise_by: 2026-02-01, probability: 50%}, mw: 10 MW,",
        f"{T1}.option.exercise_by",
        "before its contract is signed",
        id="option before it is signed",
    ),
    _paper("    signed: 2026-12-01\n", MSA, f"{T1}.due", "before its contract is signed", "signed after it is due"),
    _paper(
        "    terms: {longstop: 10 days}\n",
        MSA,
        f"{T1}.longstop",
        "before the end of its grace of 30",
        "longstop of a paper",
    ),
    _paper("    terms: {outside: 20 days}\n", MSA, f"{T1}.outside", "comes before 30 days", "outside date of a paper"),
]
