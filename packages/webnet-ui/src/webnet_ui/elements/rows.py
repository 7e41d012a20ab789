"""Drawing the rows of a table: by one template for all its cells, for fifty rows have five hundred."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.template import Context, Template
from django.utils.html import format_html
from django.utils.safestring import SafeString

LOADED = "{% load l10n webnet %}"
# Under this name the context of a table's rows keeps what was drawn once and looks the same in other rows.
DRAWN = "wn_drawn"


def draw_rows(table: Any) -> Iterator[tuple[SafeString, SafeString]]:
    """Yield the attributes and the cells of each row of this page.

    A column with a `source` is that piece of a template, which knows `record`; any other draws its own value.
    """
    columns = list(table.columns)
    template = _compiled("".join(_cell(column, number) for number, column in enumerate(columns)))
    valued = [(f"c{number}", column.name) for number, column in enumerate(columns) if not _source(column)]
    context = Context({DRAWN: {}})
    for row in table.paginated_rows:
        with context.push(record=row.record, values={key: row.get_cell(name) for key, name in valued}):
            yield row.attrs.as_html(), template.render(context)


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    return Template(LOADED + source)


def _source(column: Any) -> str:
    return str(getattr(column.column, "source", ""))


def _cell(column: Any, number: int) -> str:
    content = _source(column) or f"{{{{ values.c{number} }}}}"
    part = str(column.attrs["td"].get("data-cell", ""))
    if part == "title":
        return f'<th scope="row" role="rowheader" data-cell="title">{content}</th>'
    return format_html('<td role="cell"{}>', format_html(' data-cell="{}"', part) if part else "") + content + "</td>"
