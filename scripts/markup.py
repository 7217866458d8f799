"""Check how templates and style sheets are laid out: `python -m scripts.markup`.

Prints each line that is too long, opens more than one block element or holds more than one CSS
rule, and exits with 1 if there is one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 160
BLOCK = re.compile(
    r"<(?:article|aside|button|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|label|li|main|nav"
    r"|ol|p|section|summary|table|tbody|td|th|thead|tr|ul)\b"
)
TWO_RULES = re.compile(r"\{[^}]*\{|\}\s*[^\s/]")


def main() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    style_sheets = (ROOT / "static").rglob("*.css")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {problem}"
        for path in sorted([*templates, *style_sheets])
        for number, problem in problems(path.suffix, path.read_text(encoding="utf-8"))
    ]
    sys.exit("\n".join(found) or None)


def problems(suffix: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the problem of each bad line of a `.html` or `.css` file."""
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters, {LONGEST} at most"
        if suffix == ".html" and len(BLOCK.findall(line)) > 1:
            yield number, "more than one block element"
        if suffix == ".css" and TWO_RULES.search(line):
            yield number, "more than one rule"


if __name__ == "__main__":
    main()
