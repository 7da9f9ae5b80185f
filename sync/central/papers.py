"""The papers of a consignment as they are handed out: with the photos that are here, drawn or as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.paper import Paper
from app.domain.refusal import Unavailable
from sync.central.centre import Outfit, Photos
from sync.central.rules.paper_said import Kind, Said, photos_of
from sync.central.rules.papers import paper

MOST_PHOTOS = 400
"""Photos of one paper; of later ones it has the hashes alone, as a PDF of thousands helps nobody."""


def found_photos(photos: Photos | None, said: Said) -> Mapping[str, bytes | None]:
    """What is here of the photos of a consignment's units."""
    wanted = photos_of(said)[:MOST_PHOTOS]
    return {digest: photos.read(digest) if photos is not None else None for digest in wanted}


def drawn(outfit: Outfit, said: Said, kind: Kind) -> bytes:
    """The paper as PDF.

    Raises:
        Unavailable: this centre draws no PDF.
    """
    draws: Callable[[Paper], bytes] | None = outfit.draws
    if draws is None:
        raise Unavailable("This centre was started without what draws PDF; the CSV has the same.")
    return draws(paper(said, kind, found_photos(outfit.photos, said)))
