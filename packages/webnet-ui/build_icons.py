"""Builds the icon sprite that webnet-ui ships, from an unpacked lucide-static package (npm) and icons.txt."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OUTPUT = ROOT / "src" / "webnet_ui" / "static" / "webnet_ui" / "icons.svg"
PAINT = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
# Lucide has no question mark in a diamond; the status vocabulary needs one, so it is put together here.
OWN = {"diamond-question": ("diamond", "circle-question-mark")}


def read_shapes(icons: Path, name: str) -> str:
    """Return the drawing of one lucide icon without its outer element and with white space removed."""
    text = (icons / f"{name}.svg").read_text(encoding="utf-8")
    inner = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
    if inner is None:
        raise SystemExit(f"{name}.svg is not an svg element")
    return re.sub(r"\s*\n\s*", "", inner[1]).replace(" />", "/>")


def join_own(icons: Path, outer: str, inner: str) -> str:
    """Return the outline of `outer` with the sign of `inner` scaled into it."""
    sign = re.sub(r"<circle[^>]*/>", "", read_shapes(icons, inner))
    return f'{read_shapes(icons, outer)}<g transform="translate(12 12) scale(.82) translate(-12 -12)">{sign}</g>'


def main() -> int:
    """Write the sprite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lucide", type=Path, help="folder of the unpacked lucide-static package")
    icons = parser.parse_args().lucide / "icons"
    names = sorted((ROOT / "icons.txt").read_text(encoding="utf-8").split())
    symbols = {name: read_shapes(icons, name) for name in names}
    symbols |= {name: join_own(icons, *parts) for name, parts in OWN.items()}
    body = "\n".join(f'<symbol id="{n}" viewBox="0 0 24 24" {PAINT}>{symbols[n]}</symbol>' for n in sorted(symbols))
    header = "<!-- Icons by Lucide, licence in vendor/LICENSES.txt -->"
    OUTPUT.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{header}\n{body}\n</svg>\n', encoding="utf-8")
    sys.stdout.write(f"{len(symbols)} icons, {OUTPUT.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
