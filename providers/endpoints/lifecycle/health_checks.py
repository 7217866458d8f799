"""Where Hugging Face asks whether a container is ready, beside what is usual for its engine."""

from dataclasses import dataclass
from typing import Final, Self

from providers import labels
from providers.endpoints.models import Endpoint

# By engine: the health route and the ports that are usual.
_USUAL: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "vLLM": ("/health", (8000, 80)),
    "sGLang": ("/health", (8000, 80)),
    "tei": ("/health", (80,)),
    "tgi": ("/health", (80,)),
    "llamacpp": ("/health", (8080, 80)),
}


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """An empty route and None as port are the engine's own. Of an engine that is not known, nothing
    is usual."""

    route: str
    port: int | None
    engine: str
    usual_route: str = ""
    usual_ports: tuple[int, ...] = ()

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        route, port = endpoint.health_route, endpoint.container.get("port")
        usual = _USUAL.get(endpoint.engine, ("", ()))
        return cls(route, port, labels.engine(endpoint.engine), *usual)

    @property
    def is_usual(self) -> bool:
        return self.route in {"", self.usual_route} and self.port in {None, *self.usual_ports}
