"""Locations and policies, as the centre publishes them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, insert, select

from app.domain.attributes import read_pairs
from app.domain.clock import to_text
from app.domain.fields import Fields
from app.domain.place import Location, LocationKind
from app.domain.policy import read_policy
from app.domain.refusal import Refused
from app.domain.site_policy import site_policy
from sync.central.commands.documents import Intake, Sent, changed, require_storable
from sync.central.commands.identities import Identities, named_in, put_identities
from sync.central.commands.proposals import propose
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.feed import Record, publish
from sync.central.store.prepared import replacing
from sync.central.store.record_owners import STORED, divide
from sync.central.store.settling import settle_waiting
from sync.central.store.tables import account, balance, item, location, policy


def put_locations(act: Act, documents: Sequence[object], speaker: Speaker | None = None) -> dict[str, object]:
    """Takes locations, new or changed; a site's policy is read whole.

    Locations that `speaker` does not own are kept as proposals; None speaks for every owner.
    """
    mine, theirs = divide(act.conn, RecordKind.LOCATION, documents, speaker)
    intake = read_locations(act.conn, documents, mine)
    _save_locations(act, changed(act.conn, intake.taken, STORED[RecordKind.LOCATION]))
    if theirs:
        asked = read_locations(act.conn, documents, theirs)
        propose(act, RecordKind.LOCATION, asked)
        intake.add(asked)
    return intake.answer()


def read_locations(conn: Connection, documents: Sequence[object], places: Sequence[int]) -> Intake[Location]:
    """Reads the documents at some places as locations and writes nothing."""
    intake = Intake[Location]()
    sent = [documents[index] for index in places]
    identities = Identities(conn, RecordKind.LOCATION, named_in(sent))
    for index in places:
        intake.offer(index, partial(_location, identities, index, documents[index]))
    return intake


def _save_locations(act: Act, fresh: Sequence[Sent[Location]]) -> None:
    sites = {row.code: row.site for row in act.conn.execute(_sites, {"codes": [sent.key for sent in fresh]})}
    _put_locations.run(
        act.conn, [{"code": sent.key, "site": sent.record.site, "document": sent.text} for sent in fresh]
    )
    named = {sent.key: read_pairs(Fields(sent.document, "location"), "external_ids") for sent in fresh}
    put_identities(act.conn, RecordKind.LOCATION, named)
    publish(act.conn, [Record("location", sent.key, sent.document) for sent in fresh])
    moved = [sent.key for sent in fresh if sites.get(sent.key) != sent.record.site]
    _settle_stocked(act, moved)


def _settle_stocked(act: Act, places: Sequence[str]) -> None:
    """What stands there belongs to another site now, and with it what each site can promise."""
    by_owner: defaultdict[str, set[str]] = defaultdict(set)
    for row in act.conn.execute(_stocked, {"codes": places}) if places else ():
        by_owner[row.owner].add(row.item)
    for owner, skus in sorted(by_owner.items()):
        settle(act, owner, skus)


def _location(identities: Identities, index: int, document: object) -> Sent[Location]:
    require_storable(document)
    record = Location.from_json(document)
    if record.kind is LocationKind.SITE:
        site_policy(document)
    f = Fields(document, "location")
    identities.claim(record.code, read_pairs(f, "external_ids"))
    return Sent(index, record.code, {**f.raw(), **record.to_json()}, record)


def publish_policy(act: Act, source: str) -> dict[str, object]:
    """Puts a policy in force once it was read whole; sending the same text again changes nothing.

    Raises:
        Refused: the policy is not complete.
        Conflict: its version was published before with another text.
    """
    found = read_policy(source, "policy")
    row = act.conn.execute(_version, {"version": found.version}).one_or_none()
    if row is not None and row.source != source:
        raise Conflict(
            "policy.version",
            f"Read policy {found.version}, which was published with another text.",
            "Expected a version that is new.",
            "Give the changed policy its own version.",
        )
    if row is None:
        act.conn.execute(
            _new_policy,
            {
                "version": found.version,
                "source": source,
                "as_new": json.dumps([grade.code for grade in found.grades if grade.as_new]),
                "published_at": to_text(act.posted_at),
                "published_by": act.operator,
            },
        )
        publish(act.conn, [Record("policy", found.version, {"version": found.version, "source": source})])
        _settle_graded(act)
        settle_waiting(act)
    return {"version": found.version, "grades": [grade.code for grade in found.grades]}


def _settle_graded(act: Act) -> None:
    """Which grades are sold as new may have changed, and with it what can be promised."""
    by_owner: defaultdict[str, set[str]] = defaultdict(set)
    for row in act.conn.execute(_graded):
        by_owner[row.owner].add(row.item)
    for owner, skus in sorted(by_owner.items()):
        settle(act, owner, skus)


def has_policy(conn: Connection) -> bool:
    """True once any policy was published."""
    return conn.execute(select(policy.c.version).limit(1)).first() is not None


def current_policy(conn: Connection) -> dict[str, object]:
    """The policy in force.

    Raises:
        Missing: none was ever published.
    """
    row = conn.execute(_current).one_or_none()
    if row is None:
        raise missing("policy", "current")
    return {"version": row.version, "source": row.source, "published_at": row.published_at}


def policy_version(conn: Connection) -> str | None:
    """The version in force; None before the first."""
    return conn.scalar(_current_version)


def require_items(conn: Connection, skus: Sequence[str]) -> None:
    """Refuses items that the centre does not know."""
    asked = list(dict.fromkeys(skus))
    known = set(conn.scalars(_known_items, {"skus": asked}))
    refuse_unknown([sku for sku in asked if sku not in known])


def refuse_unknown(unknown: Sequence[str]) -> None:
    """Refuses when any item is unknown."""
    if unknown:
        raise Refused(
            "item.unknown",
            f"Read the item{'s'[: len(unknown) > 1]} {', '.join(map(repr, unknown[:5]))}.",
            "Expected items that were sent to /v1/items.",
            "Send the items first, then this again.",
        )


def require_location(conn: Connection, code: str) -> None:
    """Refuses a location that the centre does not know."""
    if conn.execute(_known_location, {"code": code}).first() is None:
        raise Refused(
            "location.unknown",
            f"Read the location {code!r}.",
            "Expected one that was sent to /v1/locations.",
            "Send the location first, then this again.",
        )


def require_site(conn: Connection, site: str) -> None:
    """Refuses a site where the centre knows no location."""
    if conn.execute(_known_site, {"site": site}).first() is None:
        raise Refused(
            "site.unknown",
            f"Read the site {site!r}.",
            "Expected the site of a location that was sent to /v1/locations.",
            "Correct the site, or send its locations first.",
        )


_sites = select(location.c.code, location.c.site).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
_stocked = (
    select(balance.c.owner, balance.c.item)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(balance.c.status == "sellable", account.c.location.in_(bindparam("codes", expanding=True)))
    .distinct()
)
_put_locations = replacing(location, ("code",))
_known_location = select(location.c.code).where(location.c.code == bindparam("code"))
_known_site = select(location.c.code).where(location.c.site == bindparam("site")).limit(1)
_known_items = select(item.c.sku).where(item.c.sku.in_(bindparam("skus", expanding=True)))
_new_policy = insert(policy)
_version = select(policy.c.source).where(policy.c.version == bindparam("version"))
_current = select(policy).order_by(policy.c.id.desc()).limit(1)
_current_version = select(policy.c.version).order_by(policy.c.id.desc()).limit(1)
_graded = (
    select(balance.c.owner, balance.c.item)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(balance.c.status == "sellable", account.c.grade != "")
    .distinct()
)
