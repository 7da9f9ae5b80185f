"""`backhaul central migrate`, `backup`, `restore`, `policy-key`, `export`: looking after a centre."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import keeping
from app.bootstrap.serving import open_centre
from app.bootstrap.whereabouts import file_of, key_file, photo_folder
from app.command.database import DB, tell_upgrade, usage

KEY = click.option("--key", type=click.Path(path_type=Path), help="The centre's signing key file.")


@click.command(
    epilog="Example: backhaul central migrate --db postgresql+psycopg://... --service-role backhaul"
)
@DB
@click.option("--service-role", "role", help="PostgreSQL role that serves; it gets what it needs, no more.")
def migrate(url: str, role: str | None) -> None:
    """Bring a database to this version of the tables; a SQLite file is copied first."""
    with usage():
        done = keeping.migrate(url, role)
    tell_upgrade(done)
    if not done.changed:
        click.echo(f"The database is at version {done.now} already.", err=True)
    elif not done.before:
        click.echo(f"The database was empty; it is at version {done.now}.", err=True)
    if role is None and done.changed and file_of(url) is None:
        # Tables that a step made, or made anew, carry no rights.
        click.echo(
            "If another role serves it, give it its rights again: "
            "backhaul central migrate --service-role NAME.",
            err=True,
        )
    if role is not None:
        click.echo(f"{role} may serve it, and can neither change nor remove what was recorded.", err=True)


def _photos_apart(folder: Path | None, verb: str) -> str:
    """Says that photos are files of their own."""
    named = f"{folder}, or the one" if folder is not None else "the one"
    return (
        f"Photos are not in it: {verb} their folder too ({named} that serve got by --photos). Its files "
        "never change once they are there: a plain copy, made after this one, is whole."
    )


@click.command(epilog="Example: backhaul central backup centre-monday.db --db sqlite:///centre.db")
@click.argument("target", type=click.Path(path_type=Path))
@DB
@KEY
@click.option("--with-key", "keyed", is_flag=True, help="Copy the key too, to TARGET.key.")
@click.option("--force", is_flag=True, help="Replace TARGET when it is there already.")
def backup(target: Path, url: str, key: Path | None, *, keyed: bool, force: bool) -> None:
    """Copy a whole centre to TARGET while it works; PostgreSQL by pg_dump."""
    with usage():
        where = key_file(url, key) if keyed else None
        keeping.backup(url, target, replace=force, key=where)
    click.echo(f"The centre is in {target}.", err=True)
    click.echo(_photos_apart(photo_folder(url), "copy"), err=True)
    if where is not None:
        click.echo(
            f"Its key is in {keeping.beside(target)}: whoever reads it can sign as the centre.", err=True
        )
    else:
        click.echo(
            "The key is not in it. Keep a copy of the key elsewhere: without it no centre starts.", err=True
        )


@click.command(epilog="Example: backhaul central restore centre-monday.db --db sqlite:///centre.db --replace")
@click.argument("source", type=click.Path(path_type=Path))
@DB
@KEY
@click.option("--replace", "over", is_flag=True, help="Put it in the place of what is there, kept aside.")
@click.option(
    "--keep-tokens",
    "kept",
    is_flag=True,
    help="Leave the copy's tokens good, also those revoked after it was made; else all of them end.",
)
def restore(source: Path, url: str, key: Path | None, *, over: bool, kept: bool) -> None:
    """Put a copy back, check every law in it, end its tokens, and let the stations know."""
    with usage():
        done = keeping.restore(url, source, key, keeping.Over(over, kept))
    click.echo(f"The centre of {source} is back, and every law holds.", err=True)
    click.echo(_photos_apart(photo_folder(url), "put back"), err=True)
    if done.replaced:
        click.echo(f"What was there before is kept in {done.replaced}.", err=True)
    click.echo(
        f"Its change feed is at generation {done.generation}: stations drop their copy of the centre's "
        "records and fetch them anew. Each goes on in a new epoch, which is one exception, and sends again "
        "what the copy lacks and it still has; the exception lists what neither has.",
        err=True,
    )
    if kept:
        click.echo(
            "Its tokens are good as they were when the copy was made, also those revoked since: hold "
            "backhaul central token --list against what you ended.",
            err=True,
        )
    elif done.ended:
        click.echo(
            "A token revoked after the copy was made would be good again, so all of its tokens ended: "
            f"{', '.join(done.ended)}. Stations sign with their own keys and go on; enrolment codes that "
            "were not used ended too.",
            err=True,
        )
    for sentence in done.left_to_do:
        click.echo(sentence, err=True)


@click.command(
    "policy-key",
    epilog="Example: backhaul central policy-key --db sqlite:///centre.db --root /media/safe/centre.root.key",
)
@DB
@KEY
@click.option(
    "--root", type=click.Path(path_type=Path), required=True, help="The root key, brought from its safe."
)
def policy_key(url: str, key: Path | None, root: Path) -> None:
    """Make a new key for approvers' certificates, good for a year; then start the centre again."""
    with usage(), open_centre(url, key, must_exist=True) as centre:
        number = centre.renew_policy_key(root)
    click.echo(f"Policy key {number} is in use for a year. Put the root away again.", err=True)


@click.command(epilog="Example: backhaul central export evidence.tar --db sqlite:///centre.db")
@click.argument("target", type=click.Path(path_type=Path))
@DB
@KEY
def export(target: Path, url: str, key: Path | None) -> None:
    """Write all evidence to TARGET, a folder, or a file that ends with .tar; backhaul verify checks it."""
    with usage(), open_centre(url, key, must_exist=True) as centre:
        said = centre.export(target)
    for name, part in said.parts.items():
        click.echo(f"{name}: {part.rows} rows", err=True)
    root = said.root_key or "none: no approvals and no checkpoints can be checked"
    click.echo(f"Signed with the centre's key. The root of its approvals is {root}.", err=True)
