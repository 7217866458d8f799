"""An HTTP server on a socket that records its requests, with answers made by the test."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[["Received"], Iterator[bytes]]


@dataclass(frozen=True)
class Received:
    """A request. `stopped` is set once the server is."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    stopped: threading.Event


@dataclass
class Sink:
    """The server. `answer(request)` yields the bytes to send."""

    answer: Reply
    listener: socket.socket
    context: ssl.SSLContext | None
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def authorized(self) -> list[Received]:
        """The requests with an access token in their headers or path."""
        return [r for r in self.requests if "hf_" in str(r.headers) + r.path]

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection, connection.makefile("rb") as stream:
                while received := self._receive(stream):
                    self.requests.append(received)
                    for chunk in self.answer(received):
                        connection.sendall(chunk)
        except OSError:
            connection.close()

    def _receive(self, stream: object) -> Received | None:
        line: bytes = stream.readline()  # type: ignore[attr-defined]
        if not line.strip():
            return None
        method, path, _ = line.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (line := stream.readline().strip()) != b"":  # type: ignore[attr-defined]
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))  # type: ignore[attr-defined]
        return Received(method, path, headers, body, self.stopped)


@contextmanager
def sink(answer: Reply | None = None, context: ssl.SSLContext | None = None) -> Iterator[Sink]:
    """Serve on 127.0.0.1, by TLS with a `context`; the default answer is `{}`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Sink(answer or (lambda received: plain(b"{}")), listener, context)
        server = threading.Thread(target=made.serve, daemon=True)
        server.start()
        yield made
        made.stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        server.join(5)


def plain(body: bytes, status: str = "200 OK", *headers: str) -> Iterator[bytes]:
    """An answer with a body of known length."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    yield "\r\n".join(head).encode() + body


def redirect(status: int, location: str) -> Iterator[bytes]:
    """A redirect to `location`."""
    return plain(b"", f"{status} Elsewhere", f"Location: {location}")
