"""`serve`, and `keys make / list / revoke`: the HTTP API and who may ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vsearch_core.cli.frame import Command, as_json, group
from vsearch_core.cli.output import print_json, say, table
from vsearch_core.errors import VsearchError

if TYPE_CHECKING:
    from vsearch_core.database import Database

PORT = 8503

keys = group("keys", help="Who may ask the HTTP API: make, list and revoke keys.")


@click.command(cls=Command, epilog="serve --port 8503")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, help="0 for any that is free.")
@click.option("--host", default="127.0.0.1", help="The address to listen on; 0.0.0.0 for every one of this machine.")
def serve(port: int, host: str) -> int:
    """Answer other programs over HTTP, until it is stopped.

    Without keys it answers programs of this machine alone.
    """
    from vsearch_core.optional import optional
    from vsearch_core.settings import settings

    for package in ("fastapi", "uvicorn", "python_multipart", "prometheus_client"):
        optional(package, "install what serves with `pip install 'vsearch[serve]'`")
    from vsearch_core.service.app import make_server

    server = make_server(settings(), host, port, lambda at: say(f"Listening on http://{host}:{at}; stop with Ctrl+C."))
    try:
        server.run()
    except SystemExit as error:
        raise VsearchError(
            f"Port {port} of {host} cannot be used: another program has it; name another --port.", code="port_in_use"
        ) from error
    return 0


@keys.command(epilog="keys make search --name web --origin https://shop.example")
@click.argument("kind", type=click.Choice(["search", "secret"]))
@click.option("--name", required=True, help="What it is for.")
@click.option("--origin", "origins", multiple=True, help="A site whose pages may use a search key.")
@click.option("--per-minute", type=click.IntRange(1, 1_000_000), default=600, help="How often it may ask.")
@as_json
def make(kind: str, name: str, origins: tuple[str, ...], per_minute: int, as_json: bool) -> None:
    """Make a key; it is shown this once.

    A search key only asks and may stand in a public page; a secret key changes the catalogue too.
    """
    from vsearch_core.service.keys import make_key

    made = make_key(
        _database(), "secret" if kind == "secret" else "search", name, origins=origins, per_minute=per_minute
    )
    if as_json:
        print_json({"key": made, "kind": kind, "name": name, "origins": list(origins), "per_minute": per_minute})
    else:
        say(made)


@keys.command("list", epilog="keys list --json")
@as_json
def list_(as_json: bool) -> None:
    """List the keys, revoked ones too; not what they are."""
    from vsearch_core.service.keys import list_keys

    columns = ("id", "kind", "name", "origins", "per_minute", "made", "revoked")
    rows = [{column: getattr(row, column) for column in columns} for row in list_keys(_database())]
    for row in rows:
        row.update({name: row[name].isoformat() for name in ("made", "revoked") if row[name]})
        if as_json:
            print_json(row)
    if not as_json:
        shown = [[", ".join(one) if isinstance(one, list) else one or "" for one in row.values()] for row in rows]
        say(*table(shown, columns))


@keys.command(epilog="keys revoke 0123456789ab")
@click.argument("id")
def revoke(id: str) -> None:
    """Revoke a key, by the id that `keys list` shows; servers know it within seconds."""
    from vsearch_core.service.keys import revoke_key

    revoke_key(_database(), id)
    say(f"The key {id} is revoked.")


def _database() -> Database:
    from vsearch_core.database import open_database
    from vsearch_core.settings import settings

    return open_database(settings().database_url)
