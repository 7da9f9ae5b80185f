from __future__ import annotations

import pytest

from app.documents import badge
from app.scanning import badges
from tests.app.documents.pictures import codes, one_bit, pages, texts

PAYLOAD = badges.payload(bytes(range(16)))


@pytest.mark.parametrize("dpi", [300, 600])
def test_the_code_on_a_badge_is_read_back(dpi: int) -> None:
    (page,) = pages(badge.render("Ruth A., Supervisor", PAYLOAD), dpi)
    (read,) = codes(one_bit(page))
    assert badges.parse(read) == bytes(range(16))


def test_nobody_reads_the_code_off_it_as_text() -> None:
    made = badge.render("Ruth A.", PAYLOAD)
    (text,) = texts(made)
    assert text.strip() == "Ruth A."
    assert PAYLOAD.encode() not in made
