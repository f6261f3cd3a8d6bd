"""Contracts in a few sentences made from the numbers."""

from math import isfinite

from buildsim.analysis import contracts, quantiles
from buildsim.analysis.contracts import ALL
from buildsim.cli.report.cells import Days, per_cent, per_cent_range
from buildsim.cli.report.exposure_told import Told, usd
from buildsim.cli.words import count, mw


def answer(told: Told) -> list[str]:
    """Who pays most and what it takes to change that, the backlog, what is at risk and lost: a sentence or two each."""
    if told.paid is None:
        paid = ["What customers pay is not known: no tranche has a price, or a value and a term."]
    else:
        paid = [_shares(told) if told.customer is None else _share_of(told), *_from_when(told), *_what_it_takes(told)]
    ends = [_at_risk(told), _losses(told)]
    return (
        [*paid, *_backlog(told), *ends]
        if told.customer
        else [*paid, *_backlog(told), *ends, _idle(told), *_left_out(told)]
    )


def _shares(told: Told) -> str:
    paid = told.over_time[told.over_time["n"] > 0]
    if paid.empty:
        return "Nobody pays anything by the horizon."
    first, last = paid.iloc[0], paid.iloc[-1]
    text = (
        f"{told.name(first['largest'])} brings {per_cent(first['share'])} of the revenue {told.when(first['day'])} "
        f"({usd(first['usd'])} a year)"
    )
    if last["day"] == first["day"]:
        return f"{text}."
    who = "" if last["largest"] == first["largest"] else f"{told.name(last['largest'])} "
    return f"{text}, {who}{per_cent(last['share'])} {told.when(last['day'])} ({usd(last['usd'])} a year)."


def _share_of(told: Told) -> str:
    name = told.name(str(told.customer))
    found = contracts.shares(told.ledger, [told.days[0], told.days[-1]]).set_index("customer").loc[[told.customer]]
    parts = [
        f"{per_cent(row['mean'])} {told.when(row['day'])} ({usd(row['usd'])} a year)"
        for row in found[found["n"] > 0].to_dict("records")
    ]
    return f"{name} brings {' and '.join(parts)} of the revenue." if parts else f"{name} pays nothing by the horizon."


def _from_when(told: Told) -> list[str]:
    row, days = told.below, Days(told.run.start)
    if not row or row["p90"] == 0.0:
        return []
    if not isfinite(row["p50"]):
        who = "Some customer" if told.customer is None else told.name(told.customer)
        ends = per_cent_range(1.0 - row["probability_high"], 1.0 - row["probability_low"])
        likely = f"in {per_cent(1.0 - row['probability'])} of the replications ({ends})"
        return [f"{who} has {per_cent(contracts.AIM)} or more at the horizon {likely}."]
    who = "No customer has" if told.customer is None else f"{told.name(told.customer)} does not have"
    begin = "the start" if row["p50"] == 0.0 else days.text(row["p50"])
    text = f"{who} {per_cent(contracts.AIM)} or more from {begin} on in half of the replications"
    late = f", from {days.text(row['p80'])} on in 80 %" if isfinite(row["p80"]) else ""
    never = f"; in {per_cent(1.0 - row['probability'])} not for good by the horizon" if row["later"] else ""
    return [f"{text}{late}{never}."]


def _what_it_takes(told: Told) -> list[str]:
    now, order = contracts.required(told.ledger, customer=told.customer).to_dict("records")
    name, aim = told.name(now["customer"]), per_cent(contracts.AIM)
    if not order["others"]:
        return [f"{name} is the only customer whose fee is known."]
    texts = []
    if now["share"] >= contracts.AIM:
        texts.append(
            f"For its share to be below {aim} while {name} pays {usd(now['pays'])} a year, as at the start, others "
            f"must pay more than {usd(now['required'])}. They pay {usd(now['others'])} for {mw(now['others_mw'])}"
        )
        if isfinite(now["missing_mw"]):
            fee = f"{usd(now['fee'])} a MW and year"
            texts[-1] += f"; the rest takes {mw(now['missing_mw'])} more, at the {fee} of what they have on order"
        texts[-1] += "."
    if now["share"] >= contracts.AIM or order["share"] >= contracts.AIM:
        missing = order["missing"] > 0.0 and isfinite(order["missing_mw"])
        end = f"; {mw(order['missing_mw'])} more of others would bring it to {aim}" if missing else ""
        texts.append(
            f"With all firm tranches delivered {name} has {per_cent(order['share'])}: others have "
            f"{mw(order['others_mw'])} under contract{end}."
        )
    return [" ".join(texts)] if texts else []


def _backlog(told: Told) -> list[str]:
    found = contracts.backlog(told.ledger, [0.0]).set_index("customer")
    whole = found.loc[told.customer or ALL]
    if not whole["mean"] and not whole["optional"]:
        return []
    text = f"The firm backlog is {usd(whole['mean'])} at the start"
    own = found.drop(index=ALL)["mean"]
    if told.customer is not None:
        text = f"{text}, {per_cent(own[told.customer] / own.sum())} of all"
    elif whole["mean"] > 0.0:
        text = f"{text}, of which {told.name(str(own.idxmax()))} has {per_cent(own.max() / own.sum())}"
    if whole["optional"]:
        text = f"{text}; options are worth {usd(whole['optional'])}, at their probabilities {usd(whole['expected'])}"
    return [f"{text}."]


def _at_risk(told: Told) -> str:
    own = told.ledger.at_risk.level(told.grid, told.customer)
    place = int(own.mean(axis=0).argmax())
    most = float(own[:, place].mean())
    if most < contracts.SEEN:
        return "No revenue is at risk at any time."
    high = float(quantiles.bands(own[:, place : place + 1], (0.9,))[0, 0])
    text = f"Most revenue is at risk {told.when(told.grid[place])}: {usd(most)} on average, P90 {usd(high)}"
    if told.customer is None:
        risks = contracts.at_risk(told.ledger, [told.grid[place]]).set_index("customer")["mean"].drop(index=ALL)
        text = f"{text}, the largest part {told.name(str(risks.idxmax()))}'s ({usd(float(risks.max()))})"
    return f"{text}."


def _losses(told: Told) -> str:
    paid, left = (told.losses[name].loc[told.customer or ALL] for name in ("damages", "withdrawn"))
    if not paid["mean"] and not left["mean"]:
        return "No damages fall due, and nothing is withdrawn."
    who = "Customers leave" if told.customer is None else "It leaves"
    return (
        f"Damages are {usd(paid['mean'])} on average, {usd(paid['shortfall'])} in the worst 5 % (value at risk "
        f"{usd(paid['at_risk'])}). {who} {usd(left['mean'])} of value on average, {usd(left['shortfall'])} in the "
        f"worst 5 %."
    )


def _idle(told: Told) -> str:
    some = told.over_time[told.over_time["idle_mean"].notna()]
    if some.empty:
        return "Nothing is live."
    parts = [f"{per_cent(some.iloc[at]['idle_mean'])} {told.when(some.iloc[at]['day'])}" for at in (0, -1)]
    return f"Of the live MW {' and '.join(dict.fromkeys(parts))} are in nobody's service."


def _left_out(told: Told) -> list[str]:
    unknown = contracts.without_fee(told.ledger)
    if unknown.empty or told.paid is None:
        return []
    held = count(len(unknown), "tranche")
    return [f"Left out of the revenue are {mw(float(unknown['mw'].sum()))} in {held} whose fee is not known."]
