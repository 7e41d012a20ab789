"""System checks of the interface.

webnet.E011    the template that pages extend is missing, or lacks a block that pages fill
webnet.W011    django-htmx is installed, so the host's pages may load an htmx of their own besides ours
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import Template
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode

from webnet_ui.conf import ui_settings
from webnet_ui.shell.context import base_template

NEEDED = ("wn_title", "wn_head", "wn_root")
_ADAPTER = "Write it as the how-to on embedding shows: it extends your base and places {blocks}."


def find_blocks(name: str) -> set[str]:
    """Return the names of all blocks of template `name` and of the templates it extends.

    Raises:
        TemplateDoesNotExist: one of them is missing.
        TemplateSyntaxError: one of them does not compile.
    """
    nodes = (node for template in _lineage(name) for node in template.nodelist.get_nodes_by_type(BlockNode))
    return {node.name for node in nodes if isinstance(node, BlockNode)}


def _lineage(name: str) -> Iterator[Template]:
    parent: Any = name
    while isinstance(parent, str):
        template = get_template(parent).template  # type: ignore[attr-defined]  # Django's own backend is required
        yield template
        extends = next(iter(template.nodelist.get_nodes_by_type(ExtendsNode)), None)
        # A parent computed at run time cannot be known here; its blocks are not asked for.
        parent = extends.parent_name.var if extends is not None else None


@register("webnet")
def check_base_template(**_: Any) -> list[CheckMessage]:
    """Report a base template that pages could not extend."""
    name = base_template(ui_settings())
    hint = _ADAPTER.format(blocks=", ".join(NEEDED))
    try:
        missing = [block for block in NEEDED if block not in find_blocks(name)]
    except TemplateDoesNotExist as error:
        return [Error(f"webnet's pages extend {name}, and {error} does not exist.", hint=hint, id="webnet.E011")]
    except TemplateSyntaxError as error:
        return [Error(f"webnet's pages extend {name}, which does not compile: {error}", hint=hint, id="webnet.E011")]
    if missing:
        lacks = f"webnet's pages extend {name}, which has no block {', '.join(missing)}."
        return [Error(lacks, hint=hint, id="webnet.E011")]
    return []


@register("webnet")
def check_single_htmx(**_: Any) -> list[CheckMessage]:
    """Warn where two htmx on one page, which send every request twice, are likely."""
    ui = ui_settings()
    if ui.MODE == "embedded" and ui.HTMX != "host" and apps.is_installed("django_htmx"):
        return [
            checks.Warning(
                "django-htmx is installed and webnet loads its own htmx into the host's pages.",
                hint='If your base template loads htmx, set WEBNET["UI"]["HTMX"] = "host": two of them send every '
                "request twice.",
                id="webnet.W011",
            )
        ]
    return []
