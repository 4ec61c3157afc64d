"""How gunicorn serves KIM Web. bin/run and a plain `gunicorn wsgi:app` both read this file."""

import os
from pathlib import Path
from typing import Any

_host = os.environ.get("KIMWEB_BIND") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
chdir = str(Path(__file__).resolve().parent)
proc_name = "kimweb"

# Two processes of four threads answer while a slow phone holds a connection; in production nginx stands in front.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4

timeout = 60  # a worker that gives no sign of life for so long is replaced
graceful_timeout = 20  # told to stop, it may finish what it is doing
keepalive = 15  # a second page in the same visit saves two round trips on 2G
max_requests = 20_000  # and a fresh process after so many, so that a slow leak never matters
max_requests_jitter = 2_000

accesslog = None  # who read what is nobody's business; nginx may log where the law asks for it
errorlog = "-"
loglevel = "warning"

control_socket_disable = True
# The heartbeat file must not wait for a slow disk.
_MEMORY = "/dev/shm"  # noqa: S108  # nosec B108 # gunicorn makes a file of its own in it, by mkstemp
worker_tmp_dir = _MEMORY if os.access(_MEMORY, os.W_OK) else None


def when_ready(server: Any) -> None:
    """Said only once the port answers: whoever reads it may open the page."""
    for listener in server.LISTENERS:
        print(f"KIM Web is ready: {listener}", flush=True)
