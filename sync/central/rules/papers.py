"""The papers of a consignment, said: claim, manifest, donation list, disposal certificate.

What a vendor, a buyer or an authority needs is in them, and no customer's name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from app.domain.account import Account
from app.domain.money import amount_text, written
from app.domain.paper import Facts, Grid, Paper, Part, Picture
from app.domain.refusal import Refused
from sync.central.rules.consignment import Route, State
from sync.central.rules.evidence import UNTOLD, Story, day


class Kind(StrEnum):
    """Which paper of a consignment."""

    CLAIM = "claim"
    MANIFEST = "manifest"
    DONATION = "donation"
    DISPOSAL = "disposal"


_TITLES: Mapping[str, str] = {
    Kind.CLAIM: "Vendor claim",
    Kind.MANIFEST: "Lot manifest",
    Kind.DONATION: "Donation list",
    Kind.DISPOSAL: "Disposal certificate",
}
_ROUTES: Mapping[str, frozenset[str]] = {
    Kind.CLAIM: frozenset({Route.VENDOR_RETURN}),
    Kind.MANIFEST: frozenset({Route.LIQUIDATE}),
    Kind.DONATION: frozenset({Route.DONATE}),
    Kind.DISPOSAL: frozenset({Route.RECYCLE, Route.SCRAP}),
}
_TO: Mapping[str, str] = {
    Kind.CLAIM: "Vendor",
    Kind.MANIFEST: "Buyer",
    Kind.DONATION: "Charity",
    Kind.DISPOSAL: "Processor",
}


_SIGNED: Mapping[str, tuple[str, ...]] = {
    Kind.CLAIM: (),
    Kind.MANIFEST: ("For the seller", "For the buyer"),
    Kind.DONATION: ("Given by", "Received by"),
    Kind.DISPOSAL: ("Handed over by", "For the processor", "Witness"),
}


@dataclass(frozen=True, slots=True)
class Goods:
    """A line as papers need it; `cost_minor` of all its units, `value_minor` of one by the item's record."""

    line: int
    name: str
    held: Account
    qty: int
    cost_minor: int
    value_minor: int
    regulated: str | None = None
    rejected: int = 0
    why: str | None = None
    story: Story = UNTOLD


@dataclass(frozen=True, slots=True)
class Handover:
    """Goods that went from one hand to another."""

    at: str
    given_by: str
    taken_by: str
    place: str
    seal: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the processor certified."""

    number: str
    processor: str
    issued_on: str
    weight_g: int | None
    units: int | None
    witness: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """All that the papers of one consignment say; `left_at` is None before it left."""

    code: str
    owner: str
    site: str
    route: str
    counterpart: str
    reference: str | None
    state: str
    currency: str
    policy: str | None
    left_at: str | None
    goods: tuple[Goods, ...]
    handovers: tuple[Handover, ...] = ()
    certificate: Certificate | None = None
    settlement: Mapping[str, object] | None = None


def require_kind(said: Said, kind: Kind) -> None:
    """Refuses a paper that a consignment of that route does not have.

    Raises:
        Refused: it has another one.
    """
    if said.route not in _ROUTES[kind]:
        own = next(one.value for one in Kind if said.route in _ROUTES[one])
        raise Refused(
            "consignment.paper",
            f"Read {kind.value} for consignment {said.code}, which goes by {said.route}.",
            f"Expected {own}.",
            f"Ask for {own}.pdf or {own}.csv.",
        )


def own_kind(route: str) -> Kind:
    """The paper that goes with a route."""
    return next(kind for kind in Kind if route in _ROUTES[kind])


def paper(said: Said, kind: Kind, photos: Mapping[str, bytes | None]) -> Paper:
    """The paper, to be laid out; `photos` has what is here of those that it shows."""
    match kind:
        case Kind.CLAIM:
            parts = _claim(said, photos)
        case Kind.DISPOSAL:
            parts = _disposal(said)
        case _:
            parts = _lot(said, kind)
    foot = f"{said.owner}, {said.site}. Amounts in {said.currency}. Days and times in UTC."
    return Paper(_title(said, kind), said.code, _facts(said, kind), tuple(parts), _SIGNED[kind], foot)


def photos_of(said: Said) -> tuple[str, ...]:
    """The photos of its units, by hash, each once."""
    return tuple(dict.fromkeys(photo for goods in said.goods for photo in goods.story.photos))


def _title(said: Said, kind: Kind) -> str:
    if said.state == State.CANCELLED:
        return f"{_TITLES[kind]}: CANCELLED"
    if kind is Kind.DISPOSAL and said.certificate is None:
        return "Disposal note: not certified yet"
    return f"{_TITLES[kind]}{'' if said.left_at else ': DRAFT, nothing has left'}"


def _facts(said: Said, kind: Kind) -> Facts:
    cost = sum(goods.cost_minor for goods in said.goods)
    facts = [
        (_TO[kind], said.counterpart),
        ("From", f"{said.owner}, site {said.site}"),
        ("Their reference", said.reference or "none"),
        ("Left on", day(said.left_at) if said.left_at else "has not left"),
        ("Units", str(sum(goods.qty for goods in said.goods))),
        ("Cost claimed" if kind is Kind.CLAIM else "Cost", amount_text(cost, said.currency)),
        ("Policy", said.policy or "none"),
        ("State", said.state),
    ]
    if said.settlement is not None and kind is not Kind.DISPOSAL:
        facts += _settled(said, said.settlement, kind)
    return tuple(facts)


def _settled(said: Said, told: Mapping[str, object], kind: Kind) -> list[tuple[str, str]]:
    got = "Credited" if kind is Kind.CLAIM else "Paid"
    found = [
        (got, _amount(told, "net_minor", said.currency)),
        ("Their document", str(told.get("reference") or "none")),
    ]
    if kind is Kind.CLAIM:
        units = sum(goods.rejected for goods in said.goods)
        lost = _amount(told, "rejected_minor", said.currency)
        found.append(("Rejected", f"{units} {'unit' if units == 1 else 'units'}, {lost}"))
    return found


def _amount(told: Mapping[str, object], name: str, currency: str) -> str:
    value = told.get(name)
    return amount_text(value if isinstance(value, int) else 0, currency)


# --- claim -------------------------------------------------------------------------------------------------


def _claim(said: Said, photos: Mapping[str, bytes | None]) -> Iterator[Part]:
    rows = tuple(
        (
            str(goods.line),
            f"{goods.held.item}, {goods.name}",
            unit_text(goods.held),
            goods.held.grade or "none",
            str(goods.qty),
            written(goods.cost_minor, said.currency),
        )
        for goods in said.goods
    )
    heads = ("Line", "Item", "Unit", "Grade", "Units", "Cost")
    yield Part("What is claimed", grid=Grid(heads, rows, (5, 34, 30, 8, 7, 12), frozenset({4, 5})))
    for goods in said.goods:
        pictures = tuple(Picture(digest, photos.get(digest)) for digest in goods.story.photos)
        title = f"Line {goods.line}: {goods.qty} of {goods.held.item}, {goods.name}"
        yield Part(title, _evidence(said, goods), pictures=pictures)


def _evidence(said: Said, goods: Goods) -> Facts:
    story, last = goods.story, goods.story.last
    facts = [
        ("Unit", unit_text(goods.held)),
        ("Cost claimed", amount_text(goods.cost_minor, said.currency)),
        ("Bought by", story.bought_text),
        ("Sold on", story.sold_text or "not matched with a sale"),
        ("Returned", story.returned_text),
    ]
    if last is not None:
        facts += [
            ("Graded", f"{last.grade_text or 'none'}, on {day(last.at)} by {last.by} at {last.station}"),
            ("Decided by", last.rule_text or "nobody"),
        ]
        facts += list(last.answer_texts)
        facts += [("Notes", "; ".join(last.note_texts))] if last.note_texts else []
    if story.no_photo_text:
        facts.append(("No photo", story.no_photo_text))
    if goods.rejected:
        facts.append(("Rejected", f"{goods.rejected} of {goods.qty}: {goods.why or 'no reason given'}"))
    return tuple(facts)


# --- lots --------------------------------------------------------------------------------------------------


def _lot(said: Said, kind: Kind) -> Iterator[Part]:
    rows = tuple(
        (
            f"{item}, {name}",
            grade or "none",
            lot or "",
            str(qty),
            written(cost, said.currency),
            written(value, said.currency),
        )
        for (item, name, grade, lot), (qty, cost, value) in _together(said.goods).items()
    )
    heads = ("Item", "Grade", "Lot", "Units", "Cost", "Value new")
    grid = Grid(heads, rows, (44, 9, 13, 8, 13, 13), frozenset({3, 4, 5}))
    value = sum(goods.value_minor * goods.qty for goods in said.goods)
    facts = (("Value new", f"{amount_text(value, said.currency)}, by the items' records"),)
    yield Part("What is given" if kind is Kind.DONATION else "What is in the lot", facts, grid)
    if said.handovers:
        yield _custody(said)


def _together(goods: Sequence[Goods]) -> dict[tuple[str, str, str | None, str | None], tuple[int, int, int]]:
    """Units, cost and value by item, grade and lot."""
    found = dict[tuple[str, str, str | None, str | None], tuple[int, int, int]]()
    for one in goods:
        key = (one.held.item, one.name, one.held.grade, one.held.lot)
        qty, cost, value = found.get(key, (0, 0, 0))
        found[key] = (qty + one.qty, cost + one.cost_minor, value + one.value_minor * one.qty)
    return found


# --- disposal ----------------------------------------------------------------------------------------------


def _disposal(said: Said) -> Iterator[Part]:
    if said.certificate is not None:
        yield Part("Certificate", _certified(said.certificate))
    rows = tuple(
        (
            str(goods.line),
            f"{goods.held.item}, {goods.name}",
            unit_text(goods.held),
            goods.regulated or "not regulated",
            str(goods.qty),
        )
        for goods in said.goods
    )
    heads = ("Line", "Item", "Unit", "Regulated as", "Units")
    did = "recycled" if said.route == Route.RECYCLE else "destroyed"
    goods_ = f"Goods {did}" if said.certificate is not None else f"Goods to be {did}"
    yield Part(goods_, grid=Grid(heads, rows, (5, 33, 28, 26, 7), frozenset({4})))
    yield _custody(said)


def _certified(paper_: Certificate) -> Facts:
    return (
        ("Number", paper_.number),
        ("Processor", paper_.processor),
        ("Issued on", paper_.issued_on),
        ("Witness", paper_.witness or "none"),
        ("Weight", f"{paper_.weight_g} g" if paper_.weight_g is not None else "not weighed"),
        ("Count", str(paper_.units) if paper_.units is not None else "not counted"),
    )


def _custody(said: Said) -> Part:
    rows = tuple(
        (one.at.replace("T", " ")[:16], one.given_by, one.taken_by, one.place, one.seal or "none")
        for one in said.handovers
    )
    heads = ("When", "Handed over by", "Taken by", "Where", "Seal")
    if not rows:
        return Part("Chain of custody", (("Handovers", "none is on record"),))
    return Part("Chain of custody", grid=Grid(heads, rows, (17, 24, 24, 20, 15)))


# --- tables ------------------------------------------------------------------------------------------------

COLUMNS = (
    "consignment",
    "counterpart",
    "reference",
    "left_at",
    "line",
    "sku",
    "name",
    "label",
    "serial",
    "lot",
    "qty",
    "grade",
    "regulated",
    "cost",
    "value_each",
    "currency",
)
EVIDENCE = (
    "receipts",
    "orders",
    "rma",
    "return_reason",
    "returned_at",
    "graded_at",
    "graded_by",
    "station",
    "rule",
    "policy",
    "answers",
    "notes",
    "photos",
    "rejected",
    "rejected_why",
)
CERTIFIED = ("certificate", "processor", "issued_on", "weight_g", "units", "handed_over")


def table(said: Said, kind: Kind) -> str:
    """The paper as CSV, a row a line; amounts in major units."""
    text = StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    more = {Kind.CLAIM: EVIDENCE, Kind.DISPOSAL: CERTIFIED}.get(kind, ())
    out.writerow((*COLUMNS, *more))
    for goods in said.goods:
        row = _row(said, goods)
        if kind is Kind.CLAIM:
            row += _told(goods)
        elif kind is Kind.DISPOSAL:
            row += _proof(said)
        out.writerow([_plain(cell) for cell in row])
    return text.getvalue()


def _row(said: Said, goods: Goods) -> list[object]:
    held = goods.held
    return [
        *(said.code, said.counterpart, said.reference, said.left_at),
        *(goods.line, held.item, goods.name, held.label, held.serial, held.lot, goods.qty, held.grade),
        goods.regulated,
        written(goods.cost_minor, said.currency),
        written(goods.value_minor, said.currency),
        said.currency,
    ]


def _told(goods: Goods) -> list[object]:
    story, last, first = goods.story, goods.story.last, goods.story.first
    return [
        "; ".join(one.document for one in story.supplied),
        "; ".join(one.order for one in story.sold),
        story.rma,
        story.reason,
        first.at if first else None,
        *((last.at, last.by, last.station, last.rule, last.policy_ver) if last else [None] * 5),
        "; ".join(f"{ask} {said}" for ask, said in last.answer_texts) if last else None,
        "; ".join(last.note_texts) if last else None,
        "; ".join(story.photos),
        goods.rejected,
        goods.why,
    ]


def _proof(said: Said) -> list[object]:
    one = said.certificate
    chain = "; ".join(f"{h.at} {h.given_by} to {h.taken_by}" for h in said.handovers)
    paper_ = [one.number, one.processor, one.issued_on, one.weight_g, one.units] if one else [None] * 5
    return [*paper_, chain]


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    said = "" if cell is None else str(cell)
    return f"'{said}" if said[:1] in {"=", "+", "-", "@", "\t", "\r"} else said


def unit_text(held: Account) -> str:
    """What tells units of an account apart."""
    parts = {"label": held.label, "serial": held.serial, "lot": held.lot}
    return ", ".join(f"{name} {part}" for name, part in parts.items() if part) or "not told apart"
