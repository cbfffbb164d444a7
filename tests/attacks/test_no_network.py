"""What guards runs against the network is tried itself."""

from __future__ import annotations

import subprocess
import sys

from tests.attacks import no_network

TRIES = """
import contextlib, socket
for go in (
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: socket.socket().connect(("192.0.2.1", 80)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 80)),
):
    with contextlib.suppress(OSError):
        go()
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
"""


def test_whoever_leaves_this_machine_is_refused_and_noted(tmp_path):
    """A look-up, a connection and a datagram; the machine itself may be talked to."""
    with no_network.watched(tmp_path) as notes:
        subprocess.run([sys.executable, "-c", TRIES], check=True)
    tried = ["socket.getaddrinfo example.org", "socket.connect 192.0.2.1", "socket.sendto 192.0.2.1"]
    assert no_network.refused(notes) == [f"refused {one}" for one in tried]
    assert len(list(notes.iterdir())) == 2
