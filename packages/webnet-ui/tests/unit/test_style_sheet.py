"""What the built style sheet promises: scope, size and contrast."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import webnet_ui

STATIC = Path(webnet_ui.__file__).parent / "static" / "webnet_ui"
STYLE_SHEET = (STATIC / "webnet.css").read_text(encoding="utf-8")
PAIR = re.compile(r"--wn-([a-z-]+):light-dark\((#[0-9a-f]{3,8}),(#[0-9a-f]{3,8})\)")
TOKENS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(STYLE_SHEET)}
STATUSES = ("ok", "changed", "failed", "unreachable", "running", "queued", "skipped", "cancelled", "unknown", "armed")
THEMES = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` or ``#rgb``, as WCAG 2 defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str, theme: str) -> float:
    """WCAG contrast ratio of two tokens in a theme."""
    bright, dim = sorted((luminance(TOKENS[name][theme]) for name in (first, second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_luminance_knows_black_and_white():
    assert luminance("#000") == 0
    assert luminance("#ffffff") == pytest.approx(1)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["bg", "surface", "sunken", "raised", "hover", "sel"])
def test_text_stands_out_on_every_ground(theme, ground):
    assert contrast("text", ground, theme) >= 12
    assert contrast("muted", ground, theme) >= 5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_reads_on_its_tint_and_on_the_page(theme, status):
    assert contrast(status, f"{status}-tint", theme) >= 5.5
    assert contrast(status, "surface", theme) >= 5.5
    assert contrast(status, "bg", theme) >= 5.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", [s for s in STATUSES if s not in {"queued", "skipped"}])
def test_every_telling_segment_of_a_bar_can_be_made_out(theme, status):
    assert contrast(f"{status}-fill", "surface", theme) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_controls_can_be_made_out(theme):
    assert contrast("border-strong", "surface", theme) >= 3
    assert contrast("accent", "surface", theme) >= 4.5
    for kind in ("accent", "danger"):
        assert contrast(f"{kind}-fg", kind, theme) >= 4.5
        assert contrast(f"{kind}-fg", f"{kind}-hover", theme) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["add", "add-word", "del", "del-word", "mark"])
def test_text_reads_on_changed_lines(theme, ground):
    assert contrast("text", ground, theme) >= 6.8


def selectors() -> set[str]:
    """The outermost selectors of the style sheet, those inside media and supports rules included."""
    found: set[str] = set()
    depth, start, opened = 0, 0, []
    for at, sign in enumerate(STYLE_SHEET):
        if sign == "{":
            head = STYLE_SHEET[start:at].strip()
            group = head.startswith(("@media", "@supports", "@layer"))
            if depth == 0 and not group:
                found.add(head)
            opened.append(group)
            depth += 0 if group else 1
            start = at + 1
        elif sign == "}":
            depth -= 0 if opened.pop() else 1
            start = at + 1
        elif sign == ";":
            start = at + 1
    return found


def test_nothing_outside_our_root_is_ever_matched():
    outer = {
        head.removeprefix("/*! tailwindcss v4.3.3 | MIT License | https://tailwindcss.com */\n") for head in selectors()
    }
    foreign = {
        head
        for head in outer
        if not head.startswith((".wn-root", ":where(.wn-root", "@keyframes wn-", "@property --tw-"))
        and "@media" not in head
    }
    assert foreign == set()
    assert len(outer) > 20


def test_nothing_is_layered_or_forced():
    assert "@layer" not in STYLE_SHEET
    assert "!important" not in STYLE_SHEET


def test_assets_stay_within_their_budget():
    def packed(name: str) -> int:
        return len(gzip.compress((STATIC / name).read_bytes()))

    assert packed("webnet.css") <= 25_000
    assert packed("webnet.js") <= 12_000
    assert packed("live.js") <= 12_000
    assert packed("vendor/htmx-4.0.1.min.js") <= 16_500


def test_no_asset_is_fetched_from_elsewhere():
    assert not re.search(r"url\((?!['\"]?data:)", STYLE_SHEET)
    assert "@import" not in STYLE_SHEET
    for script in ("webnet.js", "live.js"):
        assert not re.search(
            r"https?://", (STATIC / script).read_text(encoding="utf-8").replace("http://www.w3.org", "")
        )
