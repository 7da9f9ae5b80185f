"""The papers of a consignment, said: claim, manifest, donation list, disposal certificate.

What a vendor, a buyer or an authority needs is in them, and no customer's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.domain.money import amount_text, written
from app.domain.paper import Facts, Grid, Paper, Part, Picture
from sync.central.rules.consignment import Route, State
from sync.central.rules.evidence import day
from sync.central.rules.paper_said import Certificate, Goods, Kind, Said, unit_text

_TITLES: Mapping[str, str] = {
    Kind.CLAIM: "Vendor claim",
    Kind.MANIFEST: "Lot manifest",
    Kind.DONATION: "Donation list",
    Kind.DISPOSAL: "Disposal certificate",
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
