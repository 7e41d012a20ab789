"""Tags for things one presses: buttons, menus, tabs, pager, chips, steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.template import Context
from django.utils.safestring import SafeString

from webnet_ui.elements.pages import PAGE_SIZES, page_links, remove_query_value, replace_query
from webnet_ui.elements.rendering import render_attributes, render_element, require_request
from webnet_ui.exceptions import ElementError
from webnet_ui.statuses import look_of

KINDS = frozenset({"default", "primary", "danger", "ghost"})


def wn_button(
    context: Context,
    text: str = "",
    *,
    kind: str = "default",
    icon: str = "",
    icon_end: str = "",
    label: str = "",
    href: str = "",
    type: str = "button",  # noqa: A002 - the attribute's own name
    size: str = "",
    disabled: bool = False,
    reason: str = "",
    block: bool = False,
    id: str = "",  # noqa: A002 - the attribute's own name
    **attributes: Any,
) -> SafeString:
    """Render a button, or a link that looks like one when `href` is given.

    A button without `text` needs a `label`. A disabled one stays focusable and is described by `reason`.
    """
    if kind not in KINDS:
        message = f"no button kind {kind!r}: one of {', '.join(sorted(KINDS))}"
        raise ElementError(message)
    if not text and not label:
        message = "a button needs a text, or a label when it shows only an icon"
        raise ElementError(message)
    classes = ["wn-btn"]
    classes += [f"wn-btn-{kind}"] if kind != "default" else []
    classes += ["wn-btn-sm"] if size == "sm" else []
    classes += ["wn-btn-icon"] if not text else []
    classes += ["wn-btn-block"] if block else []
    data = {
        "text": text,
        "icon": icon,
        "icon_end": icon_end,
        "label": label,
        "href": href,
        "type": type,
        "size": size,
        "disabled": disabled,
        "reason": reason,
        "id": id,
        "classes": " ".join(classes),
        "attributes": render_attributes(attributes),
    }
    return render_element(context, "button", data)


def wn_menu(
    context: Context,
    content: str,
    *,
    id: str,  # noqa: A002 - the attribute's own name
    text: str = "",
    label: str = "",
    icon: str = "",
    kind: str = "default",
    size: str = "",
    align: str = "start",
) -> SafeString:
    """Render a button that opens a menu; the block holds ``.wn-menu-item`` links and buttons."""
    data = {
        "content": content,
        "id": id,
        "text": text,
        "label": label,
        "icon": icon,
        "kind": kind,
        "size": size,
        "align": align,
    }
    return render_element(context, "menu", data)


def wn_tabs(context: Context, tabs: Iterable[Any], label: str = "Sections") -> SafeString:
    """Render page tabs: objects or mappings with `label`, `url`, `active` and, if wanted, `count` and `icon`."""
    return render_element(context, "tabs", {"tabs": list(tabs), "label": label})


def wn_pager(context: Context, page: Page[Any], noun: str = "items", sizes: Sequence[int] = PAGE_SIZES) -> SafeString:
    """Render range, total, page size and page links of `page`; needs the request in the context."""
    request = require_request(context)
    previous = replace_query(request, page=page.previous_page_number()) if page.has_previous() else ""
    following = replace_query(request, page=page.next_page_number()) if page.has_next() else ""
    data = {
        "page": page,
        "noun": noun,
        "links": page_links(request, page),
        "previous": previous,
        "following": following,
        "sizes": [
            (size, size == page.paginator.per_page, replace_query(request, per_page=size, page=None)) for size in sizes
        ],
    }
    return render_element(context, "pager", data)


def wn_chips(context: Context, chips: Iterable[tuple[str, str, str, str]], clear_url: str = "") -> SafeString:
    """Render applied filters: (parameter, its label, value, the value's label); each chip removes one value."""
    request = require_request(context)
    rows = [
        {"label": label, "value": shown, "url": remove_query_value(request, parameter, value)}
        for parameter, label, value, shown in chips
    ]
    return render_element(context, "chips", {"chips": rows, "clear_url": clear_url})


def wn_steps(context: Context, steps: Iterable[Mapping[str, Any]], label: str = "Progress") -> SafeString:
    """Render a stepper; a step has `label`, `current` and, once known, `status`."""
    rows = [{**step, "look": look_of(step["status"]) if step.get("status") else None} for step in steps]
    return render_element(context, "steps", {"steps": rows, "label": label})


def wn_bulkbar(context: Context, content: str, *, noun: str = "items", id: str = "wn-bulkbar") -> SafeString:  # noqa: A002
    """Render the bar of actions on selected rows; it shows itself once a row is ticked."""
    return render_element(context, "bulkbar", {"content": content, "noun": noun, "id": id})


def wn_toolbar(context: Context, content: str, *, label: str = "Tools") -> SafeString:
    """Render a row of tools above a list, steered by arrow keys."""
    return render_element(context, "toolbar", {"content": content, "label": label})
