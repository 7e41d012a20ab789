"""What every list has: a table built from a query string, its page, and cells drawn by the components."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.template import Context, Template

from webnet_core.paging import part_of
from webnet_ui.elements.pages import PAGE_SIZES
from webnet_ui.elements.rows import LOADED


class Cell(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """A column whose cells are written as template source, compiled once; it knows `record`."""

    empty_values = ()

    def __init__(self, source: str, **options: Any) -> None:
        super().__init__(**options)
        self.source = source

    @cached_property
    def _template(self) -> Template:
        return Template(LOADED + self.source)

    def render(self, record: Any) -> str:
        """Return the cell's content, for django-tables2; `wn_table` draws whole rows."""
        return self._template.render(Context({"record": record}))


class DeepPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Pages of a table's rows, of which the last ones cost what the first do."""

    def page(self, number: Any) -> Page[Any]:
        """Return a page; see `webnet_core.paging.part_of`."""
        number = self.validate_number(number)
        rows: Any = self.object_list
        part = part_of(rows.data.data, (number - 1) * self.per_page, self.per_page, self.count)
        return Page(type(rows)(data=part, table=rows.table, pinned_data=rows.pinned_data), number, self)


def show(table: Any, request: HttpRequest) -> Page[Any]:
    """Sort and page `table` as the query string asks and return its page; nonsense gives the first."""
    size = request.GET.get("per_page", "")
    per_page = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
    paginate: dict[str, Any] = {"per_page": per_page, "silent": True}
    if isinstance(table.data.data, QuerySet):
        paginate["paginator_class"] = DeepPaginator
    tables.RequestConfig(request, paginate=paginate).configure(table)
    page: Page[Any] = table.page
    return page


def tidy_query(query: QueryDict) -> str:
    """Return a query string without blank values and internal keys: what a page's address shows."""
    kept = QueryDict(mutable=True)
    for key, values in query.lists():
        if not key.startswith("_"):
            kept.setlist(key, [value for value in values if value])
    return kept.urlencode()
