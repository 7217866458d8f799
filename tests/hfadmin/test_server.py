"""The web server in a process of its own, in front of clients that are slow, silent or too much."""

import select
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hfadmin import asgi, server
from tests.stack.processes import PYTHON, Process, clean_environment, free_port, wait_until

pytestmark = pytest.mark.stack

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# The real limits of time, in short.
IMPATIENT = """
import hfadmin.asgi, hfadmin.server, sys
hfadmin.asgi.BODY_SECONDS = 4
hfadmin.server.HEAD_SECONDS = 1.5
hfadmin.asgi.ANSWER_SECONDS = hfadmin.server.SEND_SECONDS = 1.5
hfadmin.server.main()
"""


class Web(Process):
    def __init__(self, directory: Path, *command: str) -> None:
        self.port = free_port()
        environment = clean_environment(
            HFADMIN_DATA_DIR=str(directory), TMPDIR=str(directory), HF_HOME=str(directory)
        )
        done = Process("migrate", [PYTHON, "-m", "hfadmin", "migrate"], environment, directory)
        assert done.wait() == 0, done.output()
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        super().__init__("web", [PYTHON, *command, *address], environment, directory)
        self.wait_for(f"http://127.0.0.1:{self.port}/healthz")

    def sockets(self) -> set[str]:
        """What its descriptors of sockets point to: `socket:[inode]`."""
        held = set()
        for file in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since
                held.add(str(file.readlink()))
        return {target for target in held if target.startswith("socket:")}

    def end_of(self, connection: socket.socket) -> str:
        """Its own end of `connection`, as `sockets` names it; empty while it has none. Of the
        others, which earlier tests have closed, it may be closing its ends at the same time."""
        mine = f"0100007F:{self.port:04X} 0100007F:{connection.getsockname()[1]:04X} "
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()
        inodes = [line.split()[9] for line in lines if mine in line]
        return f"socket:[{inodes[0]}]" if inodes and inodes[0] != "0" else ""

    def connect(self, sent: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(sent)
        return connection

    def answer(self, sent: bytes) -> tuple[int, str]:
        """Status and page of a request after which nothing more is sent."""
        with self.connect(sent) as connection:
            return answer_of(connection)


def answer_of(connection: socket.socket) -> tuple[int, str]:
    """All that is said until the connection is closed; 0 when it is closed without a word."""
    said = b""
    while part := connection.recv(65536):
        said += part
    return (int(said.split(b" ", 2)[1]) if said else 0), said.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("web"), "-c", IMPATIENT)
    yield web
    web.kill()


def test_two_hundred_half_forms_stop_no_page(web: Web) -> None:
    half = HEAD + FORM + b"Content-Length: 100\r\n\r\nlogin=a"
    forms = [web.connect(half) for _ in range(200)]
    for path in ("/healthz", "/setup/"):
        with urllib.request.urlopen(f"http://127.0.0.1:{web.port}{path}", timeout=10) as page:
            assert page.status == 200
    ended, _, _ = select.select(forms, [], [], 0)
    assert not ended, "The pages were answered only after the forms had ended."

    answers = [answer_of(form) for form in forms]
    for form in forms:
        form.close()

    assert {status for status, _ in answers} == {408}
    assert "within 10 seconds" in answers[0][1]


def test_a_byte_now_and_then_does_not_lengthen_the_time_for_a_form(web: Web) -> None:
    with web.connect(HEAD + FORM + b"Content-Length: 100000\r\n\r\n") as connection:
        connection.settimeout(0.1)
        said, began = b"", time.monotonic()
        while not said and time.monotonic() - began < 10:
            try:
                connection.sendall(b"a")
                said = connection.recv(100)
            except TimeoutError:
                continue
    assert b" 408 " in said


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD + b"X-Slow: "])
def test_a_head_that_does_not_come_ends_its_connection(web: Web, sent: bytes) -> None:
    assert web.answer(sent) == (0, "")


def test_idle_connections_stop_nothing(web: Web) -> None:
    idle = [web.connect(b"") for _ in range(1500)]
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/healthz", timeout=10) as page:
        assert page.status == 200
    for connection in idle:
        connection.close()


def test_a_client_that_takes_nothing_of_its_answers_is_given_up(web: Web) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", web.port))
        connection.sendall(b"GET /setup/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400)
        end = wait_until(lambda: web.end_of(connection), "it is connected")
        assert end in web.sockets()
        wait_until(lambda: end not in web.sockets(), "it is given up")


@pytest.mark.parametrize(
    "length", [b"Content-Length: 150000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"]
)
def test_a_body_that_is_too_long_is_refused_at_the_first_sign(web: Web, length: bytes) -> None:
    sent = HEAD + b"Content-Type: multipart/form-data; boundary=x\r\n" + length
    if b"chunked" in length:
        sent += b"10000\r\n" + b"a" * 65536 + b"\r\n"
        sent += 16 * (b"10000\r\n" + b"a" * 65536 + b"\r\n")

    status, page = web.answer(sent)

    assert status == 413
    assert "more than hfadmin takes" in page
    assert "content-security-policy" in page.lower()


def test_a_head_that_is_too_long_is_refused_in_a_sentence(web: Web) -> None:
    status, page = web.answer(HEAD + b"Cookie: a=" + b"a" * 40_000 + b"\r\n\r\n")

    assert status in {400, 431}
    assert "delete the cookies" in page


def test_a_head_that_is_far_too_long_is_not_read_to_its_end(web: Web) -> None:
    with web.connect(HEAD + b"Cookie: a=") as connection, pytest.raises(ConnectionError):
        connection.sendall(b"a" * 400_000_000)


def test_what_is_no_request_is_answered_in_a_sentence(web: Web) -> None:
    status, page = web.answer(b"\x16\x03\x01 hello\r\n\r\n")

    assert status == 400
    assert "not an HTTP request" in page


def test_a_header_with_an_underscore_does_not_pass_for_one_of_a_proxy() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/a%20b%FF",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "headers": [(b"x_forwarded_for", b"1.2.3.4"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
    }
    environ = asgi._environ(scope)

    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["PATH_INFO"] == "/a b\xff"


def test_the_limits_are_those_that_the_sentences_name() -> None:
    assert (asgi.BODY_SECONDS, server.HEAD_SECONDS) == (10, 10)
    assert asgi.HEAD_BYTES == 32 * 1024


def test_it_stops_at_once_when_told_to_though_connections_are_open(
    tmp_path: Path,
) -> None:
    web = Web(tmp_path, "-m", "hfadmin.server")
    with web.connect(b""), web.connect(HEAD + FORM + b"Content-Length: 9\r\n\r\na"):
        assert web.stop(within=10 + server.STOP_SECONDS) == 0
