"""The processes of hfadmin (web, worker, beat) and their supervisor.

Each is started by a command of its own, `hfadmin web` and so on, under this supervisor as well as
in a container. This module imports nothing of Django.
"""

import fcntl
import getpass
import os
import shlex
import socket
import stat
import sys
from pathlib import Path

HFADMIN = (sys.executable, "-m", "hfadmin")
# Started in this order and stopped in reverse, so that pages are served while tasks end.
PROCESSES = ("web", "worker", "beat")
# How long running tasks may take to finish once the worker is told to stop.
DRAIN_SECONDS = 20
# More threads make concurrent pages slower: they contend for the interpreter lock.
WEB_THREADS = 4
WORKER_THREADS = 2  # these only receive messages: the work is done in lanes
LOCK_FILE = "lock"  # in the data directory, locked by the supervisor while it runs


class CommandError(Exception):
    """Ends a command with exit status 1; the message says why and what to do."""


def supervise(
    data_dir: Path, address: tuple[str, int], extra: dict[str, list[str]] | None = None
) -> None:
    """Replace this process by supervisord, which starts `extra` and then the processes of hfadmin.

    `address` is the host and port of the web server; `extra` maps names to commands. A process that
    exits is started again, with a growing delay if it keeps exiting.
    """
    programs = (extra or {}) | {name: [*HFADMIN, name] for name in PROCESSES}
    # Not `hfadmin web`: what that prepares and checks has just been prepared and checked.
    programs["web"] = web_server(address)
    sections = [_supervisord_section(data_dir)]
    sections += [
        _program_section(name, priority, command, _log_path(name, data_dir))
        for priority, (name, command) in enumerate(programs.items())
    ]
    configuration = data_dir / "supervisord.conf"
    configuration.write_text("\n".join(sections), encoding="utf-8")
    sys.stdout.flush()
    exec_process([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)])


def web_server(address: tuple[str, int]) -> list[str]:
    """Return the command that runs the web server at `address`, a host and a port."""
    host, port = address
    return [sys.executable, "-m", "hfadmin.server", "--host", host, "--port", str(port)]


def exec_process(command: list[str]) -> None:
    """Replace this process by `command`, which frees the memory that Django took here.

    The command imports hfadmin from this checkout, whatever its working directory.
    """
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
    os.execv(command[0], command)  # noqa: S606 - our own arguments, no shell


def lock_data_dir(data_dir: Path) -> int:
    """Lock the data directory for this process and the supervisor that replaces it.

    Returns the descriptor of the lock. Raises CommandError if another process holds it.
    """
    descriptor = os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise CommandError(
            f"hfadmin is running already with its data in {data_dir}. "
            "Stop it, or set HFADMIN_DATA_DIR to another directory."
        ) from error
    os.set_inheritable(descriptor, True)
    return descriptor


def require_free_address(address: tuple[str, int], variable: str) -> None:
    """Raise CommandError if nothing can listen at `address`, which `variable` configures."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise CommandError(
                f"hfadmin cannot listen at {host}:{port}: {error.strerror}. "
                f"Stop what uses it, or set {variable} to another HOST:PORT."
            ) from error


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _supervisord_section(data_dir: Path) -> str:
    # Without `user`, supervisord warns when it is run by root.
    return f"""[supervisord]
nodaemon=true
user={_escaped(getpass.getuser())}
pidfile={_escaped(str(data_dir / "supervisord.pid"))}
logfile=/dev/null
logfile_maxbytes=0
loglevel=warn
"""


def _log_path(name: str, data_dir: Path) -> str:
    """Return our own standard output, or a file in the data directory where that is a socket."""
    if stat.S_ISSOCK(os.fstat(1).st_mode):
        return _escaped(str(data_dir / f"{name}.log"))
    # Each process opens it with an offset of its own; without O_APPEND they overwrite each other.
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_APPEND)
    return "/dev/stdout"


def _program_section(name: str, priority: int, command: list[str], log: str) -> str:
    return f"""[program:{name}]
command={_escaped(shlex.join(command))}
priority={priority}
autorestart=true
startsecs=5
startretries=1000000
stopsignal=TERM
stopwaitsecs={DRAIN_SECONDS if name == "worker" else 10}
killasgroup=true
stdout_logfile={log}
stdout_logfile_maxbytes={0 if log.startswith("/dev/") else "10MB"}
redirect_stderr=true
"""


def _escaped(value: str) -> str:
    """Escape what supervisord would expand."""
    return value.replace("%", "%%")
