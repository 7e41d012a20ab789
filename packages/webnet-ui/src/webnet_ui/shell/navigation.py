"""The navigation of one viewer, built from registered entries."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from webnet_core.plugins.items import NavItem, Section, Viewer
from webnet_ui.elements.rendering import icon_names

logger = logging.getLogger(__name__)

SECTION_LABELS: dict[Section, str] = {
    Section.HOME: "",
    Section.INVENTORY: "Inventory",
    Section.AUTOMATE: "Automate",
    Section.CONFIG: "Config",
    Section.COMPLIANCE: "Compliance",
    Section.PLATFORM: "Platform",
}
FALLBACK_ICON = "dot"


@dataclass(frozen=True, kw_only=True, slots=True)
class NavLink:
    """One entry as drawn."""

    key: str
    label: str
    url: str
    icon: str
    current: bool
    badge: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NavSection:
    """A titled group of links; the home section has no label."""

    key: str
    label: str
    links: Sequence[NavLink]


def reverse_or_empty(route: str) -> str:
    """Return the URL of `route`, or nothing where the host does not mount it."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def build_navigation(
    items: Iterable[NavItem], viewer: Viewer, path: str, allowed: Callable[[str], bool]
) -> tuple[NavSection, ...]:
    """Return the sections that `viewer` sees, in their fixed order, entries by (weight, key).

    An entry vanishes when `allowed` refuses its permission or its route is not mounted. The entry with the longest URL
    that `path` starts with is the current one.
    """
    visible = [
        (item, url)
        for item in sorted(items, key=lambda item: (item.weight, item.key))
        if allowed(item.permission) and (url := reverse_or_empty(item.route))
    ]
    current = _find_current(visible, path)
    sections = []
    for section, label in SECTION_LABELS.items():
        links = [_draw(item, url, viewer, item.key == current) for item, url in visible if item.section == section]
        if links:
            sections.append(NavSection(key=section.value, label=label, links=tuple(links)))
    return tuple(sections)


def _find_current(visible: Sequence[tuple[NavItem, str]], path: str) -> str:
    """Return the key of the first entry with the longest URL above `path`; empty where none is."""
    above = [(item, url) for item, url in visible if _is_under(path, url)]
    return max(above, key=lambda entry: len(entry[1]))[0].key if above else ""


def _is_under(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")


def _draw(item: NavItem, url: str, viewer: Viewer, current: bool) -> NavLink:  # noqa: FBT001 - a private of this module
    icon = item.icon if item.icon in icon_names() else FALLBACK_ICON
    return NavLink(key=item.key, label=item.label, url=url, icon=icon, current=current, badge=_count(item, viewer))


def _count(item: NavItem, viewer: Viewer) -> int | None:
    if item.badge is None:
        return None
    try:
        return item.badge(viewer)
    except Exception:  # a plugin's badge must not take the page down
        logger.exception("The badge of navigation entry %s failed", item.key)
        return None
