"""The site shown on this machine: a server that answers to its own names alone.

A page of another host that has its own name lead to this machine would read the site otherwise.
"""

from __future__ import annotations

import errno
import functools
import http.server
from http import HTTPStatus
from pathlib import Path
from typing import Any

from borderbook.errors import UserError

ADDRESS = "127.0.0.1"
PORT = 8000
"""The port where none is asked for; if it is in use, a free one."""

_NAMES = ("localhost", ADDRESS, "[::1]")


class PortError(UserError, RuntimeError):
    """A port that the site cannot be shown on."""


def server(folder: Path, port: int | None) -> http.server.ThreadingHTTPServer:
    """Return a server of the files in `folder` that has its port; it answers once it is started.

    Raises PortError if the port asked for cannot be had.
    """
    handler = functools.partial(_Site, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer((ADDRESS, PORT if port is None else port), handler)
    except OSError as error:
        if port is None:
            return http.server.ThreadingHTTPServer((ADDRESS, 0), handler)
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had: {error.strerror}"
        fix = "name another one, or leave --port out"
        raise PortError(f"--port {port}: this port {why}; {fix}") from None


class _Site(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each, to who asks by a name of this machine."""

    def parse_request(self) -> bool:
        """Return whether the request is one to be answered; one by another name is refused."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        if len(hosts) == 1 and _name(hosts[0]) in _NAMES:
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server has no such name")
        return False

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def _name(host: str) -> str:
    """Return the name in a `Host` header, without the port.

    >>> _name("localhost:8000"), _name("[::1]"), _name("localhost.example")
    ('localhost', '[::1]', 'localhost.example')
    """
    name, sign, port = host.strip().lower().rpartition(":")
    return name if sign and port.isdigit() and not host.endswith("]") else host.strip().lower()
