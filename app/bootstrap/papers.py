"""How a centre draws the papers of goods that leave for good, and writes them into a folder."""

from __future__ import annotations

import re
from pathlib import Path

from app.documents.report import render
from app.domain.refusal import Refused
from sync.central.centre import Outfit, Photos
from sync.central.papers import found_photos
from sync.central.rules.paper_rows import table
from sync.central.rules.paper_said import Said, own_kind
from sync.central.rules.papers import paper

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def outfit(photos: Photos | None = None) -> Outfit:
    """What a centre of this program has: PDF, and a folder of photos where one is given."""
    return Outfit(render, photos)


def write_papers(said: Said, out: Path, photos: Photos | None = None) -> list[Path]:
    """Writes the papers of a consignment, and where they are.

    Raises:
        Refused: the folder cannot be written to.
    """
    kind = own_kind(said.route)
    stem = f"{_UNSAFE.sub('_', said.code)}-{kind.value}"
    made = {
        out / f"{stem}.pdf": render(paper(said, kind, found_photos(photos, said))),
        out / f"{stem}.csv": table(said, kind).encode(),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, data in made.items():
            path.write_bytes(data)
    except OSError as wrong:
        raise Refused(
            "papers.folder",
            f"{out} cannot be written to: {wrong.strerror}.",
            "Expected a folder with room.",
            "Name another one with --out.",
        ) from wrong
    return list(made)
