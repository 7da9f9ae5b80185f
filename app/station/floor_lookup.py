"""From what a scan means to what it is on the floor: bins, documents, items; exact, in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.codes import CodeFamily
from app.domain.item import Item
from app.domain.place import Location
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, returns
from app.scanning.meaning import Badge, Command, Damaged, Gs1, Gtin14, Meaning, OwnCode, Sscc, Text, shown
from app.station.desk import Arrival
from app.workflows.digits import STEP
from app.workflows.scanned import Entered, FoundItem, NotFound, Other, Said, Stepped, Unreadable

_TYPED_NUMBER_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Place:
    """A location's code."""

    raw: str
    place: Location


@dataclass(frozen=True, slots=True)
class Document:
    """A transfer's code."""

    raw: str
    code: str


Found = Place | Document | FoundItem | NotFound | Unreadable | Other | Said | Entered | Stepped


@dataclass(frozen=True, slots=True)
class Asked:
    """What the job in front asks for, which some codes are read by.

    `number` takes a short typed number as units; `apart` takes a text nobody knows as a serial or lot.
    """

    number: bool
    apart: bool


class FloorLookup:
    """Reads the local record for counts and receipts; writes nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def resolve(self, arrival: Arrival, meaning: Meaning, asked: Asked) -> Found:
        """What a scan is."""
        raw = meaning.raw
        if arrival.source == "screen" and raw.startswith(STEP):
            return Stepped(int(raw.removeprefix(STEP)))
        if arrival.typed and asked.number and _is_number(meaning.text):
            return Entered(raw, int(meaning.text))
        match meaning:
            case Command(word=word):
                return Said(word.value)
            case Badge():
                return NotFound("", "", digits=False)
            case Damaged():
                return Unreadable(shown(raw), meaning.expected, meaning.do)
            case OwnCode():
                return self._own(meaning)
            case Gs1():
                return self._gs1(meaning, asked)
            case Gtin14():
                return self._gtin(arrival, meaning, asked)
            case Sscc():
                return NotFound(shown(raw), meaning.text, digits=True)
            case Text():
                return self._text(meaning, asked, typed=arrival.typed)

    def _own(self, meaning: OwnCode) -> Found:
        match meaning.family:
            case CodeFamily.RMA:
                return Other(meaning.code, "BENCH")
            case CodeFamily.TRANSFER:
                return Document(meaning.raw, meaning.code)
        label = desk.unit_label(self._ledger.connection, meaning.code)
        sku = label.document.get("sku") if label else None
        item = catalogue.by_sku(self._ledger.connection, sku) if isinstance(sku, str) and sku else None
        if item is None or label is None:
            return NotFound(meaning.code, meaning.code, digits=False)
        serial, lot = label.document.get("serial"), label.document.get("lot")
        return FoundItem(
            meaning.raw,
            item,
            serial if isinstance(serial, str) and serial and item.has_serial else None,
            lot if isinstance(lot, str) and lot and item.has_lot else None,
        )

    def _gs1(self, meaning: Gs1, asked: Asked) -> Found:
        gtin = meaning.gtin or meaning.content_gtin
        told = meaning.serial or meaning.lot
        if not gtin and told and asked.apart:
            return NotFound(shown(meaning.raw), told, digits=False, apart=True)
        found = catalogue.by_gtin(self._ledger.connection, gtin) if gtin else ()
        if len(found) != 1:
            return _none_or_several(meaning, found)
        # A separator may have been lost: a doubtful serial is asked for rather than taken.
        sure = not meaning.separator_doubt
        item = found[0]
        return FoundItem(
            meaning.raw,
            item,
            meaning.serial if sure and item.has_serial else None,
            meaning.lot if sure and item.has_lot else None,
        )

    def _gtin(self, arrival: Arrival, meaning: Gtin14, asked: Asked) -> Found:
        connection = self._ledger.connection
        found = catalogue.by_gtin(connection, meaning.gtin)
        if meaning.other:
            found += catalogue.by_gtin(connection, meaning.other)
        if not found and arrival.typed and asked.apart:
            return NotFound(shown(meaning.text), meaning.text, digits=True, apart=True)
        return FoundItem(meaning.raw, found[0]) if len(found) == 1 else _none_or_several(meaning, found)

    def _text(self, meaning: Text, asked: Asked, *, typed: bool) -> Found:
        connection, text = self._ledger.connection, meaning.text
        place = catalogue.location(connection, text)
        if place is not None:
            return Place(meaning.raw, place)
        if catalogue.transfer(connection, text) is not None:
            return Document(meaning.raw, text)
        if item := catalogue.by_sku(connection, text):
            return FoundItem(meaning.raw, item)
        if asked.apart:
            return NotFound(shown(meaning.raw), text, digits=text.isdigit(), apart=True)
        if returns.by_code(connection, text) or returns.by_tracking(connection, text):
            return Other(shown(text), "BENCH")
        # A scan is exact; who types may be spared the shift key.
        if typed and (item := catalogue.by_sku_in_any_case(connection, text)):
            return FoundItem(meaning.raw, item)
        if meaning.otherwise:
            return Unreadable(shown(meaning.raw), meaning.otherwise.expected, meaning.otherwise.do)
        return NotFound(shown(text), text, digits=text.isdigit())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _TYPED_NUMBER_DIGITS


def _none_or_several(meaning: Gs1 | Gtin14, found: tuple[Item, ...]) -> Found:
    if not found:
        return NotFound(shown(meaning.text), meaning.text, digits=meaning.text.isdigit())
    names = " and ".join(item.sku for item in found[:3])
    return Unreadable(shown(meaning.text), f"{names} carry this code.", "Scan or type the SKU.")
