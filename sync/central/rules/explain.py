"""Decisions in plain sentences: why an order got what it got, for a planner who has never seen the code.

What is stored is figures and codes; the sentences are made when somebody asks, so that better words also
explain old decisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.counted import counted
from sync.central.rules.explain_dispatch import DISPATCH
from sync.central.rules.promise import Grant
from sync.central.rules.reckoning import instant, reckoned, within

CAPTURED = "captured"
FILLED = "filled"
REFUSED = "refused"
MOVED = "moved"
GIVEN = "given"
LOST = "lost"
SUPPLY_CLAIMED = "supply_claimed"
SUPPLY_SHORT = "supply_short"


Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a line asked for and got, and the figures of its item (and components) just before.

    Of an order that is taken whole or not at all `could` is what the line could have had.
    """

    grant: Grant
    pools: Figures
    could: int | None = None

    def to_json(self) -> dict[str, object]:
        """The decision as it is stored; what says nothing is left out."""
        grant, want = self.grant, self.grant.want
        found: dict[str, object] = {
            "line": want.line,
            "sku": want.sku,
            "asked": want.qty,
            "granted": grant.qty if self.could is None else 0,
            "pools": self.pools,
        }
        more = {
            "assembled": grant.assembled,
            "could": self.could,
            "scope": want.scope.to_json(),
            "named": len(want.serials),
            "kit": {part.sku: part.qty for part in want.kit},
            "apart": grant.apart,
        }
        return found | {name: value for name, value in more.items() if value}


def lines_told(
    grants: Iterable[Grant], figures: Callable[[str, str], Mapping[str, Any]]
) -> list[LineDecision]:
    """The decisions that the grants of one order are, in the order they were made.

    `figures` gives those of an item for a channel as they were before all of them.
    """
    found, taken = list[LineDecision](), Counter[str]()
    for grant in grants:
        want = grant.want
        skus = (want.sku, *(part.sku for part in want.kit))
        pools = {sku: dict(figures(sku, want.channel)) for sku in skus}
        for sku, room in zip(skus, grant.rooms, strict=False):
            pools[sku]["room"] = room
        for sku in skus:
            pools[sku] |= {"before": taken[sku]} if taken[sku] else {}
        for claim in grant.claims():
            taken[claim.item] += claim.qty if claim.scope.grade is None else 0
        found.append(LineDecision(grant, pools))
    return found


def sentences(kind: str, document: Mapping[str, Any]) -> list[str]:
    """A decision in sentences, the most important first; a kind that is not known says so."""
    tell = _TELLERS.get(kind)
    return tell(document) if tell else [f"A decision of the kind {kind}; see its document."]


def _moved(document: Mapping[str, Any]) -> list[str]:
    start, end = document["from"] or "any site", document["to"] or "any site"
    what = " and ".join(f"{claim['qty']} of {claim['sku']}" for claim in document["claims"])
    return [f"Line {document['line']}: its claim on {what} moved from {start} to {end}: {document['reason']}"]


def _lost(document: Mapping[str, Any]) -> list[str]:
    item, sku = document["item"], document["sku"]
    what = f"{document['qty']} of {sku}" + ("" if item == sku else f" (put together from {item})")
    why = f"less of {item} is there than was claimed, and others are served first"
    return [f"Line {document['line']}: {what} were taken back: {why}.", *_cause(document)]


def _cause(document: Mapping[str, Any]) -> list[str]:
    """What brought it about, where it was an event; what was asked of the centre has no more to say."""
    return [f"What happened: {document['happened']}"] if document.get("happened") else []


def _given(document: Mapping[str, Any]) -> list[str]:
    giver, taker = document["from"], document["to"]
    what, start = f"{document['qty']} of {document['sku']}", f"order {giver['order']} line {giver['line']}"
    end = f"order {taker['order']} line {taker['line']}"
    return [f"A planner gave {what} from {start} to {end}: {document['reason']}"]


def _captured(document: Mapping[str, Any]) -> list[str]:
    said = [_line(line) for line in document["lines"]]
    if document.get("waits"):
        said.append(f"It takes no stock yet. {document['waits']}")
    elif document.get("fill") == "complete" and any(n["granted"] < n["asked"] for n in document["lines"]):
        short = [str(n["line"]) for n in document["lines"] if n.get("could", n["granted"]) < n["asked"]]
        said.append(
            "The order is to be filled completely or not at all, so nothing was reserved for it; "
            f"short {'is line' if len(short) == 1 else 'are lines'} {', '.join(short)}."
        )
    return [*said, *_rank(document.get("rank"))]


def _refused(document: Mapping[str, Any]) -> list[str]:
    if document.get("change"):
        said = [_more(line) for line in document["lines"]] if not document.get("block") else []
        if document.get("block"):
            said.append(f"The order is blocked ({document['block']}) and gets nothing new until it is not.")
        said.append(
            "The change was not to wait for more, so nothing was changed: the order keeps what it has."
        )
    else:
        said = [_line(line, "could have been") for line in document["lines"]]
        said.append("It was not to wait for more, so nothing was claimed for it.")
    said += [_holder(claim) for claim in document.get("held_by", [])]
    return said + [
        f"{n} more of {sku} are claimed by others." for sku, n in document.get("others", {}).items()
    ]


def _more(line: Mapping[str, Any]) -> str:
    """What a change would have had to get for a line, beside what the order keeps."""
    what = f"{line['asked']} of {line['sku']}{within(line.get('scope', {}))}"
    had = line["granted"] or "none"
    return f"Line {line['line']}: the change asks for {what}, and {had} could be had. {_proof(line)}"


def _holder(claim: Mapping[str, Any]) -> str:
    kind, _, code = claim["document"].partition(":")
    if claim.get("own") and kind == "hold":
        return f"{claim['qty']} of {claim['sku']} were free to it because they are in its own basket {code}."
    if claim.get("own"):
        return f"{claim['qty']} of {claim['sku']} are its own already (line {claim['line']})."
    whose = f"{_HOLDERS.get(kind, kind)} {code} (line {claim['line']})"
    moved = "; an order that is served sooner may still get them" if claim["claim"] == "soft" else ""
    return f"{claim['qty']} of {claim['sku']} are claimed by {whose}{moved}."


_HOLDERS = {"hold": "basket"}


def _filled(document: Mapping[str, Any]) -> list[str]:
    said = [
        f"Line {line['line']}: {line['granted']} of {line['asked']} waiting units of {line['sku']} were "
        "given as they became free."
        for line in document["lines"]
    ]
    later = document.get("runner_up")
    if later:
        who = f"order {later['order']} line {later['line']}"
        rank = f"(priority {later['priority']}, placed {instant(later['placed_at'])})"
        waits = f"waits for {counted(later['open'], 'unit')}"
        if later.get("fill") == "complete":
            waits += " and is filled completely or not at all"
        said.append(f"First of those that wait on is {who} {rank}, which {waits}.")
    return [*said, *_cause(document), *_rank(document.get("rank"))]


def _supply_claimed(document: Mapping[str, Any]) -> list[str]:
    return [
        f"Line {line['line']}: {line['qty']} of {line['sku']} will be met from {line['supply']} line "
        f"{line['supply_line']}, due {line['due']}. Of that line "
        f"{counted(line['outstanding'], 'unit')} were to come, "
        f"{line['claimed']} of them promised."
        for line in document["lines"]
    ]


def _supply_short(document: Mapping[str, Any]) -> list[str]:
    return [
        f"Line {line['line']}: {line['qty']} of {line['sku']} will not come with {line['supply']} line "
        f"{line['supply_line']} and wait again: {line['outstanding']} are still to come of it, for claims "
        "that are served before this one."
        for line in document["lines"]
    ]


def _line(line: Mapping[str, Any], were: str = "were") -> str:
    granted = line["granted"]
    if line.get("could"):
        # The line could have been met; that nothing was reserved is said of the order.
        granted, were = line["could"], "could have been"
    what = f"{line['asked']} of {line['sku']}{within(line.get('scope', {}))}"
    if granted >= line["asked"]:
        head = f"Line {line['line']}: all {what} {were} promised."
    elif granted:
        head = f"Line {line['line']}: {granted} of {what} {were} promised."
    else:
        head = f"Line {line['line']}: none of {what} could be promised."
    if line.get("named"):
        head += f" Of the serials that it names {granted or 'none'} {'was' if granted == 1 else 'were'} free."
    made = f" {line['assembled']} of them are put together from components." if line.get("assembled") else ""
    return f"{head}{made}{_instead(line)} {_proof(line)}"


def _instead(line: Mapping[str, Any]) -> str:
    """What a line gets in place of what it asked for, and why nothing else."""
    found = ""
    if line.get("substitute_for"):
        had = f", of which {line['had'] or 'none'} could be had" if "had" in line else ""
        found = f" It is sent instead of {line['substitute_for']}{had}."
    others = [f"{sku}: {why}" for sku, why in line.get("considered", []) if why]
    return f"{found} Not sent instead: {'; '.join(others)}." if others else found


def _proof(line: Mapping[str, Any]) -> str:
    """The figures of the line's item and, for a kit, of what it is put together from."""
    sku, scope = line["sku"], line.get("scope", {})
    said = [reckoned(sku, line["pools"][sku], scope)] if sku in line["pools"] else []
    if line.get("kit"):
        parts = " and ".join(f"{qty} of {part}" for part, qty in line["kit"].items())
        said.append(f"Each {sku} can be put together from {parts}.")
    # Lot and grade are the kit's own: its components may be of any.
    of_parts = {name: value for name, value in scope.items() if name in {"site", "fresh"}}
    said += [reckoned(part, pool, of_parts) for part, pool in line["pools"].items() if part != sku]
    if line.get("apart"):
        said.append(f"It takes one site that has all of them, and none has enough for one more {sku}.")
    return " ".join(said)


def _rank(rank: Mapping[str, Any] | None) -> list[str]:
    if not rank:
        return []
    parts: Sequence[Sequence[Any]] = rank.get("parts", [])
    made = f": {', '.join(f'{what} {points:+d}' for what, points in parts)}" if parts else ""
    return [f"The order's priority is {rank['priority']} (smaller is served first){made}."]


_TELLERS: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {
    CAPTURED: _captured,
    REFUSED: _refused,
    FILLED: _filled,
    MOVED: _moved,
    GIVEN: _given,
    LOST: _lost,
    **DISPATCH,
    SUPPLY_CLAIMED: _supply_claimed,
    SUPPLY_SHORT: _supply_short,
}
