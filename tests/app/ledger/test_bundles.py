from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import bundle
from app.domain.framing import framed, frames
from app.domain.refusal import Unavailable
from app.ledger import bundles, renewal
from app.ledger.bundles import export
from app.ledger.second_copy import CopiedLedger, chain_after
from tests.app.ledger.station import Station

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def opened(station: Station) -> CopiedLedger:
    return CopiedLedger(
        station.path,
        station.dbapi,
        signer=station.signer,
        clock=station.clock,
        ids=station.ids,
        settings=station.settings,
    )


def test_an_export_holds_every_chain_under_the_stations_word(station: Station, tmp_path: Path) -> None:
    target = tmp_path / "bench.events"
    with opened(station) as ledger:
        for _ in range(3):
            ledger.record(station.disposition())
        renewal.begin(ledger, 2, [2], 3)
        last = ledger.record(station.disposition())
        said = export(ledger, target, station.signer, AT, "0.1.0")
        assert (said.head, said.first, said.events) == (ledger.head, 1, 5)
        assert [one.seq for one in chain_after(ledger, 1)] == [2]
    with target.open("rb") as file:
        assert bundle.check(file, lambda _: station.signer.public_key) == said
        found = list(frames(file))
    assert (len(found), found[-1].header) == (5, last.header)


def test_a_record_with_nothing_in_it_is_a_bundle_too(station: Station, tmp_path: Path) -> None:
    target = tmp_path / "bench.events"
    with opened(station) as ledger:
        said = export(ledger, target, station.signer, AT, "0.1.0")
        assert (said.head, said.first, said.events, said.size) == (ledger.head, 0, 0, 0)
    with target.open("rb") as file:
        assert bundle.check(file, lambda _: station.signer.public_key) == said


def test_what_does_not_read_back_as_it_was_written_takes_no_place(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "bench.events"
    target.write_bytes(b"before")
    with opened(station) as ledger:
        ledger.record(station.disposition())
        # A disk that loses the last byte of what it took.
        monkeypatch.setattr(bundles, "framed", lambda envelope: framed(envelope)[:-1])
        with pytest.raises(Unavailable, match="not written whole"):
            export(ledger, target, station.signer, AT, "0.1.0")
    assert target.read_bytes() == b"before"
