from __future__ import annotations

import pytest
from sqlalchemy.exc import NoResultFound

from app.domain.refusal import Refused
from app.ledger import meta
from app.ledger.statements import prepare
from app.ledger.writer import Ledger
from tests.app.ledger.station import SIGNER


def test_a_value_is_kept_replaced_and_forgotten(ledger: Ledger) -> None:
    sql = prepare()
    seen = []
    for value in ("1", "2", None):
        with ledger.transaction() as tx:
            meta.put(tx, sql, "x", value)
        seen.append(meta.maybe(ledger.connection, "x"))
    assert seen == ["1", "2", None]


def test_a_missing_value_of_a_founded_database_is_a_defect(ledger: Ledger) -> None:
    with pytest.raises(NoResultFound):
        meta.read(ledger.connection, "never")


def test_a_database_is_founded_by_one_key(ledger: Ledger) -> None:
    assert meta.is_founded(ledger.connection, SIGNER.public_key)
    with pytest.raises(Refused) as no:
        meta.is_founded(ledger.connection, bytes(32))
    assert no.value.code == "ledger.other_key"


def test_a_database_without_a_station_is_not_founded(ledger: Ledger) -> None:
    ledger.connection.exec_driver_sql("DELETE FROM meta")
    assert not meta.is_founded(ledger.connection, bytes(32))


def test_the_program_that_wrote_last_is_noted(ledger: Ledger) -> None:
    assert meta.read(ledger.connection, meta.APP_VER) == "0.1.0"
