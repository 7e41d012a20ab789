"""Tags for things one reads: status, tags, facts, stats, progress, code, tables, tiles, logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from webnet_ui.elements.progress import measure_progress
from webnet_ui.elements.rendering import render_element, render_icon, require_request
from webnet_ui.elements.rows import DRAWN, draw_rows
from webnet_ui.elements.times import format_duration
from webnet_ui.exceptions import ElementError
from webnet_ui.statuses import describe_looks, look_of

LEVEL_STATUS: Mapping[str, str] = {"error": "failed", "warning": "changed"}


def wn_icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Render an icon of the sprite; `size` is xs, sm, lg or xl."""
    return render_icon(name, size, label)


def wn_spinner() -> SafeString:
    """Render the turning arc of what runs; it stands still for people who asked for less motion."""
    return render_icon("loader-circle", spin=True)


def wn_status(
    context: Context, status: object, word: str = "", *, large: bool = False, plain: bool = False
) -> SafeString:
    """Render a status as icon and word; `word` replaces the vocabulary's own."""
    look = look_of(status)
    data = {"look": look, "word": word or look.word, "large": large, "plain": plain, "spin": look.key == "running"}
    drawn = cast("dict[Any, SafeString]", context.get(DRAWN, {}))
    known = (look.key, data["word"], large, plain)
    if known not in drawn:
        drawn[known] = render_element(context, "status", data)
    return drawn[known]


def wn_tag(context: Context, text: str, risk: str = "") -> SafeString:
    """Render a neutral tag; `risk` (read, change, disrupt) colours a task's."""
    return render_element(context, "tag", {"text": text, "risk": risk})


def wn_stat(
    context: Context,
    label: str,
    value: object,
    *,
    of: object = None,
    href: str = "",
    hint: str = "",
    status: str = "",
    icon: str = "",
) -> SafeString:
    """Render a figure; the whole tile is a link when `href` is given, and `status` colours the hint."""
    look = look_of(status) if status else None
    data = {"label": label, "value": value, "of": of, "href": href, "hint": hint, "look": look, "icon": icon}
    return render_element(context, "stat", data)


def wn_progress(context: Context, counts: Mapping[str, int], *, small: bool = False, legend: bool = True) -> SafeString:
    """Render hosts by status as a stacked bar with its legend in words."""
    data = {"progress": measure_progress(counts), "small": small, "legend": legend and not small}
    return render_element(context, "progress", data)


def wn_facts(context: Context, facts: Iterable[Any]) -> SafeString:
    """Render labelled values. A fact is (label, value) or (label, value, options): ``copy``, ``mono``."""
    rows = []
    for fact in facts:
        label, value, *rest = fact
        options = str(rest[0]).split() if rest else []
        rows.append({"label": label, "value": value, "copy": "copy" in options, "mono": "mono" in options})
    return render_element(context, "facts", {"facts": rows})


def wn_code(
    context: Context, text: str, *, label: str = "Text", prefix: str = "wn-L", wrap: bool = False
) -> SafeString:
    """Render text with numbered, linkable lines."""
    lines = format_html_join(
        "",
        '<span class="wn-code-line" id="{}{}">'
        '<span class="wn-code-no" data-n="{}" aria-hidden="true"></span>{}\n</span>',
        ((prefix, number, number, line) for number, line in enumerate(text.splitlines(), start=1)),
    )
    return render_element(context, "code", {"lines": lines, "label": label, "wrap": wrap})


def wn_table(
    context: Context, table: Any, caption: str = "", *, cards: bool = True, sticky: bool = False
) -> SafeString:
    """Render a django-tables2 table; columns say their part by ``attrs={"td": {"data-cell": "title"}}``."""
    if not caption:
        message = "a table needs a caption: it is how a screen reader names it"
        raise ElementError(message)
    table.template_name = "webnet_ui/table.html"
    table.wn_caption, table.wn_cards, table.wn_sticky, table.wn_rows = caption, cards, sticky, draw_rows(table)
    rendered: SafeString = table.as_html(require_request(context))
    return rendered


def wn_tile(context: Context, tile: Mapping[str, Any]) -> SafeString:
    """Render one host of a grid: `device_id`, `name`, `status`, `href` and, if known, `seconds` and `note`."""
    look = look_of(tile["status"])
    data = {
        "tile": tile,
        "look": look,
        "spin": look.key == "running",
        "time": format_duration(tile.get("seconds")),
    }
    return render_element(context, "tile", data)


def wn_host_grid(context: Context, tiles: Iterable[Mapping[str, Any]], *, label: str = "Hosts") -> SafeString:
    """Render a grid of hosts whose tiles a live page patches by id."""
    data = {"tiles": list(tiles), "label": label, "looks": json.dumps(describe_looks())}
    return render_element(context, "host_grid", data)


def wn_log(context: Context, events: Iterable[Mapping[str, Any]] = (), *, label: str = "Log") -> SafeString:
    """Render a log viewer with the events known so far; inside ``wn_live`` it follows what comes."""
    rows = [{**event, "status": LEVEL_STATUS.get(str(event.get("level")), "")} for event in events]
    return render_element(context, "log", {"events": rows, "label": label})


def wn_kbd(keys: str) -> SafeString:
    """Render a key combination such as ``Ctrl K``, key by key."""
    return format_html_join(" ", '<kbd class="wn-kbd">{}</kbd>', ((key,) for key in keys.split()))


def wn_skeleton(lines: int = 3) -> SafeString:
    """Render grey lines that stand in for content on its way; they show only after 300 ms."""
    bars = mark_safe('<span class="wn-skeleton"></span>') * lines
    return format_html('<div class="wn-skeletons" aria-hidden="true">{}</div>', mark_safe(bars))  # noqa: S308 - a constant
