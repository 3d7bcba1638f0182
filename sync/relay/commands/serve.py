"""`inkstand-relay serve`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

from sync.relay import settings
from sync.relay.bus.opening import Cluster, check_bus
from sync.relay.commands.common import REPLICA_VARIABLE, place_of
from sync.relay.commands.drain import add_bus

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs

_EXAMPLES = """\
examples:
  inkstand-relay serve --data-dir DIR                             this machine only
  inkstand-relay serve --data-dir DIR --listen 0.0.0.0:443 \\
      --tls-cert fullchain.pem --tls-key privkey.pem              a team, with TLS
  inkstand-relay serve --data-dir DIR --trusted-proxy 127.0.0.1   behind nginx or Caddy
  inkstand-relay serve --data-dir DIR --store postgresql://inkstand@db.example.org/inkstand
                                                                  one of several
"""


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "serve",
        parents=[where],
        help="serve until SIGTERM",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--listen", default="127.0.0.1:8100", metavar="HOST:PORT")
    verb.add_argument(
        "--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM; SIGHUP reads it anew"
    )
    verb.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, PEM, without password")
    verb.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="NETWORK",
        help="a proxy with TLS in front, as 127.0.0.1 or 10.0.0.0/8; its X-Forwarded-For counts",
    )
    verb.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a web page that may connect, as https://write.example.org; without it, none",
    )
    verb.add_argument(
        "--metrics-from",
        action="append",
        default=[],
        metavar="NETWORK",
        help="who may read /metrics, beside this machine",
    )
    verb.add_argument(
        "--insecure",
        action="store_true",
        help="listen beyond this machine without TLS: everybody on the way can read along",
    )
    verb.add_argument(
        "--only-from",
        action="append",
        default=[],
        metavar="NETWORK",
        help="who may connect, beside this machine; without it, everybody",
    )
    verb.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="stop when standard input ends: for a program that takes its relay along",
    )
    add_bus(verb)
    verb.add_argument(
        "--node",
        metavar="NAME",
        help="what `inkstand-relay drain` calls this one of several (host name and port)",
    )
    verb.add_argument(
        "--read-replica",
        default=os.environ.get(REPLICA_VARIABLE) or None,
        metavar="URL",
        help="a streaming replica of --store, for lists; they are never older than the primary "
        f"({REPLICA_VARIABLE})",
    )
    verb.add_argument("--log-format", choices=("text", "json"), default="text")
    verb.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    settings.add_options(verb, os.environ)
    verb.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> None:
    # The HTTP framework takes a second to import; administration does without it.
    from sync.relay import logs
    from sync.relay.listening import Listening, parse_listen
    from sync.relay.places import Proxies, parse_network
    from sync.relay.server import serve

    host, port = parse_listen(arguments.listen)
    listening = Listening(
        host,
        port,
        arguments.tls_cert,
        arguments.tls_key,
        Proxies([parse_network(text) for text in arguments.trusted_proxy]),
        tuple(arguments.allow_origin),
        tuple(parse_network(text) for text in arguments.metrics_from),
        arguments.insecure,
        tuple(parse_network(text) for text in arguments.only_from),
    )
    check_bus(arguments.bus, arguments.store)
    cluster = None
    if arguments.store is not None:
        cluster = Cluster(arguments.node or f"{gethostname()}:{port}", arguments.bus)
    logs.configure(arguments.log_format, arguments.log_level)
    leash = sys.stdin.fileno() if arguments.end_with_stdin else None
    limits = settings.from_options(arguments)
    place = place_of(arguments)
    asyncio.run(serve(arguments.data_dir, listening, limits, leash, place, cluster))
