"""The centre's tables.

Instants are RFC 3339 UTC texts with milliseconds (`app.domain.clock.to_text`), so that they sort as they
happened and no database's own clock or time type takes part. Hashes, keys, salts and signatures that travel
as hexadecimal are stored as hexadecimal; headers, facts and private parts are stored as the signed bytes.
"""

from __future__ import annotations

from sync.central.store.tables.base import metadata
from sync.central.store.tables.ledger import account, balance, event, move
from sync.central.store.tables.orders import customer_order, order_line, reservation, sold_serial
from sync.central.store.tables.ownership import external_id, owner, proposal, record_owner
from sync.central.store.tables.reconciliation import reconciliation, reconciliation_line
from sync.central.store.tables.records import gtin, item, kit_component, location, policy
from sync.central.store.tables.returns import rma, rma_done, rma_event, rma_line, rma_match
from sync.central.store.tables.service import counter, exception, feed, idempotency, meta, token, write_off
from sync.central.store.tables.stations import enrolment_code, receipt, request_nonce, station

__all__ = [
    "account",
    "balance",
    "counter",
    "customer_order",
    "enrolment_code",
    "event",
    "exception",
    "external_id",
    "feed",
    "gtin",
    "idempotency",
    "item",
    "kit_component",
    "location",
    "meta",
    "metadata",
    "move",
    "order_line",
    "owner",
    "policy",
    "proposal",
    "receipt",
    "reconciliation",
    "reconciliation_line",
    "record_owner",
    "request_nonce",
    "reservation",
    "rma",
    "rma_done",
    "rma_event",
    "rma_line",
    "rma_match",
    "sold_serial",
    "station",
    "token",
    "write_off",
]
