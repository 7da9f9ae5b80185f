"""What a screen shows, as frozen values.

A workflow answers every step with one of these; the window draws it and invents nothing. Texts are final,
in the person's language; `**WORD**` marks bold (a mat word or a place). Every touch target carries the
`command` it stands for: the word of a mat code (`GRI`, `UNDO`) or an action id of the window (`type_code`),
so that scan, key and touch are one path.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.review_view import PinAsked as PinAsked  # noqa: PLC0414 - callers know them from here
from app.workflows.review_view import RequestRow as RequestRow  # noqa: PLC0414
from app.workflows.review_view import ReviewWork as ReviewWork  # noqa: PLC0414
from app.workflows.sign_in_view import SignInWork as SignInWork  # noqa: PLC0414
from app.workflows.station_status import Link as Link  # noqa: PLC0414 - callers know them from here
from app.workflows.station_status import StationStatus as StationStatus  # noqa: PLC0414
from app.workflows.view_parts import Band as Band  # noqa: PLC0414
from app.workflows.view_parts import BandState as BandState  # noqa: PLC0414
from app.workflows.view_parts import Choice as Choice  # noqa: PLC0414
from app.workflows.view_parts import Fact as Fact  # noqa: PLC0414
from app.workflows.view_parts import Figure as Figure  # noqa: PLC0414
from app.workflows.view_parts import ItemCard as ItemCard  # noqa: PLC0414
from app.workflows.view_parts import Marker as Marker  # noqa: PLC0414
from app.workflows.view_parts import Tone as Tone  # noqa: PLC0414


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a job: `here`/`expected` units and a state word (`Now`, `Open`, `A, RESTOCK`)."""

    marker: Marker
    title: str
    detail: str
    here: int
    expected: int
    word: str


@dataclass(frozen=True, slots=True)
class JobPanel:
    """The left panel of a job: the return, its lines, what is expected, here and missing.

    `segments` holds one marker per line for the small progress bars (OK, NOW or OPEN).
    """

    code: str
    order: str
    progress: str
    segments: tuple[Marker, ...]
    rows: tuple[LineRow, ...]
    note: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class RecentJob:
    """One of the last jobs at this bench."""

    marker: Marker
    time: str
    code: str
    title: str
    grade: str
    outcome: str


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A parked job; `command` resumes it."""

    code: str
    detail: str
    command: str


@dataclass(frozen=True, slots=True)
class IdleWork:
    """Nothing in the hand: last jobs, today's figures, the ways on without a scanner.

    Titles left empty take the window's own captions ("Last jobs at this bench", "Nothing to scan?").
    """

    recent: tuple[RecentJob, ...]
    empty_note: str
    note: str
    figures: tuple[Figure, ...]
    choices: tuple[Choice, ...]
    held: tuple[HeldJob, ...]
    recent_title: str = ""
    choices_title: str = ""
    held_title: str = ""
    held_note: str = ""


@dataclass(frozen=True, slots=True)
class WaitWork:
    """A job is open and waits for an item, or for one word about it: the ways on.

    `picture` is a content address as the item card's, drawn in place of the `icon`.
    """

    title: str
    detail: str
    choices: tuple[Choice, ...]
    icon: str = "scan"
    picture: str = ""


@dataclass(frozen=True, slots=True)
class AnswerWork:
    """A question about the item in the hand.

    `answers` are the large numbered keys (`key` holds the number or letter on the tile), with `answers_title`
    and `answers_hint` above them; `others` are smaller keys below that skip the question (the grades);
    `consequence` and `rule` stand in the panel foot and say what follows.
    """

    item: ItemCard
    answers: tuple[Choice, ...]
    answers_title: str = ""
    answers_hint: str = ""
    consequence_label: str = ""
    consequence: str = ""
    rule: str = ""
    others: tuple[Choice, ...] = ()
    others_title: str = ""
    others_hint: str = ""


@dataclass(frozen=True, slots=True)
class QuantityWork:
    """A number is being set: 96 px figure, digits, one way to confirm.

    `expected` is drawn as a second, lighter figure under `expected_label` when it is a number of up to four
    digits, else as a line of text; empty in a blind count.
    """

    item: ItemCard
    label: str
    figure: str
    expected: str
    digits: tuple[Choice, ...]
    confirm: Choice
    expected_label: str = ""


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """The printed label in small: the same texts and the same code as on paper.

    `bars` are the widths in modules of the code's bars and spaces in turn, a bar first; without them the
    preview draws no bars at all, never a likeness of some.
    """

    headline: str
    place: str
    item: str
    code: str
    date: str
    bars: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedWork:
    """What was just saved: where to put it, its label, and what comes next."""

    put_label: str
    place: str
    rule: str
    label: LabelPreview
    printed: str
    printed_marker: Marker
    item: ItemCard
    details: tuple[str, ...]
    sent_word: str
    sent_marker: Marker
    next_title: str = ""
    next_detail: str = ""
    next_label: str = ""
    next_picture: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts set against each other sign by sign; positions that differ are marked."""

    expected_label: str
    expected: str
    read_label: str
    read: str
    verdict: str
    explanation: str


@dataclass(frozen=True, slots=True)
class StopWork:
    """A latched stop: released only by one of `choices`, by scan, key or touch; none is a default."""

    item: ItemCard
    comparison: Comparison | None
    explanation: str
    choices_title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line of a sheet; every cell is a final text, empty where nothing is said.

    `now` marks the one in the hand whose marker says something else.
    """

    marker: Marker
    title: str
    detail: str = ""
    expected: str = ""
    here: str = ""
    word: str = ""
    now: bool = False


@dataclass(frozen=True, slots=True)
class SheetNote:
    """A sentence under a sheet's lines; one that wants `attention` stands on its own ground."""

    text: str
    icon: str = "lock"
    attention: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a job, beside the one in the hand.

    `columns` are the captions over title, detail, expected, here and word; a column without one is left out.
    `segments` has a marker a line, for the bars where the list has no room.
    """

    figures: tuple[Figure, ...]
    columns: tuple[str, str, str, str, str]
    rows: tuple[SheetRow, ...]
    empty_note: str = ""
    notes: tuple[SheetNote, ...] = ()
    choices: tuple[Choice, ...] = ()
    segments: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True)
class TallyWork:
    """Units of one line being counted, with the sheet of all lines beside it.

    Without an `item` the `title` and `detail` say what is waited for. `chip` is a short verdict beside
    `chip_word`. `steps` take away and add one; `choices` stand at the left of the foot, `confirm` at the
    right.
    """

    sheet: Sheet
    item: ItemCard | None = None
    title: str = ""
    detail: str = ""
    chip: str = ""
    chip_word: str = ""
    label: str = ""
    figure: str = ""
    expected: str = ""
    expected_label: str = ""
    steps: tuple[Choice, ...] = ()
    digits: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    confirm: Choice | None = None


Work = (
    IdleWork
    | WaitWork
    | AnswerWork
    | QuantityWork
    | SavedWork
    | StopWork
    | TallyWork
    | ReviewWork
    | SignInWork
)


@dataclass(frozen=True, slots=True)
class LastAction:
    """The left of the foot: what was done last, and whether it can be undone."""

    marker: Marker
    time: str
    text: str
    undo: bool


@dataclass(frozen=True, slots=True)
class BenchView:
    """The whole bench screen. `job` is None when nothing is open; `actions` are ids of the action table.

    `help` are the lines F1 shows here; without them the window shows its own for this kind of work.
    """

    band: Band
    work: Work
    job: JobPanel | None
    last: LastAction | None
    actions: tuple[str, ...]
    help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One whole picture: the work, the three facts, and the name of the screen in front."""

    bench: BenchView
    status: StationStatus
    front: str = "bench"
