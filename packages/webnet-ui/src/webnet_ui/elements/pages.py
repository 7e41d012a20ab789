"""Links of a paged, sorted, filtered list: the whole state stands in the query string."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict

PAGE_SIZES = (25, 50, 100, 250)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLink:
    """One entry of the pager; `url` is empty for the current page and for a gap."""

    label: str
    url: str = ""
    current: bool = False


def replace_query(request: HttpRequest, **changes: Any) -> str:
    """Return the request's query string with `changes` applied; None removes a key. Internal keys are dropped."""
    query: QueryDict = request.GET.copy()
    for key in [key for key in query if key.startswith("_")]:
        del query[key]
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


def remove_query_value(request: HttpRequest, key: str, value: str) -> str:
    """Return the query string without this one value of `key`, on the first page: what a filter chip links to."""
    query: QueryDict = request.GET.copy()
    query.setlist(key, [kept for kept in query.getlist(key) if kept != value])
    query.pop("page", None)
    return f"?{query.urlencode()}"


def page_links(request: HttpRequest, page: Page[Any], parameter: str = "page") -> list[PageLink]:
    """Return the pager's numbered links, elided in the middle."""
    numbers: Iterable[int | str] = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links: list[PageLink] = []
    for number in numbers:
        if isinstance(number, int):
            current = number == page.number
            url = "" if current else replace_query(request, **{parameter: number})
            links.append(PageLink(label=str(number), url=url, current=current))
        else:
            links.append(PageLink(label="…"))
    return links
