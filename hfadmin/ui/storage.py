"""Static files under hashed names, as WhiteNoise keeps them."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Each page names some twenty files, whose addresses cannot change while it runs."""

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def url(self, name: str | None, force: bool = False) -> str:
        if name is None or name not in self._known:
            address: str = super().url(name, force)
            if name is None:
                return address
            self._known[name] = address
        return self._known[name]
