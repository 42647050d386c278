"""Whether a port can be listened on, told before anything else is done."""

import socket


def why_taken(host: str, port: int) -> str | None:
    """Why nobody could listen there; None if one could. Port 0 is any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except (OSError, OverflowError) as error:
            return f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}"
    return None
