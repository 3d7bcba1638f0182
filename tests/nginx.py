"""What Debian's own nginx.conf says around a site, with every path in a folder of a test's."""

from __future__ import annotations

import os
from pathlib import Path


def nginx_configuration(folder: Path, more: str = "", connections: int = 768) -> Path:
    """Write it into `folder`, for the `site.conf` there; return where it is."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off;\n{more}\npid {folder / 'nginx.pid'};\nerror_log stderr;\n"
        f"events {{ worker_connections {connections}; }}\n"
        f"http {{\naccess_log off;\n{paths}\ninclude {folder / 'site.conf'};\n}}\n"
    )
    return path
