"""Parts of long lists: the last page costs what the first does."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
_DEEP = 500


def part_of(rows: models.QuerySet[M], start: int, length: int, count: int) -> models.QuerySet[M]:
    """Return the rows from `start` on, at most `length` of them.

    Beyond the middle they are counted from the end, and deep in a list only the index is walked to find them; so it is
    where the rows are ordered by their key at last, for then no two are equal and both ways lead to the same rows.

    Arguments:
        count: how many `rows` has.
    """
    stop = min(start + length, count)
    if start >= stop:
        return rows.none()
    if start < _DEEP or not _is_total(rows.query.order_by):
        return rows[start:stop]
    keys = rows.reverse()[count - stop : count - start] if start > count // 2 else rows[start:stop]
    return rows.filter(pk__in=keys.values("pk"))


def _is_total(order: Any) -> bool:
    return bool(order) and isinstance(order[-1], str) and order[-1].removeprefix("-") in {"pk", "id"}
