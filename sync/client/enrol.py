"""Joining a centre: a one-time code for an identity."""

from __future__ import annotations

import httpx

from app.domain.clock import Clock
from app.domain.refusal import Unavailable
from app.ledger.identity import StationIdentity
from sync.client.exchange import Exchange
from sync.wire import codec
from sync.wire.messages import Enrol, Enrolled
from sync.wire.protocol import ENROL_PATH


def enrol(
    base_url: str,
    code: str,
    *,
    station_id: str,
    install_id: str,
    public_key: bytes,
    name: str,
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
) -> StationIdentity:
    """Asks the centre to take this station in; asking again with the same code is safe.

    Args:
        base_url: the centre's address.
        code: as the administrator gave it.
        station_id: the id this station already records under (32 hexadecimal digits).
        install_id: names this database file among copies of it.
        public_key: the key its events are signed with.
        name: what the person calls this station; the administrator's name wins.
        clock: our time.
        transport: how bytes travel, when not over real sockets.

    Raises:
        Unavailable: the centre did not answer; ask again with the same code.
        Refused: the code is unknown, used or too old, or the address is not right.
    """
    exchange = Exchange(base_url, clock, transport)
    asked = Enrol("".join(code.split()), station_id, install_id, public_key, name)
    try:
        request = exchange.request(
            "POST", ENROL_PATH, codec.encode(asked.to_json()), {"content-type": codec.JSON_TYPE}
        )
        answer = exchange.send(request, Enrolled.from_json)
    finally:
        exchange.close()
    if answer.station_id != station_id:
        raise Unavailable("The centre answered for another station.")
    return StationIdentity(
        station_id=answer.station_id,
        epoch=answer.epoch,
        bench=answer.bench,
        site=answer.site,
        owner=answer.owner,
        name=answer.name,
    )
