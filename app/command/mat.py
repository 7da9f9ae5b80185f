"""`backhaul mat`: the bench mat, so that hands never leave the scanner."""

from __future__ import annotations

from pathlib import Path

import click

from app.command.files import writing
from app.documents import mat
from app.documents.mat_plan import MatCode, MatGroup, Paper
from app.scanning.commands import Word, payload

_GROUPS = (
    ("Grade", (("GRADE A", "GRI"), ("GRADE B", "GRII"), ("GRADE C", "GRIII"), ("GRADE D", "GRIV"))),
    (
        "Quantity",
        (
            ("QUANTITY", "COUNT"), ("0", "DO"), ("1", "DI"), ("2", "DII"), ("3", "DIII"), ("4", "DIV"),
            ("5", "DV"), ("6", "DVI"), ("7", "DVII"), ("8", "DVIII"), ("9", "DIX"),
        ),
    ),
    ("Flow", (("OK", "OK"), ("DONE", "DONE"), ("UNDO", "UNDO"), ("HOLD", "HOLD"), ("REPRINT", "REPRINT"))),
    (
        "Answer",
        (
            ("ANSWER 1", "NI"), ("ANSWER 2", "NII"), ("ANSWER 3", "NIII"), ("ANSWER 4", "NIV"),
            ("ANSWER 5", "NV"), ("ANSWER 6", "NVI"), ("ANSWER 7", "NVII"), ("ANSWER 8", "NVIII"),
            ("ANSWER 9", "NIX"),
        ),
    ),
    (
        "Facts",
        (
            ("BLIND", "BLIND"), ("WRONG ITEM", "OTHER"), ("NOT IN BOX", "GONE"), ("UNKNOWN", "NOID"),
            ("PART MISSING", "NOPRT"), ("PHOTO", "PHOTO"), ("RETAKE", "REDO"), ("NOTE", "NOTE"),
        ),
    ),
    (
        "Goes to",
        (
            ("RESTOCK", "RESTOCK"), ("REFURB", "REFURB"), ("QUARANTINE", "BLOCK"), ("VENDOR", "VENDOR"),
            ("DONATE", "GIVE"), ("DISCARD", "DISCRD"),
        ),
    ),
    (
        "Jobs, counts, receipts, approvals",
        (
            ("BENCH", "BENCH"), ("RECEIVE", "INBND"), ("COUNTS", "BINCNT"),
            ("EMPTY", "NIL"), ("REST", "REST"), ("APPROVALS", "JUDGE"), ("REJECT", "REJECT"),
        ),
    ),
)  # fmt: skip


def groups() -> tuple[MatGroup, ...]:
    """The codes this version acts on, in the order of the mat."""
    return tuple(
        MatGroup(title, tuple(MatCode(caption, payload(Word(word))) for caption, word in codes))
        for title, codes in _GROUPS
    )


@click.command(epilog="Example: backhaul mat bench-mat.pdf --paper a4")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--paper", type=click.Choice(["a3", "a4"]), default="a3", show_default=True)
def command(file: Path, paper: str) -> None:
    """Write the bench mat as a PDF to FILE; print it at 100 %."""
    kind = Paper.A3 if paper == "a3" else Paper.A4_PAIR
    document = mat.render(groups(), "Backhaul bench mat", kind, "Print at 100 %.")
    with writing(file):
        file.write_bytes(document)
    click.echo(f"Wrote {file}.", err=True)
