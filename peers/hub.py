"""A sandbox on a socket, with the engines as deployed endpoints."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from hfadmin.sandbox import Sandbox
from peers.engines import RunningEngine

NAMESPACE = "acme"
PERMISSIONS = ("inference.endpoints.infer.write", "inference.endpoints.write")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def run_hub(engines: Sequence[RunningEngine]) -> Iterator[tuple[str, str]]:
    """Context manager: serve the sandbox; yields its URL and a token."""
    with _Server(("127.0.0.1", 0), _Silent) as server:
        sandbox = Sandbox(base_url=f"http://127.0.0.1:{server.server_port}")
        server.set_app(sandbox)
        token = _fill(sandbox, engines)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield sandbox.state.base_url, token
        finally:
            server.shutdown()


def _fill(sandbox: Sandbox, engines: Sequence[RunningEngine]) -> str:
    sandbox.add_user("ada")
    sandbox.add_organization(NAMESPACE, members={"ada": "admin"})
    for number, served in enumerate(engines):
        engine = served.engine
        sandbox.add_model(engine.repository, pipeline_tag=engine.task)
        sandbox.add_endpoint(
            NAMESPACE,
            f"engine-{number}",
            repository=engine.repository,
            engine=engine.kind,
            task=engine.task,
            url_when_deployed=served.url,
        )
    return sandbox.add_token("ada", scopes={"ada": PERMISSIONS, NAMESPACE: PERMISSIONS})
