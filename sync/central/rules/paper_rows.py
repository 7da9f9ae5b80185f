"""The papers of a consignment as tables for other programs: a row a line."""

from __future__ import annotations

import csv
from io import StringIO

from app.domain.money import written
from sync.central.rules.paper_said import Goods, Kind, Said

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
