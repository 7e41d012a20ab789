"""Tags for forms: plain Django forms with our markup, labels and error summary."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.safestring import SafeString

from webnet_ui.elements.rendering import render_element

_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field_shape(field: BoundField) -> str:
    """Return which markup the field's widget needs: hidden, check, choices, select, textarea or input."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, _CHOICES):
        return "choices"
    if isinstance(widget, forms.Select):
        return "select"
    return "textarea" if isinstance(widget, forms.Textarea) else "input"


def _widget_attributes(field: BoundField, shape: str, help_text: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {} if shape == "choices" else {"class": f"wn-{shape}"}
    described = [f"{field.auto_id}_helptext"] if help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return attributes


def wn_field(context: Context, field: BoundField, *, label: str = "", help: str = "") -> SafeString:  # noqa: A002
    """Render one form field: label, widget, help and errors, tied together for assistive technology."""
    shape = field_shape(field)
    help_text = help or str(field.help_text)
    data = {
        "field": field,
        "shape": shape,
        "label": label or field.label,
        "help": help_text,
        "widget": field.as_widget(attrs=_widget_attributes(field, shape, help_text)),
        "optional": not field.field.required and shape not in {"check", "choices"},
    }
    return render_element(context, "field", data)


def wn_errors(context: Context, form: forms.BaseForm) -> SafeString:
    """Render all errors of a bound form as links to their fields; nothing when it is valid."""
    items = [{"text": str(error), "target": ""} for error in form.non_field_errors()]
    for field in form:
        items += [
            {"text": f"{field.label}: {error}", "target": field.id_for_label or field.auto_id} for error in field.errors
        ]
    return render_element(context, "errors", {"items": items})


def wn_form(context: Context, form: forms.BaseForm) -> SafeString:
    """Render a form's error summary and fields; the page owns ``<form>``, the csrf token and the buttons."""
    return render_element(context, "form", {"form": form})
