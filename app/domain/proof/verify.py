"""Verifying an export: each file once, row by row, without a server, a database or a network.

Nothing is believed that is not signed by somebody: stations sign events, approvers statements, the root the
policy key and that key the certificates and checkpoints, the centre the manifest. What nobody signs
(balances, the journal) is held against sums over what is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain import canonical
from app.domain.account import Account
from app.domain.approvals import CERTIFICATE_TAG, POLICY_KEY_TAG, Certificate, PolicyKey, Reason, Signed
from app.domain.approvals.reasons import verdict_of
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint, FeedEntry
from app.domain.fields import Fields
from app.domain.merkle import Growing, Tree
from app.domain.proof import elsewhere
from app.domain.proof.authority import REVOCATION_KIND, Authority, Revocations
from app.domain.proof.elsewhere import Carried
from app.domain.proof.money import Entries, whole
from app.domain.proof.receipts import Key, Walk
from app.domain.proof.shape import (
    AUTHORIZATION,
    BALANCES,
    CERTIFICATES,
    CHECKPOINTS,
    FEED,
    FILES,
    JOURNAL,
    MANIFEST,
    MANIFEST_TAG,
    POLICY_KEYS,
    RECEIPTS,
    REVOCATIONS,
    STATIONS,
    TOTALS,
    VERDICTS,
    Finding,
    Manifest,
    Reader,
    Source,
)
from app.domain.refusal import Refused

_KEY_SIZE = 32


@dataclass(slots=True)
class Summary:
    """What was read; `root` is the key everything hangs on, to be compared with one kept elsewhere."""

    root: str = ""
    centre_id: str = ""
    events: int = 0
    positions: int = 0
    accounts: int = 0
    entries: int = 0
    checkpoints: int = 0
    contained: int = 0
    """How many of the checkpoints that were brought from elsewhere this export was held against."""
    covered: tuple[int, int] = (0, 0)
    """How many receipts and positions the last checkpoint covers."""

    waiting: dict[str, int] = field(default_factory=dict)
    """Events that are here and count nowhere, by the state that says so."""
    unheld: int = 0
    """How many came, by the centre's own word, before an approval that is missing was judged."""


def verify(
    source: Source, summary: Summary, root: bytes | None = None, kept: Sequence[Carried] = ()
) -> Iterator[Finding]:
    """Everything in an export that does not hold, as it is read; `summary` is whole at the end.

    `root` is the public key of the root as somebody kept it; without it, the export's own is believed. `kept`
    are checkpoints from elsewhere: the export has to contain exactly the history that they vouch for.
    """
    try:
        (line,) = list(source.lines(MANIFEST)) if MANIFEST in source.names() else []
        signed = Signed.from_json(_object(line), "manifest")
        manifest = Manifest.read(signed)
    except (Refused, ValueError):
        yield Finding(MANIFEST, "the file", "is no manifest of an export")
        return
    for name in sorted(set(source.names()) - {*FILES, MANIFEST}):
        yield Finding(name, "the file", "does not belong to an export")
    summary.root, summary.centre_id = manifest.root_key, manifest.centre_id
    if root is not None and manifest.root_key != root.hex():
        yield Finding(MANIFEST, "the root", f"is {manifest.root_key[:12]}, not the one that was given")
    reader = Reader(source, manifest)
    yield from _Verifying(reader, summary, root or _key(manifest.root_key), kept).run(signed)


class _Verifying:
    """One run over one export."""

    def __init__(self, reader: Reader, summary: Summary, root: bytes | None, kept: Sequence[Carried]) -> None:
        self._reader = reader
        self._summary = summary
        self._root = root
        self._grants = dict[int, PolicyKey]()
        self._revocations = Revocations()
        self._authority = Authority(root, self._revocations.by_key)
        self._authority.restored = reader.feed_gen > 1
        self._checkpoints = list[Checkpoint]()
        self._kept = kept
        self._previous = ""

    def run(self, manifest: Signed) -> Iterator[Finding]:
        stations = dict[str, Key]()
        yield from self._each(STATIONS, lambda n, row: self._station(n, row, stations))
        centre = stations.get(self._summary.centre_id)
        if centre is None or not manifest.holds(MANIFEST_TAG, centre.public_key):
            yield Finding(MANIFEST, "the signature", "is not the centre's")
        yield from self._each(POLICY_KEYS, self._grant)
        yield from self._each(CERTIFICATES, self._certificate)
        yield from self._each(REVOCATIONS, self._revoked)
        yield from self._each(CHECKPOINTS, self._checkpoint)
        yield from self._brought()
        verdicts = dict[str, str]()
        yield from self._each(VERDICTS, lambda n, row: _verdict(n, row, verdicts))
        after = self._reader.judged_after
        walk = Walk(stations, self._authority, dict(verdicts), self._summary.centre_id, after)
        received = Roots(RECEIPTS, self._claims(lambda said: said.receipts), walk.tree)
        yield from received.grown()
        yield from self._each(RECEIPTS, lambda n, row: _both(walk.take(n, row), received))
        yield from walk.ends()
        yield from received.ends()
        told = Growing()
        positions = Roots(FEED, self._claims(lambda said: said.feed), told)
        yield from positions.grown()
        yield from self._each(FEED, lambda n, row: _both(self._position(n, row, told), positions))
        yield from positions.ends()
        yield from self._revocations.ends()
        self._summary.events, self._summary.positions = walk.events, told.size
        self._summary.waiting = dict(walk.waiting)
        self._summary.unheld = min(after, walk.events)
        yield from self._sums(walk, verdicts)

    def _each(self, name: str, take: Callable[[int, Fields], Iterator[Finding]]) -> Iterator[Finding]:
        for number, row in self._reader.rows(name):
            yield from self._reader.taken()
            try:
                yield from take(number, row)
            except (Refused, ValueError) as no:
                what = no.read if isinstance(no, Refused) else "cannot be read"
                yield Finding(name, f"line {number}", what)
        yield from self._reader.taken()

    def _station(self, number: int, row: Fields, stations: dict[str, Key]) -> Iterator[Finding]:
        key = _key(row.text("public_key"))
        if key is None:
            yield Finding(STATIONS, f"line {number}", "has no key")
            return
        station, epoch = row.text("station_id"), row.whole("epoch", least=1)
        closed = {
            one.whole("epoch", least=1): (one.whole("head_seq"), one.text("head_hash"))
            for one in row.objects("closed")
        }
        renewed = sorted(one.whole("epoch", least=1) for one in row.objects("renewals"))
        stations[station] = Key(key, epoch, row.whole("head_seq"), row.text("head_hash"), closed)
        self._authority.joined(station, row.text_or("site", ""), _renewals(row))
        if renewed != sorted({*closed, epoch})[1:] or max(closed, default=0) >= epoch:
            yield Finding(STATIONS, f"line {number}", "its renewals do not lead from epoch to epoch")

    def _grant(self, number: int, row: Fields) -> Iterator[Finding]:
        signed = Signed.from_json(row.raw(), "policy key")
        if self._root is None or not signed.holds(POLICY_KEY_TAG, self._root):
            yield Finding(POLICY_KEYS, f"line {number}", "the root did not sign it")
            return
        grant = PolicyKey.read(signed)
        self._grants[grant.number] = grant

    def _certificate(self, number: int, row: Fields) -> Iterator[Finding]:
        signed = Signed.from_json(row.raw(), "certificate")
        if not any(signed.holds(CERTIFICATE_TAG, grant.public_key) for grant in self._grants.values()):
            yield Finding(CERTIFICATES, f"line {number}", "no policy key of this centre signed it")
        self._authority.told(row, "issued_at")
        self._authority.certified(row, Certificate.read(signed))

    def _revoked(self, number: int, row: Fields) -> Iterator[Finding]:
        yield from self._revocations.take(number, row)
        self._authority.told(row, "revoked_at")

    def _position(self, number: int, row: Fields, told: Growing) -> Iterator[Finding]:
        yield from _position(number, row, told)
        if row.text("kind") == REVOCATION_KIND:
            keys = [grant.public_key for grant in self._grants.values()]
            yield from self._revocations.told(row.text("document"), keys)

    def _checkpoint(self, number: int, row: Fields) -> Iterator[Finding]:
        signed = Signed.from_json(row.raw(), "checkpoint")
        grant = self._grants.get(row.whole("policy_key"))
        if grant is None or not signed.holds(CHECKPOINT_TAG, grant.public_key):
            yield Finding(CHECKPOINTS, f"line {number}", "its policy key did not sign it")
            return
        said = Checkpoint.read(signed)
        previous = self._previous
        if (said.number, said.previous, said.centre_id) != (number, previous, self._summary.centre_id):
            yield Finding(CHECKPOINTS, f"line {number}", "does not follow the checkpoint before it")
        self._previous = signed.digest
        self._checkpoints.append(said)
        self._summary.checkpoints += 1
        self._summary.covered = said.receipts.size, said.feed.size

    def _brought(self) -> Iterator[Finding]:
        """What is wrong with checkpoints from elsewhere before any list is read."""
        yield from elsewhere.contradictions(self._kept)
        for one in self._kept:
            why = elsewhere.strange(one, self._summary.centre_id)
            if why:
                yield Finding(CHECKPOINTS, one.about, why)

    def _claims(self, tree_of: Callable[[Checkpoint], Tree]) -> list[Claim]:
        """What the export's own checkpoints say of a list, and those from elsewhere."""
        gen = self._reader.feed_gen
        ours = [one for one in self._kept if not elsewhere.strange(one, self._summary.centre_id)]
        self._summary.contained = len(ours)
        return [
            *(Claim(f"checkpoint {one.number}", tree_of(one)) for one in self._checkpoints),
            *(Claim(one.about, tree_of(one.said), elsewhere.changed(one, gen)) for one in ours),
        ]

    def _sums(self, walk: Walk, judged: Mapping[str, str]) -> Iterator[Finding]:
        folded = {account: qty for account, qty in walk.balances.items() if qty}
        self._summary.accounts = len(folded)
        yield from self._each(BALANCES, lambda n, row: _balance(n, row, folded))
        for account, qty in sorted(folded.items(), key=lambda entry: entry[0].key):
            yield Finding(
                BALANCES, f"{account.item} at {account.location}", f"{qty} by the moves is not told"
            )
        entries = Entries(walk.posted, judged)
        yield from self._each(JOURNAL, entries.take)
        self._summary.entries = entries.count
        yield from entries.ends(walk.balances)
        yield from self._each(TOTALS, entries.told)
        yield from entries.untold()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a checkpoint says of a list; `means`, in words, is what it means when that does not hold."""

    about: str
    tree: Tree
    means: str = ""

    def broken(self, file: str, what: str) -> Finding:
        """That it does not hold."""
        return Finding(file, self.about, f"{what}: {self.means}" if self.means else what)


class Roots:
    """The roots that checkpoints name, against a tree that grows."""

    def __init__(self, file: str, said: list[Claim], tree: Growing) -> None:
        self._file = file
        self._said = sorted(said, key=lambda claim: claim.tree.size)
        self._tree = tree
        self._at = 0

    def grown(self) -> Iterator[Finding]:
        """What the checkpoints say of the tree as it is now; asked after each entry."""
        while self._at < len(self._said) and self._said[self._at].tree.size <= self._tree.size:
            claim = self._said[self._at]
            if claim.tree != self._tree.tree:
                what = f"the first {claim.tree.size} are not what {claim.about} vouches for"
                yield claim.broken(self._file, what)
            self._at += 1

    def ends(self) -> Iterator[Finding]:
        """What the checkpoints say of entries that never came."""
        yield from self.grown()
        for claim in self._said[self._at :]:
            what = f"{self._tree.size} entries, {claim.about} vouches for {claim.tree.size}"
            yield claim.broken(self._file, what)


def _both(first: Iterator[Finding], roots: Roots) -> Iterator[Finding]:
    yield from first
    yield from roots.grown()


def _position(number: int, row: Fields, told: Growing) -> Iterator[Finding]:
    entry = FeedEntry(
        row.whole("pos", least=1),
        row.whole("gen"),
        row.text("kind"),
        row.text("key"),
        row.text("document"),
        row.maybe_text("event_id"),
    )
    told.add(entry.leaf)
    if entry.pos != number:
        yield Finding(FEED, f"line {number}", f"is position {entry.pos}")


def _verdict(number: int, row: Fields, verdicts: dict[str, str]) -> Iterator[Finding]:
    event_id, verdict = row.text("event_id"), row.text("verdict")
    verdicts[event_id] = verdict
    if row.text("authorization") != AUTHORIZATION.get(verdict):
        yield Finding(VERDICTS, f"line {number}", f"{row.text('authorization')}, its verdict is {verdict}")
    every = [row, *row.objects("approvals")]
    for said in every:
        try:
            follows = verdict_of(frozenset(Reason(code) for code in said.texts("reasons")))
        except ValueError:
            yield Finding(VERDICTS, f"line {number}", "names a reason that is none")
            continue
        if said.text("verdict") != follows:
            yield Finding(VERDICTS, f"line {number}", f"{said.text('verdict')}, its reasons say {follows}")


def _balance(number: int, row: Fields, folded: dict[Account, int]) -> Iterator[Finding]:
    account, qty = Account.from_json(row.inner("account").raw()), whole(row, "qty")
    moved = folded.pop(account, 0)
    if moved != qty:
        about = f"line {number}, {account.item} at {account.location}"
        yield Finding(BALANCES, about, f"{qty} is told, {moved} by the moves")


def _object(line: bytes) -> object:
    return canonical.decode(line.rstrip(b"\n"))


def _renewals(row: Fields) -> dict[int, int]:
    """From which epoch each later one of a station goes on."""
    return {one.whole("epoch", least=1): one.whole("from_epoch") for one in row.objects("renewals")}


def _key(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == _KEY_SIZE else None
