"""The frame of an object's pages: found within the viewer's customers, with its own tabs and the registered ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.plugins.items import Panel, Tab, Viewer
from webnet_ui.items import badge_of, draw, panels_on, tabs_on
from webnet_ui.shell.context import viewer_of
from webnet_ui.shell.views import PageView


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTab:
    """One tab as drawn."""

    label: str
    url: str
    active: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePanel:
    """One registered panel as drawn; without `content` the page fetches it from `url`."""

    key: str
    label: str
    content: str
    url: str = ""


class ObjectPageView(PageView, TemplateView, ABC):
    """Base of pages about one object. `own_tabs` maps the URL's last part to a label, the overview's being ""."""

    own_tabs: ClassVar[Mapping[str, str]] = {"": "Overview"}
    tab: ClassVar[str] = ""

    @abstractmethod
    def get_rows(self) -> ScopedQuerySet[Any]:
        """Return the rows that the user may see."""

    @abstractmethod
    def tab_url(self, slug: str) -> str:
        """Return where a tab of this object is."""

    @cached_property
    def viewer(self) -> Viewer:
        """Who looks."""
        return viewer_of(self.request)

    @cached_property
    def object(self) -> Any:
        """The object of the URL; anything the user may not see is 404."""
        return get_object_or_404(self.get_rows(), pk=self.kwargs["pk"])

    @cached_property
    def registered_tabs(self) -> Mapping[str, Tab]:
        """Tabs that packages and plugins bring, by the last part of their URL."""
        return tabs_on(self.viewer, self.object, tuple(self.own_tabs))

    def get_active_tab(self) -> str:
        """Return the last part of this tab's URL."""
        return self.tab

    def get_tabs(self) -> list[PageTab]:
        """Return all tabs: overview, the registered ones, then the object's other pages."""
        active = self.get_active_tab()
        own = [
            PageTab(label=label, url=self.tab_url(slug), active=slug == active) for slug, label in self.own_tabs.items()
        ]
        brought = [
            PageTab(
                label=item.label,
                url=self.tab_url(slug),
                active=slug == active,
                count=badge_of(item, self.viewer, self.object),
            )
            for slug, item in self.registered_tabs.items()
        ]
        return [*own[:1], *brought, *own[1:]]

    def get_panels(self, slot: str) -> list[PagePanel]:
        """Return the registered panels of one slot; lazy ones come later, unless ``?panels=all`` asks for all."""
        at_once = self.request.GET.get("panels") == "all"
        panels = [item for item in panels_on(self.viewer, self.object) if item.slot == slot]
        return [self._draw(item, later=item.lazy and not at_once) for item in panels]

    def get_panel(self, key: str) -> PagePanel | None:
        """Return one panel with its content; none where the viewer has none of that key."""
        found: Sequence[Panel] = [item for item in panels_on(self.viewer, self.object) if item.key == key]
        return self._draw(found[0], later=False) if found else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `object` and `tabs`."""
        return super().get_context_data(object=self.object, tabs=self.get_tabs(), **kwargs)

    def _draw(self, item: Panel, *, later: bool) -> PagePanel:
        if later:
            return PagePanel(key=item.key, label=item.label, content="", url=f"{self.tab_url('')}?_part=panel")
        return PagePanel(key=item.key, label=item.label, content=draw(item, self.request, self.viewer, self.object))
