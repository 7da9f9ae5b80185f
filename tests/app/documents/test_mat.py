import pypdfium2
import pytest
from PIL import Image

from app.documents.mat import MatCode, MatGroup, Paper, render
from app.documents.mat_plan import plan
from app.domain.refusal import Refused
from app.scanning.commands import Word, payload
from tests.app.documents.pictures import codes, one_bit, pages, texts


def group(title: str, *words: Word) -> MatGroup:
    return MatGroup(title, [MatCode(word.name.rpartition("_")[2], payload(word)) for word in words])


def numbered(prefix: str) -> list[Word]:
    return [word for word in Word if word.name.startswith(prefix)]


BENCH = [
    group("GRADE", *numbered("GRADE_")),
    group("ANSWER", *numbered("ANSWER_")),
    group("DIGIT", *numbered("DIGIT_")),
    group("FLOW", Word.OK, Word.DONE, Word.UNDO),
    group("RECORD", Word.PHOTO, Word.RETAKE, Word.NOTE, Word.REPRINT),
    group("FACTS", Word.BLIND, Word.UNKNOWN, Word.WRONG_ITEM, Word.NOT_IN_BOX, Word.PART_MISSING),
    group("JOB", Word.HOLD, Word.LIST, Word.LOCK),
    group(
        "DISPOSITION",
        *(Word.RESTOCK, Word.REFURB, Word.QUARANTINE, Word.VENDOR, Word.DONATE, Word.DISCARD),
    ),
    group("STATION", Word.HELP, Word.SEND_NOW, Word.HANDOVER),
]
WANTED = sorted(code.payload for wanted in BENCH for code in wanted.codes)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("dpi", [203, 300])
def test_every_command_on_the_mat_is_read_back(paper: Paper, dpi: int) -> None:
    pdf = render(BENCH, "Bench mat", paper)
    found = [code for page in pages(pdf, dpi) for code in codes(one_bit(page))]
    assert sorted(found) == WANTED


def test_an_a3_mat_is_one_sheet_and_an_a4_mat_two() -> None:
    for paper, sheets, size in ((Paper.A3, 1, (1190.55, 841.89)), (Paper.A4_PAIR, 2, (841.89, 595.28))):
        document = pypdfium2.PdfDocument(render(BENCH, "Bench mat", paper))
        assert len(document) == sheets
        assert document[0].get_size() == pytest.approx(size, abs=0.1)
        document.close()


def test_captions_titles_and_payloads_are_printed_in_their_own_letters() -> None:
    wanted = [
        MatGroup(
            "AUSGÄNGE", [MatCode("NICHT GEFUNDEN", payload(Word.NOT_IN_BOX)), MatCode("ГОТОВО", "XKDONEO")]
        )
    ]
    (text,) = texts(render(wanted, "Stół 07", note="Drucken mit 100 %"))
    for said in ("AUSGÄNGE", "NICHT GEFUNDEN", "ГОТОВО", "XKDONEO", "Stół 07", "Drucken mit 100 %"):
        assert said in text


def test_a_caption_too_long_is_made_smaller_before_it_is_cut() -> None:
    wanted = [MatGroup("Flow", [MatCode("CZĘŚCI BRAKUJE W ZESTAWIE", "XKOKR")] * 24)]
    (text,) = texts(render(wanted, "Mat"))
    assert text.count("CZĘŚCI BRAKUJE") == 24


def red(picture: Image.Image) -> list[tuple[int, int]]:
    wide = picture.width
    raw = picture.tobytes()
    return [
        (at % wide, at // wide)
        for at in range(len(raw) // 3)
        if raw[3 * at] > 150 and raw[3 * at + 1] < 60 and raw[3 * at + 2] < 60
    ]


def test_only_discard_stands_in_a_red_border() -> None:
    document = pypdfium2.PdfDocument(render(BENCH, "Bench mat"))
    picture = document[0].render(scale=1, rev_byteorder=True).to_pil().convert("RGB")
    document.close()
    (cell,) = (
        cell
        for page in plan(BENCH).pages
        for panel in page
        for cell in panel.cells
        if cell.code.payload == payload(Word.DISCARD)
    )
    points = red(picture)
    across, down = {x for x, _ in points}, {y for _, y in points}
    scale = 72 / 25.4
    assert cell.x * scale <= min(across) < max(across) <= (cell.x + cell.width) * scale
    assert cell.top * scale - 2 <= min(down) < max(down) <= (cell.top + cell.height) * scale
    assert max(across) - min(across) > cell.width * scale * 0.9


def test_the_same_mat_gives_the_same_bytes() -> None:
    assert render(BENCH, "Bench mat") == render(BENCH, "Bench mat")


def test_a_mat_without_commands_gives_no_document() -> None:
    with pytest.raises(Refused):
        render([], "Bench mat")
