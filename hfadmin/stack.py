"""The processes that make up hfadmin, and the one that starts them all and stops them together.

A process of its own kind is `hfadmin web`, `hfadmin worker` or `hfadmin beat`, wherever it runs:
under this supervisor, in a container, in a test. Nothing of Django is imported here.
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
# In the order of starting; stopped the other way round, so that pages are served while tasks end.
PROCESSES = ("web", "worker", "beat")
# How long a worker may go on with the tasks that run when it is told to stop.
DRAIN_SECONDS = 20
# More make pages slower when many are asked for at once: the threads contend for the interpreter.
WEB_THREADS = 4
WORKER_THREADS = 2  # for messages: what they ask for is done in lanes
LOCK = "lock"  # in the data directory, held by the supervisor while it runs


class Stop(Exception):  # noqa: N818 - the end of a command, said in a sentence
    """The command ends here; the sentence says why and what to do."""


def supervise(
    data_dir: Path, address: tuple[str, int], extra: dict[str, list[str]] | None = None
) -> None:
    """Become the supervisor (this process is replaced) of the processes, `extra` ones first.

    One that dies is started again, later and later if it keeps dying.
    """
    programs = (extra or {}) | {name: [*HFADMIN, name] for name in PROCESSES}
    # What `hfadmin web` checks before it becomes the web server has just been checked.
    programs["web"] = web_server(address)
    sections = [_supervisor(data_dir)]
    sections += [
        _program(name, place, line, _output(name, data_dir))
        for place, (name, line) in enumerate(programs.items())
    ]
    configuration = data_dir / "supervisord.conf"
    configuration.write_text("\n".join(sections), encoding="utf-8")
    sys.stdout.flush()
    become([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)])


def web_server(address: tuple[str, int]) -> list[str]:
    """The command of the web server itself."""
    host, port = address
    return [sys.executable, "-m", "hfadmin.server", "--host", host, "--port", str(port)]


def become(command: list[str]) -> None:
    # The file system and the environment stay; the memory that the preparations took does not.
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
    os.execv(command[0], command)  # noqa: S606 - our own arguments, no shell


def hold(data_dir: Path) -> int:
    """Be the only stack with its data there, until this process ends or the supervisor that it
    becomes. Returns the descriptor that holds it."""
    descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise Stop(
            f"hfadmin is running already with its data in {data_dir}. "
            "Stop it, or set HFADMIN_DATA_DIR to another directory."
        ) from error
    os.set_inheritable(descriptor, True)
    return descriptor


def require_free(address: tuple[str, int], variable: str) -> None:
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise Stop(
                f"hfadmin cannot listen at {host}:{port}: {error.strerror}. "
                f"Stop what uses it, or set {variable} to another HOST:PORT."
            ) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _supervisor(data_dir: Path) -> str:
    # Told its own user, root included, supervisord has nothing to warn of.
    return f"""[supervisord]
nodaemon=true
user={_literal(getpass.getuser())}
pidfile={_literal(str(data_dir / "supervisord.pid"))}
logfile=/dev/null
logfile_maxbytes=0
loglevel=warn
"""


def _output(name: str, data_dir: Path) -> str:
    """Where a process writes: to our own standard output, or to a file where that is a socket."""
    if stat.S_ISSOCK(os.fstat(1).st_mode):
        return _literal(str(data_dir / f"{name}.log"))
    # Several open it, each with a place of its own, and a file they would overwrite.
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_APPEND)
    return "/dev/stdout"


def _program(name: str, place: int, command: list[str], output: str) -> str:
    return f"""[program:{name}]
command={_literal(shlex.join(command))}
priority={place}
autorestart=true
startsecs=5
startretries=1000000
stopsignal=TERM
stopwaitsecs={DRAIN_SECONDS if name == "worker" else 10}
killasgroup=true
stdout_logfile={output}
stdout_logfile_maxbytes={0 if output.startswith("/dev/") else "10MB"}
redirect_stderr=true
"""


def _literal(value: str) -> str:
    return value.replace("%", "%%")
