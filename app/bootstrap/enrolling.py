"""Joining a station to a centre: ask, keep the answer and the address."""

from __future__ import annotations

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.station import CENTRE_URL
from app.ledger.also import SetValue
from app.ledger.identity import StationIdentity
from app.station.system import SystemClock
from sync.client.enrol import enrol


def join(folder: Folder, centre: str, code: str, name: str) -> StationIdentity:
    """Enrols the station of a folder; asking again with the same code is safe.

    Raises:
        Refused: the code or the address is not right, or the folder is in use.
        Unavailable: the centre did not answer.
    """
    with open_record(folder, must_exist=False) as ledger:
        identity = enrol(
            centre,
            code,
            station_id=ledger.head.station_id,
            install_id=ledger.install_id,
            public_key=ledger.public_key,
            name=name,
            clock=SystemClock(),
        )
        ledger.adopt(identity)
        ledger.save([SetValue(CENTRE_URL, centre)])
    return identity
