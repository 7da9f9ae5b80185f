"""What is known of a unit that leaves for good, and how it is said: never by a customer's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.policy import Policy

_DAY = 10
_WHY_NO_PHOTO: Mapping[str, str] = {
    "no_camera": "the bench had no camera",
    "camera_away": "the camera was away",
    "camera_slow": "the camera did not answer in time",
    "disk_full": "the bench's disk was full",
    "not_kept": "the photo could not be written",
}


@dataclass(frozen=True, slots=True)
class Supplied:
    """A receipt of goods: its document, as a purchase order's number, when, and of whom if that is known."""

    document: str
    at: str
    supplier: str | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale that the unit came back from."""

    order: str
    line: int
    shipped_at: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One look at the unit at a bench: who, where, what was answered, and what was decided by which rule.

    `answers` are ids as QUESTION.ANSWER, `photos` hashes of files; `policy` is None when its version is not
    here.
    """

    at: str
    by: str
    station: str
    grade: str | None
    disposition: str | None
    rule: str | None
    policy_ver: str | None
    answers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    photo_missing: str = ""
    missing_parts: tuple[tuple[str, int], ...] = ()
    policy: Policy | None = None

    @property
    def grade_text(self) -> str:
        """The grade with its words."""
        if self.policy is None or self.grade is None:
            return self.grade or ""
        words = {grade.code: grade.caption for grade in self.policy.grades}
        return f"{self.grade}, {words[self.grade].lower()}" if self.grade in words else self.grade

    @property
    def rule_text(self) -> str:
        """The rule that decided, its words, and the policy it stands in."""
        names = {rule.id: rule.name for rule in self.policy.rules} if self.policy else {}
        name = f", {names[self.rule]}" if self.rule in names else ""
        return f"rule {self.rule}{name} (policy {self.policy_ver})" if self.rule else ""

    @property
    def answer_texts(self) -> tuple[tuple[str, str], ...]:
        """Question and answer in words, in the order they were given."""
        asked = {question.id: question for question in self.policy.questions} if self.policy else {}
        found = list[tuple[str, str]]()
        for given in self.answers:
            question = asked.get(given.partition(".")[0])
            words = {one.id: one.caption for one in question.answers} if question else {}
            found.append((question.ask if question else given.partition(".")[0], words.get(given, given)))
        return tuple(found)

    @property
    def note_texts(self) -> tuple[str, ...]:
        """Canned notes in words, and parts that were missing."""
        notes = [self.policy.note_text(note) if self.policy else note for note in self.notes]
        return (*notes, *(f"Missing: {qty} of {sku}" for sku, qty in self.missing_parts))


@dataclass(frozen=True, slots=True)
class Story:
    """The life of a unit: how it was bought and sold, and each look at it since it came back, in order."""

    supplied: tuple[Supplied, ...] = ()
    sold: tuple[Sold, ...] = ()
    judged: Sequence[Judged] = ()
    rma: str | None = None
    reason: str | None = None

    @property
    def first(self) -> Judged | None:
        """The look by which it came back."""
        return self.judged[0] if self.judged else None

    @property
    def last(self) -> Judged | None:
        """The look that holds."""
        return self.judged[-1] if self.judged else None

    @property
    def photos(self) -> tuple[str, ...]:
        """All its photos, each once, in the order they were taken."""
        return tuple(dict.fromkeys(photo for look in self.judged for photo in look.photos))

    @property
    def bought_text(self) -> str:
        """The receipts it came by; where nothing tells units apart, that."""
        if not self.supplied:
            return "not told apart by receipt"
        of = (f" of {one.supplier}" if one.supplier else "" for one in self.supplied)
        told = zip(self.supplied, of, strict=True)
        return ", ".join(f"{one.document}{by} on {day(one.at)}" for one, by in told)

    @property
    def sold_text(self) -> str:
        """The sales it came back from."""
        shipped = (f" on {day(one.shipped_at)}" if one.shipped_at else "" for one in self.sold)
        return ", ".join(f"order {one.order}{on}" for one, on in zip(self.sold, shipped, strict=True))

    @property
    def returned_text(self) -> str:
        """When and under which return it came back, and what the customer gave as the reason."""
        if self.first is None:
            return "was not returned by a customer"
        last = self.last
        words = last.policy.reason_text(self.reason) if last and last.policy and self.reason else self.reason
        under = f" under {self.rma}" if self.rma else " unannounced"
        return f"{day(self.first.at)}{under}{f'; reason given: {words}' if words else ''}"

    @property
    def no_photo_text(self) -> str:
        """Why there is no photo; empty when there is one, or nobody said."""
        why = next((look.photo_missing for look in reversed(self.judged) if look.photo_missing), "")
        return "" if self.photos else _WHY_NO_PHOTO.get(why, why)


UNTOLD = Story()
"""What is known of units that nothing tells apart."""


def day(instant: str) -> str:
    """The day of an instant, in UTC."""
    return instant[:_DAY]
