"""The tag library `{% load webnet %}`: every component of the interface, for pages of webnet and of others."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from webnet_ui.elements import blocks, controls, data, fields
from webnet_ui.elements.pages import replace_query
from webnet_ui.elements.rendering import find_nonce, require_request
from webnet_ui.elements.times import format_duration, render_time

register = template.Library()

for plain in (data.wn_icon, data.wn_kbd, data.wn_skeleton, data.wn_spinner):
    register.simple_tag(plain)

for component in (
    controls.wn_button,
    controls.wn_tabs,
    controls.wn_pager,
    controls.wn_chips,
    controls.wn_steps,
    data.wn_status,
    data.wn_tag,
    data.wn_stat,
    data.wn_progress,
    data.wn_facts,
    data.wn_code,
    data.wn_table,
    data.wn_tile,
    data.wn_host_grid,
    data.wn_log,
    fields.wn_field,
    fields.wn_errors,
    fields.wn_form,
):
    register.simple_tag(takes_context=True)(component)

for frame in (
    blocks.wn_card,
    blocks.wn_banner,
    blocks.wn_empty,
    blocks.wn_dialog,
    blocks.wn_live,
    controls.wn_menu,
    controls.wn_bulkbar,
    controls.wn_toolbar,
):
    register.simple_block_tag(takes_context=True)(frame)

register.simple_tag(render_time, name="wn_time")
register.filter("wn_duration", format_duration)


@register.simple_tag(takes_context=True)
def wn_nonce(context: Context) -> str:
    """Return the content security policy's nonce of this request, from Django 6 or django-csp; empty without one."""
    return find_nonce(context)


@register.simple_tag(takes_context=True)
def wn_query(context: Context, *pairs: Any, **changes: Any) -> str:
    """Return the current query string with changes: ``{% wn_query sort="name" %}`` or name and value in turn."""
    named = dict(zip(map(str, pairs[::2]), pairs[1::2], strict=True))
    return replace_query(require_request(context), **named, **changes)


@register.filter
def wn_cell(attributes: Any) -> str:
    """Return a column's ``data-cell``: the part its cell plays in a row."""
    return str(attributes.get("data-cell", ""))


@register.filter
def wn_message_kind(level: str) -> str:
    """Return the status that a message of Django's messages framework is shown as."""
    return {"error": "failed", "warning": "warning", "success": "ok"}.get(level, "info")
