"""A paper's words, bars and photos are on its pages, all of them, the same each time."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.documents.report import render
from app.documents.sheet import picture_size
from app.domain.paper import Grid, Paper, Part, Picture
from tests.app.documents.pictures import codes, one_bit, pages, texts

DIGEST = "0123456789abcdef" * 4


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 300)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, form)
    return file.getvalue()


def paper(*parts: Part, code: str = "G-12-3") -> Paper:
    facts = (("Vendor", "KETTLES LTD"), ("Units", "3"), ("Left on", "2026-11-22"))
    return Paper("Vendor claim", code, facts, parts, ("Given by", "Taken by"), "ACME, WH1.")


def words(made: bytes) -> str:
    return " ".join(" ".join(texts(made)).split())


def red(made: bytes) -> int:
    """Points of a page that are the photo's red."""
    document = pypdfium2.PdfDocument(made)
    found = 0
    for page in document:
        picture = page.render(scale=1).to_pil().convert("RGB")
        colours = picture.getcolors(10**6) or []
        found += sum(n for n, (r, g, b) in colours if r > 180 and g < 60 and b < 60)
    document.close()
    return found


def test_everything_it_says_can_be_read_and_its_code_scanned() -> None:
    grid = Grid(("Item", "Units"), (("K-17, Kettle", "2"), ("M-4, Mug", "1")), (3, 1), frozenset({1}))
    made = render(paper(Part("What is claimed", (("Notes", "Pack torn"),), grid)))
    for said in ("Vendor claim", "KETTLES LTD", "K-17, Kettle", "Pack torn", "page 1 of 1", "Taken by"):
        assert said in words(made)
    assert codes(one_bit(next(pages(made, 200)))) == ["G-12-3"]
    assert made == render(paper(Part("What is claimed", (("Notes", "Pack torn"),), grid)))


def test_a_code_without_bars_is_printed_all_the_same() -> None:
    assert "Größe-7" in words(render(paper(code="Größe-7")))
    assert "x" * 60 in words(render(paper(code="x" * 60))).replace(" ", "")


def test_long_tables_go_on_with_their_headings_and_pages_are_counted() -> None:
    rows = tuple((f"line {n}", "a thing " * 9) for n in range(120))
    made = render(paper(Part("Goods", grid=Grid(("Number", "What"), rows, (1, 3)))))
    said = texts(made)
    assert len(said) > 2
    assert all(f"page {n} of {len(said)}" in page for n, page in enumerate(said, 1))
    assert all("Number" in page for page in said if "line " in page)
    assert all(f"line {n}" in words(made) for n in range(120))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_is_shown_with_all_of_its_hash(form: str) -> None:
    with_one = render(paper(Part("Unit", pictures=(Picture(DIGEST, photo(form)),))))
    assert red(with_one) > 10_000
    assert DIGEST in words(with_one).replace(" ", "")
    assert "not here" not in words(with_one)


def test_a_photo_that_is_not_here_or_is_none_is_said() -> None:
    broken = photo()[:200]
    assert picture_size(broken) is None
    assert picture_size(photo()) == (400, 300)
    made = render(paper(Part("Unit", pictures=(Picture(DIGEST, None), Picture(DIGEST, broken)))))
    assert "Photo not here yet" in words(made)
    assert "Not a photo that can be shown" in words(made)
    assert red(made) == 0


def test_a_title_and_its_photo_stay_together() -> None:
    parts = [
        Part(f"Unit {n}", (("Notes", f"note {n}"),), pictures=(Picture(DIGEST, photo()),)) for n in range(7)
    ]
    for page in texts(render(paper(*parts))):
        assert page.count("Unit ") == page.count("sha256")


@given(st.text(max_size=600), st.text(max_size=300))
def test_no_text_breaks_a_paper(said: str, cell: str) -> None:
    grid = Grid(("A", "B"), ((cell, said),), (1, 5))
    assert render(paper(Part(said, ((cell, said), ("B", cell)), grid))).startswith(b"%PDF")


def test_a_word_wider_than_its_cell_is_cut_and_not_lost() -> None:
    grid = Grid(("A", "B"), (("Z" * 300, "b"),), (1, 9))
    assert "Z" * 300 in words(render(paper(Part("Wide", grid=grid)))).replace(" ", "")
