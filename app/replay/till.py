"""The trade at the centre, over its HTTP API: few calls for a paper, each safe to send again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.bootstrap import resources
from app.bootstrap.centre import CentreClient
from app.domain.clock import to_text
from app.domain.fields import Fields
from app.domain.place import Location, LocationKind
from app.domain.refusal import Unavailable
from app.replay.box import Box, Units
from app.replay.doubts import Doubt
from app.replay.goods import CURRENCY, Goods, sku_of
from app.replay.people import approves, grade
from app.replay.rows import BY_FINDING, Entry, Kind, Paper, Reason, pence
from app.replay.supply import Delivery

OWNER = "online-retail"
SITE = "WH1"
SHELF = "STOCK"
CHANNEL = "wholesale"

_MOST_LINES = 2_000
_MOST_ITEMS = 1_000
_PAGE = 500
_LONGEST_NOTE = 500
_NO_END = "9999-12-31"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the rows of one paper ended so far; sales count as applied until the end shows what waits."""

    applied: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)
    boxes: tuple[Box, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What the centre found of a credit line: units of its sales, and why it does not fit."""

    units: int
    reason: Reason | None


_NOBODY = _Found(0, Reason.BLIND)


def tell_places(client: CentreClient) -> None:
    """Tells the centre where things are; before a bench joins there."""
    client.post("/locations", {"locations": [place.to_json() for place in _places()]}, "locations")


class Till:
    """Speaks for the shop (`client`) and for its supervisor, two people with two tokens."""

    def __init__(self, client: CentreClient, supervisor: CentreClient, goods: Goods, seed: int) -> None:
        self._client = client
        self._supervisor = supervisor
        self._goods = goods
        self._seed = seed

    def furnish(self) -> None:
        """Tells the centre its policy and items."""
        self._client.post("/policies", {"source": resources.policy_source()}, "policy")
        items = [item.to_json() for item in self._goods.items.values()]
        for number, part in enumerate(_parts(items, _MOST_ITEMS), 1):
            self._client.post("/items", {"items": part}, f"items {number}")

    def receive(self, delivery: Delivery) -> None:
        """Goods come in; orders that waited for them are shipped."""
        lines = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(delivery.lines, 1)]
        at = to_text(delivery.at)
        body = {"document": delivery.document, "owner": OWNER, "location": SHELF, "at": at, "lines": lines}
        self._client.post("/receipts", body, f"receipt {delivery.document}")

    def settle(self, paper: Paper) -> Outcome:
        """Everything one paper says, in the order sales, counts, write-offs, returns."""
        outcome = Outcome()
        outcome.applied.update(str(entry.kind) for entry in paper.of(Kind.SALE, Kind.SERVICE))
        for kind, reason in ((Kind.BAD_DEBT, Reason.BAD_DEBT), (Kind.STRANGE, Reason.STRANGE)):
            outcome.exceptions.update(str(reason) for _ in paper.of(kind))
        self._order(paper)
        self._count(paper, outcome)
        for entry in paper.of(Kind.WRITE_OFF):
            self._write_off(paper, entry, outcome)
        doubts = list[Doubt]()
        boxes = tuple(self._take_back(paper, outcome, doubts))
        return Outcome(outcome.applied, outcome.exceptions, boxes, tuple(doubts))

    def not_shipped(self) -> int:
        """Lines of captured orders of which units still wait."""
        waiting, cursor = 0, None
        while True:
            asked = [("state", "open"), ("limit", str(_PAGE)), *([("cursor", cursor)] if cursor else [])]
            page = self._client.get("/orders", asked)
            for order in page.objects("orders"):
                waiting += sum(_waits(line) for line in order.objects("lines"))
            cursor = page.maybe_text("next")
            if cursor is None:
                return waiting

    def _order(self, paper: Paper) -> None:
        entries = paper.of(Kind.SALE, Kind.SERVICE, Kind.BAD_DEBT)
        for number, part in enumerate(_parts(entries, _MOST_LINES), 1):
            body: dict[str, object] = {
                "order": _numbered(paper.number, number),
                "owner": OWNER,
                "channel": CHANNEL,
                "at": to_text(paper.at),
                "ship": "available",
                "lines": [_order_line(entry) for entry in part],
            }
            if paper.customer:
                body["customer"] = paper.customer
            self._client.post("/orders", body, f"order {body['order']}")

    def _count(self, paper: Paper, outcome: Outcome) -> None:
        sign, reason = (-1, "given_free") if paper.bought else (1, "found")
        for number, part in enumerate(_parts(paper.of(Kind.ADJUSTMENT), _MOST_LINES), 1):
            document = _numbered(f"COUNT-{paper.number}", number)
            lines = [
                {
                    "line": entry.number,
                    "sku": sku_of(entry.row.code),
                    "difference": sign * entry.units,
                    "reason": reason,
                }
                for entry in part
            ]
            at = to_text(paper.at)
            body = {"document": document, "owner": OWNER, "location": SHELF, "at": at, "lines": lines}
            self._client.post("/counts", body, document)
            outcome.applied[Kind.ADJUSTMENT] += len(part)

    def _write_off(self, paper: Paper, entry: Entry, outcome: Outcome) -> None:
        at, key = to_text(entry.row.at), f"{paper.number} {entry.number}"
        body: dict[str, object] = {
            "owner": OWNER,
            "sku": sku_of(entry.row.code),
            "qty": entry.units,
            "location": SHELF,
            "reason": "lost_or_damaged",
            "at": at,
        }
        if entry.row.description:
            body["note"] = entry.row.description[:_LONGEST_NOTE]
        code = self._client.post("/write-offs", body, f"write-off {key}").text("write_off")
        approved = approves(self._seed, entry)
        word = {"decision": "approve" if approved else "reject", "at": at}
        self._supervisor.post(f"/write-offs/{code}/decision", word, f"decision {key}")
        if approved:
            outcome.applied[Kind.WRITE_OFF] += 1
        else:
            outcome.exceptions[Reason.REJECTED] += 1

    def _take_back(self, paper: Paper, outcome: Outcome, doubts: list[Doubt]) -> Iterator[Box]:
        """Authorizes what the customer bought; a line that does not fit ends by what the centre found."""
        for number, part in enumerate(_parts(paper.of(Kind.CREDIT), _MOST_LINES), 1):
            rma, answered = self._authorize(paper, number, part)
            announced, blind = list[Units](), list[Units]()
            for entry in part:
                sku, found = sku_of(entry.row.code), answered.get(entry.number, _NOBODY)
                condition = grade(self._seed, entry)
                if found.units:
                    announced.append(Units(sku, found.units, condition))
                if found.units < entry.units:
                    blind.append(Units(sku, entry.units - found.units, condition))
                if found.reason is None:
                    outcome.applied[Kind.CREDIT] += 1
                else:
                    outcome.exceptions[found.reason] += 1
                    doubts.append(_doubt(paper, entry, found))
            yield Box(paper.number, paper.at, rma, tuple(announced), tuple(blind))

    def _authorize(
        self, paper: Paper, number: int, entries: Sequence[Entry]
    ) -> tuple[str | None, dict[int, _Found]]:
        if paper.customer is None:
            return None, {}
        body = {
            "owner": OWNER,
            "customer": paper.customer,
            "at": to_text(paper.at),
            "site": SITE,
            # The rows are of years ago and the centre lives today: nothing of them is to expire meanwhile.
            "send_by": _NO_END,
            "match": "customer_sales",
            "lines": [
                {"line": entry.number, "sku": sku_of(entry.row.code), "qty": entry.units, "reason": "unknown"}
                for entry in entries
            ],
        }
        found = self._client.post("/returns", body, f"return {_numbered(paper.number, number)}")
        lines = {line.whole("line"): _found(line) for line in found.objects("lines")}
        if set(lines) != {entry.number for entry in entries}:
            raise Unavailable(f"The centre did not answer for every line of {paper.number}.")
        return found.maybe_text("rma"), lines


def _found(line: Fields) -> _Found:
    said = line.maybe_text("finding")
    if said is not None and said not in BY_FINDING:
        raise Unavailable(f"The centre found {said} of a credit line, which this replay does not know.")
    return _Found(line.whole("authorized"), BY_FINDING[said] if said is not None else None)


def _doubt(paper: Paper, entry: Entry, found: _Found) -> Doubt:
    """Of a line that is to be looked at all units, of others those without a sale."""
    whole = found.reason in {Reason.SAME_DAY, Reason.UNUSUAL}
    units = entry.units if whole else entry.units - found.units
    worth = max(0, pence(entry.row.price)) * units
    return Doubt(paper.number, entry.row.line, sku_of(entry.row.code), str(found.reason), units, worth)


def _places() -> list[Location]:
    """The shelf, and wherever the policy sends goods."""
    outcomes = resources.policy().outcomes
    bins = {SHELF: "Stock"} | {outcome.place: outcome.caption.capitalize() for outcome in outcomes}
    site = Location(SITE, LocationKind.SITE, "Warehouse", SITE)
    return [site, *(Location(code, LocationKind.BIN, name, SITE, SITE) for code, name in bins.items())]


def _order_line(entry: Entry) -> dict[str, object]:
    row = entry.row
    price = pence(row.price)
    line: dict[str, object] = {"line": entry.number, "qty": entry.units, "currency": CURRENCY}
    if entry.kind is Kind.SALE:
        return {**line, "sku": sku_of(row.code), "unit_minor": price}
    # Not stock; a credited one gives its money back.
    description = row.description or row.code
    return {**line, "description": description, "unit_minor": price if row.qty > 0 else -price}


def _waits(line: Fields) -> bool:
    shipped, cancelled = line.whole("shipped"), line.whole("cancelled")
    return line.flag("stock", default=False) and shipped + cancelled < line.whole("qty")


def _parts(entries: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(entries), most):
        yield entries[start : start + most]


def _numbered(code: str, part: int) -> str:
    """The code itself, unless its paper is so long that it takes several calls."""
    return code if part == 1 else f"{code}/{part}"
