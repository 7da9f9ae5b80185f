"""Examples of screens that say how something went."""

from __future__ import annotations

from dataclasses import replace

from app.documents.bars import module_widths
from app.scanning.commands import Word
from app.workflows.view import (
    Band,
    BandState,
    BenchView,
    Choice,
    Comparison,
    Fact,
    LabelPreview,
    LastAction,
    LineRow,
    Marker,
    SavedWork,
    Screen,
    StopWork,
    Tone,
    WaitWork,
)
from ui.gallery.asking import question
from ui.gallery.content import (
    FAN,
    GRINDER,
    JOB,
    JOB_ACTIONS,
    JOB_SAVED,
    LAST,
    OFFLINE,
    PRINTER_OUT,
    SENDING,
    TRAINING,
)


def saved() -> Screen:
    """Saved online, the label printed, the next item wanted."""
    work = SavedWork(
        put_label="Put it in tote",
        place="F-04",
        rule="rule 18: B and powers on",
        label=LabelPreview(
            "B REFURB", "F-04", "Coffee grinder CG-80", "L-7204", "14 Oct 2026", module_widths("L-7204")
        ),
        printed="Printed 14:09:20",
        printed_marker=Marker.OK,
        item=replace(GRINDER, facts=(Fact("Serial", "CG80-204417"),)),
        details=("Grade **B**, opened", "Seal intact: no", "Powers on: yes"),
        sent_word="Saved here, sending",
        sent_marker=Marker.WAITS_TO_SEND,
        next_title="Scan the desk fan",
        next_detail="DF-30-WH, serial FN-7730512",
        next_picture="items/fan",
    )
    band = Band(
        BandState.OK,
        "tick",
        "Grinder saved: B, REFURB",
        "Label L-7204 printed. Put it in tote **F-04**, then scan the desk fan.",
        "1 item left",
        tone=Tone.OK,
    )
    last = LastAction(Marker.OK, "14:09:20", "Grinder, B, REFURB", undo=True)
    return Screen(BenchView(band, work, JOB_SAVED, last, JOB_ACTIONS), SENDING)


def saved_offline() -> Screen:
    """The same with the network gone: only pills, markers and one clause differ."""
    online = saved()
    work = online.bench.work
    if not isinstance(work, SavedWork):
        raise TypeError("saved() shows a SavedWork")
    band = replace(
        online.bench.band,
        headline="Saved here: grinder B, REFURB",
        hint="Label L-7204 printed. Put it in tote **F-04**, then scan the desk fan. 17 waiting to send.",
    )
    last = LastAction(Marker.WAITS_TO_SEND, "14:09:20", "Grinder, B, REFURB", undo=True)
    waits = replace(work, sent_word="Saved here, waits to send")
    return Screen(replace(online.bench, band=band, work=waits, last=last), OFFLINE)


def stopped() -> Screen:
    """A latched stop: another serial than the return expects."""
    comparison = Comparison(
        "Expected",
        "FN-7730512",
        "Read",
        "FN-7703512",
        "2 of 10 characters differ.",
        "The serial read was shipped on order 54988.",
    )
    work = StopWork(
        item=FAN,
        comparison=comparison,
        explanation="",
        choices_title="Scan one to go on",
        choices=(
            Choice(Word.WRONG_ITEM, "WRONG ITEM", "keep on R-20871", "box"),
            Choice(Word.UNDO, "UNDO", "drop the scan", "undo"),
            Choice("badge", "Supervisor", "badge and PIN", "badge"),
        ),
    )
    band = Band(
        BandState.STOP,
        "cross",
        "This is a different desk fan",
        "Read FN-7703512, R-20871 expects FN-7730512. **WRONG ITEM** keeps it, **UNDO** drops the scan.",
        tone=Tone.STOP,
    )
    rows = (
        LineRow(Marker.STOP, "Desk fan 30 cm", "Other serial read", 0, 1, "Stopped"),
        *JOB_SAVED.rows[1:],
    )
    note = "Locked: WRONG ITEM, UNDO, HOLD or badge."
    job = replace(JOB_SAVED, rows=rows, note=note)
    last = LastAction(Marker.STOP, "14:09:41", "Fan scan, not saved", undo=True)
    return Screen(BenchView(band, work, job, last, JOB_ACTIONS), SENDING)


def unknown() -> Screen:
    """A code that is not in the catalogue."""
    work = WaitWork(
        "Nothing was added",
        "Look for another code on the box: a barcode of 12 or 13 digits, or the maker's label.",
        (
            Choice(Word.UNKNOWN, "UNKNOWN", "keep it, name it later", "note"),
            Choice("type_code", "Type a code", "F2, then the number", "hash"),
            Choice(Word.UNDO, "UNDO", "drop the scan", "undo"),
        ),
    )
    band = Band(
        BandState.ATTENTION,
        "bang",
        "Not in the catalogue",
        "Read 4006381333931. Try another code on the box, or scan **UNKNOWN** to keep it.",
        "R-20871",
        tone=Tone.ATTENTION,
    )
    last = LastAction(Marker.ATTENTION, "14:10:02", "4006381333931, not known", undo=False)
    return Screen(BenchView(band, work, replace(JOB, note=""), last, JOB_ACTIONS), PRINTER_OUT)


def finished() -> Screen:
    """All lines done: nothing is asked, one thing is proposed."""
    rows = tuple(
        replace(row, marker=Marker.OK, here=row.expected, word="A, RESTOCK") for row in JOB_SAVED.rows
    )
    job = replace(JOB_SAVED, rows=rows, segments=(Marker.OK,) * 3, progress="3 of 3 done", note="")
    work = WaitWork(
        "All 3 lines are done",
        "DONE closes R-20871. Another item in the box? Just scan it.",
        (
            Choice("type_code", "Type a code", "F2", "hash"),
            Choice(Word.DONE, "Close R-20871", icon="dtick", key="DONE", proposed=True),
        ),
    )
    band = Band(
        BandState.OK,
        "dtick",
        "R-20871 is complete",
        "**DONE** closes it. Every label is printed.",
        tone=Tone.DONE,
    )
    return Screen(BenchView(band, work, job, LAST, JOB_ACTIONS), SENDING)


def training() -> Screen:
    """A practice question: hatched frame and the word."""
    return replace(question(), status=TRAINING)
