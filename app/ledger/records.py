"""Records of the centre's feed as this program understands them; pure readers, one per kind.

A document that a reader refuses is not lost: the mirror keeps it whole, unread and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.approvals import Certificate, PolicyKey, RevocationList, Signed
from app.domain.approvals.signed import hexadecimal
from app.domain.approvals.unlock import Unlock
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.place import Location
from app.domain.policy import Policy, read_policy
from app.domain.refusal import Refused
from app.domain.returns import Rma
from app.domain.signing import KEY_SIZE
from app.domain.transfer import Transfer


class RecordKind(StrEnum):
    """The kinds of records a station mirrors and understands."""

    ITEM = "item"
    LOCATION = "location"
    POLICY = "policy"
    RMA = "rma"
    TRANSFER = "transfer"
    APPROVAL_ROOT = "approval_root"
    POLICY_KEY = "policy_key"
    APPROVER_CERTIFICATE = "approver_certificate"
    REVOCATION_LIST = "revocation_list"
    APPROVAL_UNLOCK = "approval_unlock"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class Done:
    """`qty` units of one RMA line that a station has given a disposition, as far as the centre knows."""

    line: int
    station: str
    qty: int


@dataclass(frozen=True, slots=True)
class MirroredRma:
    """An RMA with what the centre knows of its progress; `state` is open, closed or cancelled."""

    rma: Rma
    state: str
    done: tuple[Done, ...]

    @classmethod
    def from_json(cls, data: object) -> MirroredRma:
        """Reads the feed's document."""
        f = Fields(data, "RMA")
        done = tuple(Done(d.whole("line"), d.text("station"), d.whole("qty")) for d in f.objects("done"))
        return cls(Rma.from_json(data), f.text_or("state", "open"), done)


def policy_from_json(data: object) -> Policy:
    """Reads the feed's policy document, whose `source` is the published text."""
    f = Fields(data, "policy")
    return read_policy(f.text("source"), f"policy {f.text_or('version', 'of the centre')}")


@dataclass(frozen=True, slots=True)
class LookUps:
    """The texts a person can scan that lead to a record."""

    gtins: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()
    serials: tuple[tuple[str, int], ...] = ()


def look_ups(kind: str, key: str, document: Mapping[str, object]) -> LookUps | None:
    """What leads to this record; None when the kind or the document cannot be read by this program."""
    read = _READERS.get(kind)
    if read is None:
        return None
    try:
        name, found = read(document)
    except Refused:
        return None
    return found if name == key else None


def _item(document: object) -> tuple[str, LookUps]:
    item = Item.from_json(document)
    return item.sku, LookUps(gtins=tuple(dict.fromkeys(item.gtins)))


def _location(document: object) -> tuple[str, LookUps]:
    return Location.from_json(document).code, LookUps()


def _policy(document: object) -> tuple[str, LookUps]:
    return policy_from_json(document).version, LookUps()


def _rma(document: object) -> tuple[str, LookUps]:
    rma = MirroredRma.from_json(document).rma
    serials = dict.fromkeys((serial, line.line) for line in rma.lines for serial in line.serials)
    return rma.code, LookUps(tracking=tuple(dict.fromkeys(rma.tracking)), serials=tuple(serials))


def _transfer(document: object) -> tuple[str, LookUps]:
    return Transfer.from_json(document).code, LookUps()


def _approval_root(document: object) -> tuple[str, LookUps]:
    hexadecimal(Fields(document, "root of approvals"), "public_key", KEY_SIZE)
    return "root", LookUps()


def _policy_key(document: object) -> tuple[str, LookUps]:
    grant = Signed.from_json(Fields(document, "policy key").inner("grant").raw(), "policy key")
    return str(PolicyKey.read(grant).number), LookUps()


def _certificate(document: object) -> tuple[str, LookUps]:
    signed = Signed.from_json(Fields(document, "certificate").inner("certificate").raw(), "certificate")
    return Certificate.read(signed).approver, LookUps()


def _revocations(document: object) -> tuple[str, LookUps]:
    signed = Signed.from_json(Fields(document, "revocations").inner("list").raw(), "revocations")
    RevocationList.read(signed)
    return "list", LookUps()


def _erasure(document: object) -> tuple[str, LookUps]:
    return Fields(document, "erasure").text("event"), LookUps()


def _unlock(document: object) -> tuple[str, LookUps]:
    found = Unlock.read(Signed.from_json(Fields(document, "unlocking").inner("unlock").raw(), "unlocking"))
    return f"{found.approver}|{found.station}", LookUps()


_READERS: Mapping[str, Callable[[object], tuple[str, LookUps]]] = {
    RecordKind.ITEM: _item,
    RecordKind.LOCATION: _location,
    RecordKind.POLICY: _policy,
    RecordKind.RMA: _rma,
    RecordKind.TRANSFER: _transfer,
    RecordKind.APPROVAL_ROOT: _approval_root,
    RecordKind.POLICY_KEY: _policy_key,
    RecordKind.APPROVER_CERTIFICATE: _certificate,
    RecordKind.REVOCATION_LIST: _revocations,
    RecordKind.APPROVAL_UNLOCK: _unlock,
    RecordKind.ERASURE: _erasure,
}
