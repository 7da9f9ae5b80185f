"""Examples of screens that want something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.scanning.commands import Word
from app.workflows.view import (
    AnswerWork,
    Band,
    BandState,
    BenchView,
    Choice,
    Fact,
    Figure,
    HeldJob,
    IdleWork,
    JobPanel,
    LastAction,
    LineRow,
    Marker,
    QuantityWork,
    RecentJob,
    Screen,
    Tone,
    WaitWork,
)
from ui.gallery.content import (
    BOTTLE,
    COPY_BEHIND,
    COPY_SAME_DISK,
    FAN,
    GRADES,
    GRINDER,
    IDLE_ACTIONS,
    JOB,
    JOB_ACTIONS,
    LAST,
    ONLINE,
    ROW_BOTTLE,
    ROW_FAN,
    ROW_GRINDER,
)


def idle() -> Screen:
    """Waiting for a scan, five jobs behind, one parked."""
    jobs = (
        RecentJob(Marker.ATTENTION, "14:02", "R-20866", "Hair dryer 2100 W", "D", "DISCARD, waits for W-087"),
        RecentJob(Marker.OK, "13:58", "R-20864", "Desk lamp oak", "B", "REFURB, tote F-04"),
        RecentJob(Marker.OK, "13:55", "R-20863", "Thermo bottle 0.75 L, 2 units", "A", "RESTOCK, tote R-11"),
        RecentJob(Marker.ATTENTION, "13:49", "HL-0143", "Phone case, blind", "C", "HOLD 1, to be matched"),
        RecentJob(Marker.OK, "13:41", "R-20858", "Coffee grinder CG-80", "A", "RESTOCK, tote R-11"),
    )
    work = IdleWork(
        recent=jobs,
        empty_note="",
        note="Scan a label from this list to open, reprint or undo that job.",
        figures=(
            Figure("52", "items since 06:00"),
            Figure("34 s", "median per item"),
            Figure("2", "need someone"),
            Figure("0", "waiting to send"),
        ),
        choices=_ways_in(),
        held=(HeldJob("R-20855", "13:20, 1 of 2 done", "resume:R-20855"),),
        recent_title="Last 5 jobs at this bench",
        held_note="Or scan its parcel again.",
    )
    band = Band(
        BandState.ASK,
        "scan",
        "Scan a parcel, return or item",
        "Every scan lands here, wherever the cursor is. No code on it? Press **F5** for a blind return.",
    )
    last = LastAction(Marker.OK, "14:02:33", "Hair dryer, D, sent to approvals", undo=True)
    return Screen(BenchView(band, work, None, last, IDLE_ACTIONS), ONLINE)


def second_copies() -> Mapping[str, Screen]:
    """One whose disk is away, and one that protects from nothing."""
    return {
        "copy-behind": replace(idle(), status=COPY_BEHIND),
        "copy-same-disk": replace(idle(), status=COPY_SAME_DISK),
    }


def idle_empty() -> Screen:
    """The first minute of a shift."""
    full = idle()
    work = IdleWork(
        recent=(),
        empty_note="No jobs at this bench yet. The first return you scan appears here.",
        note="",
        figures=(
            Figure("0", "items since 06:00"),
            Figure("0", "need someone"),
            Figure("0", "waiting to send"),
        ),
        choices=_ways_in(),
        held=(),
        held_note="**HOLD** parks a job; it waits here for you.",
    )
    return Screen(replace(full.bench, work=work, last=None), ONLINE)


def waiting() -> Screen:
    """A job is open and wants its next item."""
    band = Band(
        BandState.ASK,
        "scan",
        "Scan an item of R-20871",
        "Its barcode or its serial number. **NOT IN BOX** closes a line that is not there.",
        "3 items expected",
    )
    rows = (replace(ROW_GRINDER, marker=Marker.OPEN, detail="", word="Open"), ROW_BOTTLE, ROW_FAN)
    job = replace(
        JOB,
        segments=(Marker.OK, Marker.OPEN, Marker.OPEN),
        rows=rows,
        note="Lines may be scanned in any order.",
    )
    work = WaitWork(
        "Scan the next item",
        "Two lines are open: the coffee grinder and the desk fan.",
        (
            Choice(Word.NOT_IN_BOX, "NOT IN BOX", "close a missing line", "cross"),
            Choice("type_code", "Type a code", "F2, then the number", "hash"),
            Choice(Word.DONE, "DONE", "close this return", "dtick"),
        ),
    )
    return Screen(BenchView(band, work, job, LAST, JOB_ACTIONS), ONLINE)


def question() -> Screen:
    """An inspection question, with the grades beside it."""
    work = AnswerWork(
        item=GRINDER,
        answers=(
            Choice(Word.ANSWER_1, "Yes", key="1"),
            Choice(Word.ANSWER_2, "No", key="2"),
            Choice(Word.ANSWER_3, "It has no seal", key="3"),
        ),
        consequence_label="If sealed",
        consequence="RESTOCK, tote R-11",
        rule="rule 12: A and sealed",
        others=GRADES,
        others_title="Grade",
        others_hint="set by the answers, or scan GRADE to skip them",
    )
    band = Band(
        BandState.ASK,
        "ask",
        "Is the seal intact?",
        "Answer **1** to **3**: scan the mat, press the key or touch the button.",
        "Question 1 of 2",
        (1, 2),
        Tone.QUESTION,
    )
    return Screen(BenchView(band, work, JOB, LAST, JOB_ACTIONS), ONLINE)


def grade() -> Screen:
    """The grade alone, four large keys."""
    details = ("unopened, as sold", "opened, complete", "marks of use", "broken or unsafe")
    answers = tuple(replace(choice, detail=detail) for choice, detail in zip(GRADES, details, strict=True))
    work = AnswerWork(
        item=GRINDER,
        answers=answers,
        answers_title="Grade",
        answers_hint="grade A answers what policy lets it",
        consequence_label="Grade A",
        consequence="RESTOCK, tote R-11",
        rule="rule 12: A and sealed",
    )
    band = Band(
        BandState.ASK,
        "ask",
        "Which grade?",
        "Scan **GRADE A** to **D**, press the letter or touch it.",
        "Item 2 of 3",
    )
    return Screen(BenchView(band, work, JOB, LAST, JOB_ACTIONS), ONLINE)


def quantity() -> Screen:
    """A number being set for a line."""
    names = ("DI", "DII", "DIII", "DIV", "DV", "DVI", "DVII", "DVIII", "DIX", "DO")
    digits = tuple(Choice(name, f"{number % 10}") for number, name in enumerate(names, 1))
    work = QuantityWork(
        item=BOTTLE,
        label="Counted",
        figure="3",
        expected="2",
        digits=digits,
        confirm=Choice(Word.OK, "Take 3", icon="tick", key="OK", proposed=True),
        expected_label="Expected",
    )
    band = Band(
        BandState.ASK,
        "hash",
        "How many bottles are there?",
        "A digit sets the number, scanning the item again adds. **OK** takes it.",
        "Line 2 of 3",
    )
    rows = (
        replace(ROW_BOTTLE, marker=Marker.NOW, here=3, detail="Counting", word="Now"),
        replace(ROW_GRINDER, marker=Marker.OPEN, detail="", word="Open"),
        ROW_FAN,
    )
    job = replace(JOB, rows=rows, segments=(Marker.NOW, Marker.OPEN, Marker.OPEN), progress="0 of 3 done")
    return Screen(BenchView(band, work, job, LAST, JOB_ACTIONS), ONLINE)


def blind() -> Screen:
    """A return without its number: candidates are matched later."""
    facts = (Fact("Parcel", "1Z 88 310 442"), Fact("Open returns", "2 expect this item"))
    work = AnswerWork(
        item=replace(FAN, facts=facts),
        answers=tuple(GRADES),
        answers_title="Grade",
        consequence_label="Kept in",
        consequence="HOLD 1, label HL-0144",
        rule="matched later in To-do",
    )
    band = Band(
        BandState.ATTENTION,
        "box",
        "Blind return: which grade?",
        "No return number. Grade it now; it is matched to one of 2 open returns later.",
        "Blind return",
    )
    job = JobPanel(
        code="HL-0144",
        order="no return number",
        progress="0 of 1 done",
        segments=(Marker.NOW,),
        rows=(LineRow(Marker.ATTENTION, "Desk fan 30 cm", "not expected here", 1, 0, "Blind"),),
        note="Nobody is paid until it is matched.",
        figures=(Figure("0", "Expected"), Figure("1", "Here"), Figure("1", "Not expected")),
    )
    return Screen(BenchView(band, work, job, LAST, JOB_ACTIONS), ONLINE)


def _ways_in() -> tuple[Choice, ...]:
    return (
        Choice("blind", "Blind return", icon="box", key="F5"),
        Choice("type_code", "Type a code", icon="hash", key="F2"),
        Choice("help", "What can I scan?", icon="help", key="F1"),
    )
