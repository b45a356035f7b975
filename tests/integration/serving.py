"""The server's side: serves an application on loopback for as long as its parent wants it."""

from __future__ import annotations

import socket
import sys
import threading

import uvicorn


def serve(application):
    """Tells its port on the standard output, and ends with the standard input.

    Connections wait from the moment the port is told. The parent's death ends the input, too.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms a response
        # not uvicorn, but Django is to look at X-Forwarded-Proto
        config = uvicorn.Config(application, log_level="warning", proxy_headers=False, ws="none")
        server = uvicorn.Server(config)

        def stop_with_parent():
            sys.stdin.read()
            server.should_exit = True

        threading.Thread(target=stop_with_parent, daemon=True).start()
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        server.run(sockets=[listener])
