"""What the examples have in common: one station, one return, three items."""

from __future__ import annotations

from dataclasses import replace

from app.scanning.commands import Word
from app.workflows.view import (
    Choice,
    Fact,
    Figure,
    ItemCard,
    JobPanel,
    LastAction,
    LineRow,
    Link,
    Marker,
    StationStatus,
)

ONLINE = StationStatus(
    station="BENCH 03",
    person="Noor H., Inspector",
    link=Link.ONLINE,
    link_word="Online",
    waiting=0,
    waiting_word="0 waiting",
    devices_ok=True,
    device_word="Scanner ok",
    short_link="Online",
    short_waiting="0 waiting",
    short_device="Devices ok",
)
SENDING = replace(ONLINE, waiting=1, waiting_word="1 waiting", short_waiting="1 waiting")
OFFLINE = replace(
    ONLINE,
    link=Link.OFFLINE,
    link_word="Offline since 13:52",
    waiting=17,
    waiting_word="17 waiting, oldest 46 min",
    short_link="Offline",
    short_waiting="17, 46 min",
)
PRINTER_OUT = replace(
    SENDING, devices_ok=False, device_word="Printer: out of labels", short_device="Printer: out"
)
COPY_BEHIND = replace(
    ONLINE,
    devices_ok=False,
    device_word="Second copy: none since 13:52",
    short_device="Second copy",
    copy_word="38 records are on this disk alone.\n"
    "The second copy in /mnt/usb is behind: No such file or directory.\n"
    "Connect its disk or share again, or make room on it: then all of them are copied.",
)
COPY_SAME_DISK = replace(
    ONLINE,
    copy_word="Second copy: complete, but on the same disk as the record. One broken disk takes both: name a "
    "folder on another disk or share.",
)
TRAINING = replace(ONLINE, training=True, person="Noor H., practising")

JOB_ACTIONS = ("help", "reprint", "quantity", "hold")
IDLE_ACTIONS = ("help", "reprint", "blind", "list")

GRINDER = ItemCard(
    "Coffee grinder CG-80",
    "CG-80-BK",
    (
        Fact("Serial", "CG80-204417", Marker.OK, "as expected"),
        Fact("Reason", "Too loud"),
        Fact("Shipped", "28 Sep, order 55310"),
    ),
    "items/grinder",
)
FAN = ItemCard("Desk fan 30 cm", "DF-30-WH", (), "items/fan")
BOTTLE = ItemCard("Thermo bottle 0.75 L", "TB-75-TL", (Fact("Reason", "Wrong colour"),), "items/bottle")

ROW_BOTTLE = LineRow(Marker.OK, "Thermo bottle 0.75 L", "2 labels printed", 2, 2, "A, RESTOCK")
ROW_FAN = LineRow(Marker.OPEN, "Desk fan 30 cm", "", 0, 1, "Open")
ROW_GRINDER = LineRow(Marker.NOW, "Coffee grinder CG-80", "Serial ..4417 matches", 0, 1, "Now")

JOB = JobPanel(
    code="R-20871",
    order="order 55310",
    progress="1 of 3 done",
    segments=(Marker.OK, Marker.NOW, Marker.OPEN),
    rows=(ROW_GRINDER, ROW_BOTTLE, ROW_FAN),
    note="Scan another line at any time; this answer waits.",
    figures=(
        Figure("4", "Expected"),
        Figure("2", "Here"),
        Figure("0", "Not expected"),
        Figure("2", "Missing so far"),
    ),
)
JOB_SAVED = replace(
    JOB,
    progress="2 of 3 done",
    segments=(Marker.OK, Marker.OK, Marker.NOW),
    rows=(
        LineRow(Marker.NOW, "Desk fan 30 cm", "Serial FN-7730512", 0, 1, "Wanted"),
        LineRow(Marker.OK, "Coffee grinder CG-80", "", 1, 1, "B, REFURB"),
        replace(ROW_BOTTLE, detail=""),
    ),
    note="No fan in the box? Scan NOT IN BOX.",
    figures=(
        Figure("4", "Expected"),
        Figure("3", "Here"),
        Figure("0", "Not expected"),
        Figure("1", "Missing so far"),
    ),
)

GRADES = (
    Choice(Word.GRADE_A, "Like new", key="A"),
    Choice(Word.GRADE_B, "Opened", key="B"),
    Choice(Word.GRADE_C, "Worn", key="C"),
    Choice(Word.GRADE_D, "Damaged", key="D"),
)
LAST = LastAction(Marker.OK, "14:08:51", "Thermo bottle, A, RESTOCK", undo=True)
