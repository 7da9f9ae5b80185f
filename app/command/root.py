"""The root of the command line: sub-commands loaded when named, failures said in one sentence.

Exit codes: 0 ok, 1 failed (refused, unavailable, violations found, our defect), 2 usage.
"""

from __future__ import annotations

import difflib
import gc
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import click

from app.bootstrap import crashes
from app.bootstrap.folder import Folder, default_folder
from app.domain.refusal import Refused, Unavailable
from app.station.system import SystemClock

FAILED = 1

# Name, where it lives, and its one line, so that help loads nothing.
_COMMANDS = {
    "demo": ("app.command.demo", "A generated business, a centre, a bench: try it, or let it run by itself."),
    "station": ("app.command.station", "Open this bench's window."),
    "enrol": ("app.command.enrol", "Join this station to a centre with a one-time code."),
    "approver": ("app.command.approver", "Make an approver's key and badge at this station."),
    "person": ("app.command.person", "Make somebody known who signs in at this station, with a badge."),
    "keys": ("app.command.keys", "Where this station's keys are kept; move its pepper."),
    "central": ("app.command.central", "Serve and look after a centre."),
    "replay": ("app.command.replay", "Play a published file of real trade through the whole system."),
    "audit": ("app.command.audit", "Recompute a station's balances from its moves and check its chain."),
    "resync": ("app.command.resync", "Fetch the centre's records anew, as one signed snapshot."),
    "verify": ("app.command.verify", "Check an export of a centre's evidence, without that centre."),
    "policy": ("app.command.policy", "Check policies, compare two versions, try one on past returns."),
    "mat": ("app.command.mat", "Write the bench mat as PDF."),
    "backup": ("app.command.backup", "Copy a station's record to a file while it is in use."),
    "sync": ("app.command.sync", "Carry events by file: export at a station, import at the centre."),
    "restore": ("app.command.restore", "Put a copy of a station's record back."),
    "doctor": ("app.command.doctor", "Check this machine: libraries, display, scanner, clock, data folder."),
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        found = _loaded(_COMMANDS[cmd_name][0]).command
        if not isinstance(found, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"{wrong.message}{hint}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


def _loaded(module: str) -> ModuleType:
    """A command's module with all that it imports.

    What is loaded stays: looked through for garbage again and again, it would be a fifth of a start.
    """
    if module in sys.modules:
        return sys.modules[module]
    collects = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        if collects:
            gc.enable()


@click.group(
    cls=_Lazy,
    epilog="Example: backhaul demo. Data goes to stdout, talk to stderr; exit codes 0 ok, 1 failed, 2 usage.",
)
@click.version_option(version("backhaul"), message="backhaul %(version)s")
def root() -> None:
    """Backhaul: the record of warehouse returns, at the bench and at the centre."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and answers with its exit code."""
    try:
        found = root.main(list(arguments), prog_name="backhaul", standalone_mode=False)
    except click.UsageError as wrong:
        wrong.show()
        return wrong.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return FAILED
    except Refused as no:
        click.echo(f"{no}", err=True)
        return FAILED
    except Unavailable as world:
        click.echo(f"{world}", err=True)
        return FAILED
    except Exception as defect:  # noqa: BLE001 - the last place where our own defect can be reported
        click.echo(f"Backhaul made a mistake of its own: {defect!r}. Report: {report(defect)}", err=True)
        return FAILED
    return found if isinstance(found, int) else 0


def report(defect: BaseException) -> Path:
    """Writes a crash file (traceback and messages, see `crashes`) and answers where it is."""
    return crashes.write_report(Folder(default_folder()).crashes, defect, SystemClock().now())
