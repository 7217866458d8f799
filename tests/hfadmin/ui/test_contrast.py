"""Text is readable on every ground that it stands on, in both themes (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "static" / "css"
TOKENS = {
    name: colours
    for name, *colours in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (CSS / "tokens.css").read_text()
    )
}
TONES = ("green", "blue", "violet", "grey", "red", "amber")
GROUNDS = ("surface", "panel", "sunken", "hover")
TEXT = [
    *((text, ground) for text in ("ink", "ink-2", "ink-3", "accent", "red") for ground in GROUNDS),
    *((tone, f"{tone}-tint") for tone in TONES),
    *((text, f"{tone}-tint") for text in ("ink", "ink-2") for tone in TONES),
    *((tone, ground) for tone in ("green", "amber") for ground in ("panel", "hover")),
    *((text, "accent-tint") for text in ("ink", "ink-2", "ink-3", "accent")),
    ("on-ink", "ink"),
    ("on-ink", "ink-hover"),
]
MARKS = [
    *((f"{tone}-mark", ground) for tone in TONES for ground in ("panel", f"{tone}-tint")),
    *((name, ground) for name in ("focus", "control-line") for ground in ("surface", "panel")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_shapes_and_borders_stand_out_from_their_ground(mark: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[mark][theme], TOKENS[ground][theme]) >= 3


def test_the_style_sheets_name_no_side_of_the_screen() -> None:
    sides = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:left|right)|left|right|width|height"
        r"|text-align: *(?:left|right)|float)\s*:"
    )
    found = [
        f"{path.name}: {match[0]}"
        for path in CSS.glob("*.css")
        for match in sides.finditer(re.sub(r"@\w+[^{]*\{", "", path.read_text()))
    ]
    assert found == []


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
