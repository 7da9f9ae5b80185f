"""From a label's texts to a printer: rendered and handed over off the station's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.documents import label_pdf, label_zpl
from app.documents.label import LabelStock, UnitLabel
from app.domain.fields import Fields


@dataclass(frozen=True, slots=True)
class Rendered:
    """One label in both forms; a printer takes the one it understands."""

    code: str
    zpl: bytes
    pdf: bytes


def label_of(document: Mapping[str, object], *, copy: bool) -> UnitLabel:
    """The label a document of the record describes."""
    f = Fields(document, "label")
    label = UnitLabel(
        code=f.text("code"),
        headline=f.text("headline"),
        place=f.text_or("place", ""),
        item_name=f.text_or("item_name", ""),
        sku=f.text_or("sku", ""),
        serial=f.maybe_text("serial"),
        lot=f.maybe_text("lot"),
        quantity=f.whole("quantity", least=1),
        rma=f.maybe_text("rma"),
        date=date.fromisoformat(f.text("date")),
        station=f.text("station"),
        holding=f.flag("holding", default=False),
    )
    return replace(label, copy=copy)


def render(label: UnitLabel, stock: LabelStock) -> Rendered:
    """The bytes of a label for this stock."""
    return Rendered(label.code, label_zpl.render(label, stock), label_pdf.render(label, stock))
