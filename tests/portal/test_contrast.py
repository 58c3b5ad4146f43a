"""Colours: the pairs declared in tokens.css reach WCAG AA, and no other sheet invents a colour."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--mc-([\w-]+):\s*(#[0-9a-f]{6});", TOKENS))
PAIRS = [(front, back, float(least)) for front, back, least in re.findall(r"pair: ([\w-]+) ([\w-]+) ([\d.]+)", TOKENS)]


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of `#rrggbb`."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_pair_reaches_its_bar(front, back, least):
    assert contrast(COLOURS[front], COLOURS[back]) >= least


def test_contrast_every_colour_is_in_a_pair():
    named = {name for front, back, _least in PAIRS for name in (front, back)}
    assert set(COLOURS) - named == {"line"}, "decoration only: lines between rows carry no meaning"
    assert len(PAIRS) >= 25


@pytest.mark.parametrize("name", ["base.css", "desk.css", "board.css"])
def test_contrast_sheets_use_tokens_only(name):
    text = (CSS / name).read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", text)
    used = set(re.findall(r"var\(--mc-([\w-]+)", text))
    assert used <= set(re.findall(r"--mc-([\w-]+):", TOKENS))


def test_contrast_charts_use_the_same_colours():
    text = (Path(settings.BASE_DIR) / "portal" / "charts.py").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{6}", text)) <= set(COLOURS.values())


def test_contrast_bootstrap_rgb_copies_follow_the_tokens():
    """Bootstrap wants link colours as three numbers; they must not drift from the token."""
    text = (CSS / "base.css").read_text(encoding="utf-8")
    for variable, token in (("link-color-rgb", "action"), ("link-hover-color-rgb", "action-dark")):
        numbers = re.search(rf"--bs-{variable}: (\d+), (\d+), (\d+)", text).groups()
        assert "#" + "".join(f"{int(part):02x}" for part in numbers) == COLOURS[token]
