from __future__ import annotations

from app.domain.refusal import Unavailable
from sync.client.port import Busy, CentrePort, StationPort
from tests.sync.client.scripts import PaperStation, ScriptedCentre


def test_busy_is_unavailable_with_a_time() -> None:
    busy = Busy("The centre is busy.", 30)
    assert isinstance(busy, Unavailable)
    assert (str(busy), busy.after_s) == ("The centre is busy.", 30)


def test_paper_fits_the_openings() -> None:
    # Held by the type checker: what the scripts play is what the sync asks for.
    station: StationPort = PaperStation(2)
    centre: CentrePort = ScriptedCentre()
    assert (station.position().waiting, centre.skew_s) == (2, 0.0)
