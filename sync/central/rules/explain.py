"""Decisions in plain sentences: why an order got what it got, for a planner who has never seen the code.

What is stored is figures and codes; the sentences are made when somebody asks, so that better words also
explain old decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.central.rules.explain_dispatch import DISPATCH
from sync.central.rules.promise import Grant

CAPTURED = "captured"
FILLED = "filled"
REFUSED = "refused"
MOVED = "moved"
GIVEN = "given"
LOST = "lost"
SUPPLY_CLAIMED = "supply_claimed"
SUPPLY_SHORT = "supply_short"


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a line asked for and got, and the pools of its item (and components) just before."""

    line: int
    sku: str
    asked: int
    granted: int
    assembled: int
    scope: Mapping[str, str]
    pools: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, grant: Grant, pools: Mapping[str, Mapping[str, int]]) -> LineDecision:
        """The decision that a grant is."""
        want = grant.want
        return cls(want.line, want.sku, want.qty, grant.qty, grant.assembled, want.scope.to_json(), pools)

    def to_json(self) -> dict[str, object]:
        """The decision as it is stored; what says nothing is left out."""
        found: dict[str, object] = {
            "line": self.line,
            "sku": self.sku,
            "asked": self.asked,
            "granted": self.granted,
            "pools": self.pools,
        }
        if self.assembled:
            found["assembled"] = self.assembled
        if self.scope:
            found["scope"] = self.scope
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
    return [f"Line {document['line']}: {what} were taken back: {why}. Cause: {document['cause']}."]


def _given(document: Mapping[str, Any]) -> list[str]:
    giver, taker = document["from"], document["to"]
    what, start = f"{document['qty']} of {document['sku']}", f"order {giver['order']} line {giver['line']}"
    end = f"order {taker['order']} line {taker['line']}"
    return [f"A planner gave {what} from {start} to {end}: {document['reason']}"]


def _captured(document: Mapping[str, Any]) -> list[str]:
    said = [_line(line) for line in document["lines"]]
    if document.get("fill") == "complete" and any(n["granted"] < n["asked"] for n in document["lines"]):
        said.append("The order is to be filled completely or not at all, so nothing was reserved for it.")
    if document.get("waits"):
        said.append(f"It takes no stock yet. {document['waits']}")
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
    return said + [_holder(claim) for claim in document.get("held_by", [])]


def _more(line: Mapping[str, Any]) -> str:
    """What a change would have had to get for a line, beside what the order keeps."""
    within, proof = _within(line.get("scope", {})), " ".join(_pool(*pool) for pool in line["pools"].items())
    what = f"{line['asked']} of {line['sku']}{within}"
    return f"Line {line['line']}: the change asks for {what}, and {line['granted']} could be had. {proof}"


def _holder(claim: Mapping[str, Any]) -> str:
    whose = f"{claim['document'].replace(':', ' ')} (line {claim['line']}, {claim['claim']})"
    return f"{claim['qty']} of {claim['sku']} are claimed by {whose}."


def _filled(document: Mapping[str, Any]) -> list[str]:
    said = [
        f"Line {line['line']}: {line['granted']} of {line['asked']} waiting units of {line['sku']} were "
        "given as they became free."
        for line in document["lines"]
    ]
    later = document.get("runner_up")
    if later:
        said.append(
            f"Next in line was order {later['order']} line {later['line']} (priority {later['priority']}, "
            f"placed {later['placed_at']}), which waits for {later['open']} units."
        )
    return [*said, *_rank(document.get("rank"))]


def _supply_claimed(document: Mapping[str, Any]) -> list[str]:
    return [
        f"Line {line['line']}: {line['qty']} of {line['sku']} will be met from {line['supply']} line "
        f"{line['supply_line']}, due {line['due']}. Of that line {line['outstanding']} units were to come, "
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
    within = _within(line.get("scope", {}))
    what = f"{line['asked']} of {line['sku']}{within}"
    if line["granted"] >= line["asked"]:
        head = f"Line {line['line']}: all {what} {were} promised."
    elif line["granted"]:
        head = f"Line {line['line']}: {line['granted']} of {what} {were} promised."
    else:
        head = f"Line {line['line']}: none of {what} could be promised."
    proof = " ".join(_pool(sku, pool) for sku, pool in line["pools"].items())
    made = f" {line['assembled']} of them are put together from components." if line.get("assembled") else ""
    return f"{head}{made}{_instead(line)} {proof}"


def _instead(line: Mapping[str, Any]) -> str:
    """What a line gets in place of what it asked for, and why nothing else."""
    found = f" It is sent instead of {line['substitute_for']}." if line.get("substitute_for") else ""
    others = [f"{sku}: {why}" for sku, why in line.get("considered", []) if why]
    return f"{found} Not sent instead: {'; '.join(others)}." if others else found


def _pool(sku: str, pool: Mapping[str, int]) -> str:
    claims = [
        f"{pool[name]} {words}"
        for name, words in (
            ("reserved", "reserved"),
            ("basket", "in baskets"),
            ("safety", "safety stock"),
            ("kept", "kept for channels"),
        )
        if pool.get(name)
    ]
    said = f", of which {', '.join(claims)}" if claims else ""
    return f"Of {sku} there were {pool['sellable']} sellable{said}."


def _within(scope: Mapping[str, str]) -> str:
    words = {
        "site": "from site",
        "lot": "of lot",
        "serial": "with serial",
        "grade": "of grade",
        "supply": "out of supply",
        "fresh": "good until",
    }
    said = [f"{words[part]} {value}" for part, value in scope.items()]
    return f" ({', '.join(said)})" if said else ""


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
