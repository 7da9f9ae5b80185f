"""The demo as a program with a window: for a person, or driving itself."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from app.bootstrap.desktop import Desktop, Look
from app.demo.business import generate, lately
from app.demo.codes import codes_to_scan
from app.demo.loading import Say
from app.demo.session import Demo, drive, running, settle, summary
from app.station.system import SystemClock
from devices.simulated_scanner import SimulatedScanner
from ui.shell.album import Album


def run(folder: Path, seed: int, returns: int, say: Say, *, alone: bool, theme: str) -> dict[str, object]:
    """Runs a demo in a folder and answers with its summary.

    With `alone` a simulated scanner in a process of its own feeds the shipped serial driver over a
    pseudo-terminal, and the window is drawn in memory; else the window stays open for the person.
    """
    clock = SystemClock()
    began = clock.monotonic_ms()
    business = generate(seed, returns, lately(clock.now()))
    labels = folder / "labels"
    with ExitStack() as stack:
        scanner = stack.enter_context(SimulatedScanner()) if alone else None
        port = scanner.port if scanner else None
        demo = stack.enter_context(running(folder, business, say, scanner=port, printer=f"folder:{labels}"))
        look = Look(
            theme="light" if alone and theme == "system" else theme,
            sound=not alone,
            codes=codes_to_scan(business, demo.items),
            codes_title="Boxes to scan",
        )
        desktop = Desktop(demo.program, look)
        album = Album(desktop.window, folder / "screens")
        desktop.on_painted(demo.eyes.painted)
        desktop.on_painted(album.painted)
        if scanner:
            _by_itself(demo, desktop, scanner, say)
        else:
            say("Scan, or click the codes at the right (Ctrl+B hides them). Close the window to end.")
            desktop.show_codes()
            desktop.exec()
            settle(demo, say)
        album.save("end")
        found = summary(demo, len(list(labels.glob("*.zpl"))), (clock.monotonic_ms() - began) / 1000)
        desktop.close()
    return found


def _by_itself(demo: Demo, desktop: Desktop, scanner: SimulatedScanner, say: Say) -> None:
    """Lets the hand work on a thread of its own while the window works on this one."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            demo.program.wait_for_scanner()
            drive(demo, scanner, say)
        except BaseException as error:  # noqa: BLE001 - raised again on the main thread
            failed.append(error)
        finally:
            desktop.quit()

    hand = threading.Thread(target=work, name="hand", daemon=True)
    hand.start()
    desktop.exec()
    hand.join()
    if failed:
        raise failed[0]
