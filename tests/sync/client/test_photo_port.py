from __future__ import annotations

from sync.client.photo_port import PhotoCentre, PhotoShelf, PhotoState
from tests.sync.client.photo_scripts import PaperShelf, ScriptedPhotos


def test_paper_fits_the_openings() -> None:
    # Held by the type checker: what the scripts play is what the client asks for.
    shelf: PhotoShelf = PaperShelf()
    centre: PhotoCentre = ScriptedPhotos()
    assert (shelf.count(), centre is not None) == ((0, 0), True)


def test_nothing_hinders_unless_it_is_said() -> None:
    assert PhotoState(1, 0) == PhotoState(1, 0, "")
