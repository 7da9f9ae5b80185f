"""The centre's tables.

Instants are RFC 3339 UTC texts with milliseconds (`app.domain.clock.to_text`), so that they sort as they
happened and no database's own clock or time type takes part. Hashes, keys, salts and signatures that travel
as hexadecimal are stored as hexadecimal; headers, facts and private parts are stored as the signed bytes.
"""

from __future__ import annotations

from sync.central.store.tables.approvals import (
    approval,
    approval_note,
    approver,
    approver_certificate,
    approver_revocation,
    approver_unlock,
    event_approval,
    policy_key,
)
from sync.central.store.tables.base import metadata
from sync.central.store.tables.books import (
    journal_entry,
    journal_line,
    owner_books,
    refund,
    refund_step,
    sale_worth,
    stock_worth,
)
from sync.central.store.tables.floor import bin_count
from sync.central.store.tables.ledger import account, balance, event, move
from sync.central.store.tables.orders import customer_order, order_line, reservation, sold_serial
from sync.central.store.tables.outward import (
    certificate,
    consignment,
    consignment_line,
    consignment_step,
    handover,
)
from sync.central.store.tables.ownership import external_id, owner, proposal, record_owner
from sync.central.store.tables.personal import (
    personal_data,
    personal_key,
    private_erasure,
    standing_erasure,
)
from sync.central.store.tables.policies import allocation_policy
from sync.central.store.tables.reconciliation import reconciliation, reconciliation_line
from sync.central.store.tables.records import gtin, item, kit_component, location, lot, policy, site_safety
from sync.central.store.tables.replacements import replacement, replacement_step
from sync.central.store.tables.returns import (
    blind_unit,
    photo,
    return_claim,
    rma,
    rma_done,
    rma_event,
    rma_line,
    rma_match,
    rma_release,
    unidentified,
)
from sync.central.store.tables.service import (
    counter,
    exception,
    exception_closing,
    feed,
    idempotency,
    meta,
    token,
    write_off,
)
from sync.central.store.tables.stations import (
    enrolment_code,
    past_chain,
    receipt,
    renewal,
    request_nonce,
    station,
)
from sync.central.store.tables.trade import (
    basket,
    decision,
    parcel,
    parcel_line,
    parcel_serial,
    supply,
    supply_line,
    transfer,
    transfer_line,
    transfer_milestone,
    wave,
)
from sync.central.store.tables.trail import audit_checkpoint, audit_tile, security_note
from sync.central.store.tables.work import work_order, work_step

__all__ = [
    "account",
    "allocation_policy",
    "approval",
    "approval_note",
    "approver",
    "approver_certificate",
    "approver_revocation",
    "approver_unlock",
    "audit_checkpoint",
    "audit_tile",
    "balance",
    "basket",
    "bin_count",
    "blind_unit",
    "certificate",
    "consignment",
    "consignment_line",
    "consignment_step",
    "counter",
    "customer_order",
    "decision",
    "enrolment_code",
    "event",
    "event_approval",
    "exception",
    "exception_closing",
    "external_id",
    "feed",
    "gtin",
    "handover",
    "idempotency",
    "item",
    "journal_entry",
    "journal_line",
    "kit_component",
    "location",
    "lot",
    "meta",
    "metadata",
    "move",
    "order_line",
    "owner",
    "owner_books",
    "parcel",
    "parcel_line",
    "parcel_serial",
    "past_chain",
    "personal_data",
    "personal_key",
    "photo",
    "policy",
    "policy_key",
    "private_erasure",
    "proposal",
    "receipt",
    "reconciliation",
    "reconciliation_line",
    "record_owner",
    "refund",
    "refund_step",
    "renewal",
    "replacement",
    "replacement_step",
    "request_nonce",
    "reservation",
    "return_claim",
    "rma",
    "rma_done",
    "rma_event",
    "rma_line",
    "rma_match",
    "rma_release",
    "sale_worth",
    "security_note",
    "site_safety",
    "sold_serial",
    "standing_erasure",
    "station",
    "stock_worth",
    "supply",
    "supply_line",
    "token",
    "transfer",
    "transfer_line",
    "transfer_milestone",
    "unidentified",
    "wave",
    "work_order",
    "work_step",
    "write_off",
]
