"""Tags that frame other content: cards, banners, empty states, dialogs, the live region."""

from __future__ import annotations

from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

from webnet_ui.elements.rendering import render_element
from webnet_ui.statuses import look_of


def wn_card(context: Context, content: str, title: str = "", *, flush: bool = False, level: int = 2) -> SafeString:
    """Render a framed part of a page; `flush` lets a table or list touch the frame."""
    return render_element(context, "card", {"content": content, "title": title, "flush": flush, "level": level})


def wn_banner(
    context: Context, content: str, kind: str = "info", title: str = "", *, action: str = "", href: str = ""
) -> SafeString:
    """Render a notice about the whole page; `kind` is a state of the status vocabulary or ``info``."""
    look = look_of(kind)
    data = {
        "content": content,
        "look": look,
        "title": title,
        "action": action,
        "href": href,
        "alert": look.key == "failed",
    }
    return render_element(context, "banner", data)


def wn_empty(context: Context, content: str, title: str, *, icon: str = "inbox", text: str = "") -> SafeString:
    """Render what stands where there is nothing: say why in `title` and `text`; the block holds what to do next."""
    return render_element(
        context, "empty", {"content": content if content.strip() else "", "icon": icon, "title": title, "text": text}
    )


def wn_dialog(
    context: Context,
    content: str,
    title: str,
    *,
    id: str,  # noqa: A002 - the attribute's own name
    kind: str = "dialog",
    autoopen: bool = False,
) -> SafeString:
    """Render a modal dialog, or a drawer at the right for kind ``drawer``; opened by ``data-wn-open="<id>"``."""
    data = {"content": content, "title": title, "id": id, "kind": kind, "autoopen": autoopen}
    return render_element(context, "dialog", data)


def wn_live(
    context: Context,
    content: str,
    *,
    topic: str,
    events_url: str,
    ws_url: str = "",
    after: int = 0,
    finished: bool = False,
    **_extra: Any,
) -> SafeString:
    """Render a region that follows `topic` from event number `after`: by WebSocket at `ws_url`, else by polling."""
    data = {
        "content": content,
        "topic": topic,
        "events_url": events_url,
        "ws_url": ws_url,
        "after": after,
        "finished": finished,
    }
    return render_element(context, "live", data)
