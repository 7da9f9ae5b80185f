"""Digital Link: addresses that name an item, those that only look so, and those that break the form."""

from __future__ import annotations

import pytest

from app.scanning import digital_link
from app.scanning.faults import Broken, Fault
from app.scanning.meaning import Gs1, Gtin14, Sscc, Text
from app.scanning.read import read

GTIN = "09506000134352"
HOST = "https://example.com"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"{HOST}/01/{GTIN}", [("01", GTIN)]),
        (f"HTTP://EXAMPLE.COM/01/{GTIN}", [("01", GTIN)]),
        (f"{HOST}/some/path/01/{GTIN}#top", [("01", GTIN)]),
        (f"{HOST}/01/9506000134352", [("01", GTIN)]),
        (f"{HOST}/01/{GTIN}/10/A%2FB/21/S1", [("01", GTIN), ("10", "A/B"), ("21", "S1")]),
        (f"{HOST}/01/{GTIN}?17=261231&utm=x&lang", [("01", GTIN), ("17", "261231")]),
        (f"{HOST}/01/{GTIN}?&&99=A%2bB&", [("01", GTIN), ("99", "A+B")]),
        (f"{HOST}/00/095060001343521236?02={GTIN}&37=25&10=L1", [
            ("00", "095060001343521236"), ("02", GTIN), ("37", "25"), ("10", "L1"),
        ]),
        (f"{HOST}/2024/01/15/01/{GTIN}", [("01", GTIN)]),
    ],
)  # fmt: skip
def test_elements_of_an_address(address: str, found: list[tuple[str, str]]) -> None:
    split = digital_link.split(address)
    assert split is not None
    assert [(element.ai, element.value) for element in split] == found


@pytest.mark.parametrize(
    "address",
    [
        HOST,
        f"{HOST}/",
        f"{HOST}/2024/01/15/news",
        f"{HOST}/401/login",
        f"{HOST}/01/abcdefgh",
        f"https://01/{GTIN}",
        f"{HOST}?01={GTIN}",
        "https://id.gs1.org/ARFKk4XB0CDKWcnpq",
        f"https://[bad/01/{GTIN}",
        f"{HOST}/01/\u0669\u0665\u0660\u0666\u0660\u0660\u0660\u0661",
    ],
)
def test_other_addresses_are_text(address: str) -> None:
    assert digital_link.split(address) is None
    assert isinstance(read(address), Text)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        (f"{HOST}/01/{GTIN}/10", Fault.LINK),
        (f"{HOST}/01/{GTIN}/", Fault.LINK),
        (f"{HOST}/01/{GTIN}/10//21/S", Fault.LINK),
        (f"{HOST}/01/{GTIN}/21/S/10/L", Fault.LINK),
        (f"{HOST}/01/{GTIN}/99/ABC", Fault.LINK),
        (f"{HOST}/00/095060001343521236/21/S", Fault.LINK),
        (f"{HOST}/01/{GTIN}?10=ABC", Fault.LINK),
        (f"{HOST}/01/{GTIN}?01={GTIN}", Fault.LINK),
        (f"{HOST}/01/{GTIN}/10/{'A' * 21}", Fault.SEPARATOR),
        (f"{HOST}/01/{GTIN}?17=26123", Fault.AI_VALUE),
        (f"{HOST}/01/{GTIN}?05=1", Fault.AI_UNKNOWN),
    ],
)
def test_an_item_address_that_breaks_the_form(address: str, fault: Fault) -> None:
    with pytest.raises(Broken) as broken:
        digital_link.split(address)
    assert broken.value.fault is fault


@pytest.mark.parametrize("identifier", ["", "]Q1", "]d1", "]Q3", "]d2", "]C0"])
def test_an_address_is_read_behind_every_identifier(identifier: str) -> None:
    alone = read(f"{identifier}{HOST}/01/{GTIN}")
    assert isinstance(alone, Gtin14)
    assert alone.gtin == GTIN
    whole = read(f"{identifier}{HOST}/01/{GTIN}/10/L7/21/S9?17=261200")
    assert isinstance(whole, Gs1)
    assert (whole.gtin, whole.lot, whole.serial, str(whole.expiry)) == (GTIN, "L7", "S9", "2026-12-31")
    assert isinstance(read(f"{identifier}{HOST}/00/095060001343521236"), Sscc)
