"""The storage of static files: WhiteNoise's, with hashed names, and a cache of URLs."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Caches the URL of each file: a page has some twenty, and they do not change in a process."""

    @cached_property
    def _urls(self) -> dict[str, str]:
        return {}

    def url(self, name: str | None, force: bool = False) -> str:
        if name is None or name not in self._urls:
            url: str = super().url(name, force)
            if name is None:
                return url
            self._urls[name] = url
        return self._urls[name]
