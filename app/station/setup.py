"""What one bench is made of, handed in by whoever assembles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.policy import Policy
from app.domain.policy.asides import NoPhoto
from app.ledger.copy_state import CopyState
from app.scanning.double_read import Gaps
from app.station.approving import Approving
from app.station.space import Space
from app.workflows.texts import Texts


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera gave: the address of a photo that is on disk, or `missing`, why there is none."""

    photo: str | None
    missing: str = ""


LabelSink = Callable[[Mapping[str, object], bool], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Who works at the bench, and the session their facts belong to."""

    id: str
    name: str
    role: str
    session: str

    @property
    def shown(self) -> str:
        """As the top bar says it."""
        return f"{self.name}, {self.role}"


class Seat:
    """Who works at the station now; changed on the station's thread alone, once that is recorded."""

    def __init__(self, person: Person) -> None:
        self.person = person


@dataclass(frozen=True, slots=True)
class Setup:
    """The station's surroundings.

    `policy` is the one that ships with the product, used until the centre published another. `bench` is the
    location code of this bench. `print_label(document, copy)` hands a label on and never waits. `old_labels`
    counts what waited too long to be printed unasked, `print_old` prints it. `shoot` takes a photo; it may
    take a moment, never more than a person waits for. `no_camera` says why this bench has none to ask, empty
    where it has one. `space` reads how much of the disk is left, None where that is not known. `second_copy`
    says how the second copy stands, None where there is to be none. `approving` is what signs approvals here,
    None where nobody's key is; `name_of` says who a code is. `letters` lets single letters decide in a list
    that has the keyboard.
    """

    clock: Clock
    ids: Ids
    zone: tzinfo
    texts: Texts
    policy: Policy
    seat: Seat
    bench: str
    name: str
    print_label: LabelSink
    gaps: Gaps
    old_labels: Callable[[], int] = lambda: 0
    print_old: Callable[[], None] = lambda: None
    shoot: Callable[[], Shot] = lambda: Shot(None, NoPhoto.NO_CAMERA)
    no_camera: str = NoPhoto.NO_CAMERA
    space: Callable[[], Space | None] = lambda: None
    second_copy: Callable[[], CopyState | None] = lambda: None
    approving: Callable[[], Approving | None] = lambda: None
    name_of: Callable[[str], str] = lambda code: code
    letters: bool = True

    @property
    def person(self) -> Person:
        """Who works here now."""
        return self.seat.person
