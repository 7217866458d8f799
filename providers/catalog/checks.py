"""What has to be packaged with the program."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from providers.catalog import guide


@register(Tags.files)
def guide_is_packaged(**_options: Any) -> list[CheckMessage]:
    try:
        guide.rendered(guide.text(), address=str)  # static files may not be collected yet
    except (OSError, guide.BrokenLinkError) as error:
        return [
            Error(
                f"The guide to the settings screen cannot be shown: {error}.",
                hint="Package docs/guide.md and docs/images/, as the Dockerfile does.",
                id="hfadmin.E003",
            )
        ]
    return []
