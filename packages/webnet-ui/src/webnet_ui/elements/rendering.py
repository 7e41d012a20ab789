"""Rendering an element template, and the attributes a component may carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from webnet_ui.exceptions import ElementError, ForbiddenAttribute, UnknownIcon

SPRITE = "webnet_ui/icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"')
_FORBIDDEN = re.compile(r"^(on.*|style|hx-on.*|data-hx-on.*|hx-vals|hx-vars|srcdoc|class|id)$")


def render_element(context: Context, name: str, data: Mapping[str, Any]) -> SafeString:
    """Render ``webnet_ui/elements/<name>.html`` with `data` alone; the request and the csrf token stay reachable."""
    if context.template is None:
        message = "component tags render inside a template"
        raise RuntimeError(message)
    template = context.template.engine.get_template(f"webnet_ui/elements/{name}.html")
    request = find_request(context)
    shared = {"request": request, "csp_nonce": find_nonce(context), "csrf_token": context.get("csrf_token")}
    inner = context.new({**shared, **data})
    rendered: SafeString = template.render(inner)
    return rendered


def find_request(context: Context) -> HttpRequest | None:
    """Return the request that a template renders for; works without the request context processor."""
    request = getattr(context, "request", None) or context.get("request")
    return request if isinstance(request, HttpRequest) else None


def require_request(context: Context) -> HttpRequest:
    """Return the request that a template renders for.

    Raises:
        ElementError: the template is rendered without one.
    """
    request = find_request(context)
    if request is None:
        message = "This component builds links from the query string and needs the request; render with one."
        raise ElementError(message)
    return request


def find_nonce(context: Context) -> str:
    """Return the content security policy's nonce of this request, from Django 6 or django-csp; empty without one."""
    known = context.get("csp_nonce")
    return str(known or getattr(find_request(context), "csp_nonce", "") or "")


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """Return the names of all icons in the sprite."""
    sprite = Path(__file__).resolve().parent.parent / "static" / SPRITE
    return frozenset(_SYMBOL.findall(sprite.read_text(encoding="utf-8")))


def check_icon(name: str) -> str:
    """Return `name` if the sprite has it; raise `UnknownIcon`, with the nearest name, if not."""
    if name not in icon_names():
        near = get_close_matches(name, sorted(icon_names()), n=1)
        raise UnknownIcon(name, near[0] if near else None)
    return name


def render_icon(name: str, size: str = "", label: str = "", *, spin: bool = False) -> SafeString:
    """Return an icon of the sprite; hidden from assistive technology unless it has a `label`."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="wn-icon" {}{}{} focusable="false"><use href="{}#{}"></use></svg>',
        meaning,
        format_html(' data-size="{}"', size) if size else "",
        mark_safe(" data-spin") if spin else "",
        static(SPRITE),
        check_icon(name),
    )


def render_attributes(attributes: Mapping[str, Any]) -> SafeString:
    """Return keyword arguments of a tag as HTML attributes: ``hx_get`` is ``hx-get``, True is bare, False and None are
    left out.

    Raises:
        ForbiddenAttribute: the attribute would carry style or script.
    """
    pairs: list[tuple[str, Any]] = []
    for key, value in attributes.items():
        name = key.strip("_").replace("_", "-")
        if _FORBIDDEN.match(name):
            raise ForbiddenAttribute(name)
        if value is None or value is False:
            continue
        pairs.append((name, "" if value is True else value))
    return format_html_join("", ' {}="{}"', pairs)
