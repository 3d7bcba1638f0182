"""`inkstand-relay serve`."""

from __future__ import annotations

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.hosts import is_loopback
from sync.relay import settings

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verb."""
    verb = verbs.add_parser("serve", parents=[where], help="serve until SIGTERM")
    verb.add_argument("--listen", default="127.0.0.1:8100", metavar="HOST:PORT")
    verb.add_argument(
        "--insecure",
        action="store_true",
        help="listen beyond this machine without TLS: everybody on the way can read along",
    )
    settings.add_options(verb, os.environ)
    verb.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> None:
    # The HTTP framework takes a second to import; administration does without it.
    from sync.relay.server import parse_listen, serve

    host, port = parse_listen(arguments.listen)
    if not is_loopback(host) and not arguments.insecure:
        raise AdministrationError(
            f"{host} can be reached from outside, and without TLS everybody on the way could read "
            "along. Listen on 127.0.0.1 behind a proxy with TLS, or say --insecure."
        )
    asyncio.run(serve(arguments.data_dir, host, port, settings.from_options(arguments)))
