"""The station database as SQLAlchemy Core tables; the migrations make exactly these.

Pages touched by a commit decide what it costs on a full disk, hence three choices: keys that grow stay
together (`event`, `move`, `outbox` and label-first accounts append at the right end), an account whose net
change in an event is zero has no balance row written, and look-up tables are WITHOUT ROWID, one tree each.

A balance that has become zero keeps its row with 0: deleting would cost a statement per event and say
nothing more. The audit reads a missing row as 0, so that both forms are held against the same fold.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# In the file's header: says that the file is a Backhaul station's ("BHst").
APPLICATION_ID = 0x42487374
# The newest step of the migrations; a test holds it against them.
SCHEMA = "0006"

metadata = MetaData()


def _required(name: str, kind: type[Integer | Text | LargeBinary]) -> Column[object]:
    return Column(name, kind, nullable=False)


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    _required("value", Text),
    sqlite_with_rowid=False,
)

# Each epoch but a station's first: it began when `begun` events were recorded, with `resent` of them sealed
# anew. An event recorded in it has number `seq - begun + resent` in its chain.
epoch = Table(
    "epoch",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    _required("begun", Integer),
    _required("resent", Integer),
)

# `seq` counts what is recorded here, through all epochs; in the first it is the number in the chain.
# `units` is what figures count: base units disposed of. `hlc` continues the hybrid clock after a restart.
event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _required("epoch", Integer),
    Column("event_id", Text, nullable=False, unique=True),
    _required("kind", Text),
    _required("hash", Text),
    _required("hlc", Text),
    _required("wall_ms", Integer),
    _required("units", Integer),
    Column("corrects", Text),
    _required("header", LargeBinary),
    _required("facts", LargeBinary),
    Column("private", LargeBinary),
    Column("salt", LargeBinary),
    _required("sig", LargeBinary),
    Index("event_flow", "kind", "wall_ms", "units"),
    # Only what takes an event back whole corrects one at a station.
    Index("event_undone_once", "corrects", unique=True, sqlite_where=text("corrects IS NOT NULL")),
)

subject = Table(
    "subject",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True),
    sqlite_with_rowid=False,
)

# Labels come first in the unique key: new labels sort last, so that the accounts of one event share a page.
ACCOUNT_KEY = ("label", "serial", "item", "location", "owner", "status", "reason", "lot", "grade")
account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    *(_required(part, Text) for part in ACCOUNT_KEY),
    UniqueConstraint(*ACCOUNT_KEY, name="account_key"),
)

move = Table(
    "move",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True),
    Column("line", Integer, primary_key=True),
    _required("qty", Integer),
    Column("source", Integer, ForeignKey("account.id"), nullable=False),
    Column("target", Integer, ForeignKey("account.id"), nullable=False),
    _required("kind", Text),
    Column("reason", Text),
    Column("document", Text),
    CheckConstraint("qty > 0", name="move_positive"),
    sqlite_with_rowid=False,
)

balance = Table(
    "balance",
    metadata,
    Column("account_id", Integer, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    _required("qty", Integer),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
)

# Events sealed anew at the beginning of an epoch, by their number in its chain: what the centre did not hold.
resent = Table(
    "resent",
    metadata,
    Column("epoch", Integer, ForeignKey("epoch.epoch"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    _required("hash", Text),
    _required("header", LargeBinary),
    _required("sig", LargeBinary),
    UniqueConstraint("epoch", "seq", name="resent_once"),
)

# Own dispositions per RMA line, in the commit of their event.
return_progress = Table(
    "return_progress",
    metadata,
    Column("rma", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    _required("qty", Integer),
    sqlite_with_rowid=False,
)

draft = Table(
    "draft",
    metadata,
    Column("job", Text, primary_key=True),
    _required("document", Text),
    _required("saved_wall", Text),
    sqlite_with_rowid=False,
)

# `state` is queued, printed or void (its event was undone).
label = Table(
    "label",
    metadata,
    Column("code", Text, primary_key=True),
    _required("document", Text),
    _required("state", Text),
    Column("event_seq", Integer),
    _required("wall", Text),
    Index("label_queued", "wall", sqlite_where=text("state = 'queued'")),
    sqlite_with_rowid=False,
)

counter = Table(
    "counter",
    metadata,
    Column("series", Text, primary_key=True),
    _required("next", Integer),
    sqlite_with_rowid=False,
)

# Records of the centre's feed as it sent them. `readable` is 0 for kinds (or shapes) this program does not
# know: they are kept whole and counted, and a newer program reads them.
mirror = Table(
    "mirror",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _required("document", Text),
    _required("pos", Integer),
    _required("readable", Integer),
    Index("mirror_opaque", "kind", sqlite_where=text("readable = 0")),
    sqlite_with_rowid=False,
)

# What the centre holds of the site's stock, account by account, with the own events up to `seq` counted in.
# Places come first in the key: one bin's accounts are asked for together.
stock = Table(
    "stock",
    metadata,
    Column("location", Text, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    _required("qty", Integer),
    _required("seq", Integer),
    sqlite_with_rowid=False,
)

# Look-ups into the mirror, kept with the records they come from.
gtin = Table(
    "gtin",
    metadata,
    Column("gtin", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    sqlite_with_rowid=False,
)
tracking = Table(
    "tracking",
    metadata,
    Column("tracking", Text, primary_key=True),
    Column("rma", Text, primary_key=True),
    sqlite_with_rowid=False,
)
serial = Table(
    "serial",
    metadata,
    Column("serial", Text, primary_key=True),
    Column("rma", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Photos that own events name, by the first that does. `state`: waiting (to be sent), sent (the centre has it,
# in the feed's generation `gen`, since `sent_ms`), gone (sent, and its file was removed here), missing (there
# is no file to send), lost (missing, and the centre was told).
photo = Table(
    "photo",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("event.seq"), nullable=False),
    _required("state", Text),
    Column("sent_ms", Integer),
    Column("gen", Integer),
    Index("photo_open", "seq", sqlite_where=text("state IN ('waiting', 'missing', 'lost')")),
    Index("photo_sent", "sent_ms", sqlite_where=text("state = 'sent'")),
    sqlite_with_rowid=False,
)

# An approver's key, sealed for this station; `app.domain.approvals.wrapping` says by what.
approver_key = Table(
    "approver_key",
    metadata,
    Column("approver", Text, primary_key=True),
    _required("station", Text),
    _required("public_key", LargeBinary),
    _required("salt", LargeBinary),
    _required("nonce", LargeBinary),
    _required("sealed", LargeBinary),
    sqlite_with_rowid=False,
)

# Wrong PINs in a row. `pending` is 1 from before a PIN is tried until what came of it is on record: a program
# that ended between counts as a wrong one. `unlocked` is the number of the centre's last word that was used.
pin_attempt = Table(
    "pin_attempt",
    metadata,
    Column("approver", Text, primary_key=True),
    _required("failed", Integer),
    _required("pending", Integer),
    _required("unlocked", Integer),
    sqlite_with_rowid=False,
)

# The newest certificate of each approver, with the grant of the key that signed it; both were checked.
approver_certificate = Table(
    "approver_certificate",
    metadata,
    Column("approver", Text, primary_key=True),
    _required("certificate", Text),
    _required("policy_key", Text),
    sqlite_with_rowid=False,
)

# The newest revocation list, one row; checked, and never one that says less than the one before.
revocation_list = Table(
    "revocation_list",
    metadata,
    Column("name", Text, primary_key=True),
    _required("number", Integer),
    _required("list", Text),
    sqlite_with_rowid=False,
)

# By digest of a certificate: what this station's statements under it are worth, and how many they are.
approval_spent = Table(
    "approval_spent",
    metadata,
    Column("certificate", Text, primary_key=True),
    _required("qty", Integer),
    _required("times", Integer),
    sqlite_with_rowid=False,
)

# Signed checkpoints of the centre's audit trail. `state`: held (it went on from the one before), restarted
# (the centre was restored in between, or told its history anew), differs (it contradicts what was told
# before); `event_id` reports the last two. Of those that were held, the newest and each day's first stay.
checkpoint = Table(
    "checkpoint",
    metadata,
    Column("digest", Text, primary_key=True),
    _required("number", Integer),
    _required("feed_gen", Integer),
    _required("daily", Integer),
    _required("document", Text),
    _required("sig", Text),
    _required("policy_key", Text),
    _required("seen_at", Text),
    _required("state", Text),
    _required("why", Text),
    Column("event_id", Text),
    Index("checkpoint_newest", "feed_gen", "number"),
    sqlite_with_rowid=False,
)
