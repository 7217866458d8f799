"""Lucide's icons as one SVG sprite: `python -m hfadmin.ui.icons > static/icons.svg`."""

import sys
from xml.etree import ElementTree as ET

import lucide

ICONS = frozenset(
    """
    activity arrow-left arrow-right arrow-up-right ban bell book-open bot box boxes building-2 check
    chevron-down chevron-left chevron-right chevron-up chevrons-up-down circle-alert circle-check
    circle-dashed circle-question-mark circle-slash circle-user circle-x clock cloud code coins
    columns-3 copy cpu download ellipsis external-link eye eye-off file-text flask-conical gauge
    git-commit-horizontal globe hard-drive history hourglass house info key-round languages layers
    link list list-filter loader-circle lock-keyhole log-in log-out menu message-square minus
    monitor moon pause pencil play plug plus power radar refresh-cw rotate-ccw-key scan-search
    search search-x server server-off settings shield-alert shield-check sliders-horizontal sun tag
    trash-2 triangle-alert unplug user users waypoints wrench x zap
    """.split()  # noqa: SIM905 - a column of ninety strings reads worse
)

# Mirrored in right-to-left pages.
DIRECTIONAL = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "arrow-up-right",
        "chevron-left",
        "chevron-right",
        "external-link",
        "log-in",
        "log-out",
    }
)


def sprite() -> str:
    """Return the SVG with one symbol for each icon, whose id is its name."""
    symbols = "".join(_symbol(name) for name in sorted(ICONS))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbol(name: str) -> str:
    drawing = ET.fromstring(lucide._render_icon(name, None))  # noqa: S314, SLF001 - ours
    # The stroke's width and colour stay with the page's style sheet.
    symbol = ET.Element("symbol", {"id": name, "viewBox": drawing.attrib["viewBox"]})
    symbol.extend(list(drawing))
    return ET.tostring(symbol, encoding="unicode")


if __name__ == "__main__":
    sys.stdout.write(sprite())
