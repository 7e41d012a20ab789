"""What plugins add to pages: in order, for those who may see it, and harmless when it fails."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.db import plugin

FAILED = "could not be shown"


@pytest.fixture
def device_url(world):
    return reverse("webnet:device-detail", args=[world.device.pk])


def tabs_in(response):
    return [(tab.label, tab.count) for tab in response.context["tabs"]]


class TestOrderAndPermission:
    @pytest.fixture(autouse=True)
    def _plugin(self, webnet_plugins):
        webnet_plugins.load(acme=plugin.Good())

    def test_tabs_stand_between_overview_and_jobs_by_weight(self, login, world, device_url):
        response = login(world.viewer).get(device_url)
        assert tabs_in(response) == [("Overview", None), ("Slots", 7), ("Other jobs", None), ("Jobs", None)]

    def test_a_tab_has_its_own_url_and_is_the_current_one_there(self, login, world, device_url):
        response = login(world.viewer).get(f"{device_url}slots/")
        assert [tab.label for tab in response.context["tabs"] if tab.active] == ["Slots"]
        assert "slots here" in response.content.decode()

    def test_a_tab_cannot_take_the_url_of_a_page_of_the_device(self, login, world, device_url):
        client = login(world.viewer)
        assert "other jobs here" not in client.get(f"{device_url}jobs/").content.decode()
        assert "other jobs here" in client.get(f"{device_url}acme-jobs/").content.decode()

    @pytest.mark.parametrize("slug", ["secret", "site", "no-such"])
    def test_a_tab_that_is_not_the_viewers_or_not_of_devices_is_not_found(self, login, world, device_url, slug):
        assert login(world.viewer).get(f"{device_url}{slug}/").status_code == 404

    def test_a_tab_shows_for_the_role_it_asks_for(self, login, world, device_url):
        assert login(world.operator).get(f"{device_url}secret/").status_code == 200

    def test_panels_stand_in_their_slots_and_hidden_ones_nowhere(self, login, world, device_url):
        response = login(world.viewer).get(device_url)
        assert [panel.key for panel in response.context["main_panels"]] == ["acme.fans", "acme.later"]
        assert [panel.key for panel in response.context["aside_panels"]] == ["acme.power"]
        assert "all turn" in response.content.decode()

    def test_a_lazy_panel_is_fetched_from_the_pages_own_url(self, login, world, device_url):
        client = login(world.viewer)
        page = client.get(device_url).content.decode()
        assert "came later" not in page
        assert f'hx-get="{device_url}?_part=panel&amp;panel=acme.later"' in page
        part = client.get(f"{device_url}?_part=panel&panel=acme.later", headers={"HX-Request": "true"})
        assert part.content.decode().strip() == "<p>came later</p>"
        assert "HX-Request" in part.headers["Vary"]

    def test_without_script_lazy_panels_come_with_the_page(self, login, world, device_url):
        assert "came later" in login(world.viewer).get(f"{device_url}?panels=all").content.decode()

    @pytest.mark.parametrize("key", ["acme.hidden", "no.such", ""])
    def test_a_panel_that_is_not_the_viewers_cannot_be_fetched(self, login, world, device_url, key):
        url = f"{device_url}?_part=panel&panel={key}"
        assert login(world.viewer).get(url, headers={"HX-Request": "true"}).status_code == 404

    def test_widgets_stand_on_the_dashboard_by_weight(self, login, world):
        response = login(world.viewer).get(reverse("webnet:dashboard"))
        assert [widget["label"] for widget in response.context["widgets"]] == ["Ale", "Wine"]


class TestFailure:
    @pytest.fixture(autouse=True)
    def _plugin(self, webnet_plugins):
        webnet_plugins.load(rusty=plugin.Broken())

    def test_a_broken_panel_is_a_card_that_names_its_plugin(self, login, world, device_url, caplog):
        response = login(world.viewer).get(device_url)
        page = response.content.decode()
        assert response.status_code == 200
        assert page.count(FAILED) == 3
        assert "rusty" in page
        assert "the plugin&#x27;s own bug" not in page
        assert "bad.panel" in caplog.text

    def test_a_broken_query_leaves_the_page_its_transaction(self, login, world, device_url):
        page = login(world.viewer).get(device_url).content.decode()
        assert "Bad query could not be shown" in page
        assert "Host keys" in page

    def test_a_broken_tab_keeps_the_devices_frame(self, login, world, device_url):
        response = login(world.viewer).get(f"{device_url}tab/")
        assert response.status_code == 200
        assert "Bad tab could not be shown" in response.content.decode()
        assert ("Bad tab", None) in tabs_in(response)

    def test_a_broken_widget_is_a_card_on_the_dashboard(self, login, world):
        page = login(world.viewer).get(reverse("webnet:dashboard")).content.decode()
        assert "Bad widget could not be shown" in page
        assert "lon-core-1" not in page

    def test_an_item_that_asks_for_an_unknown_right_is_hidden_and_logged(self, login, world, device_url, caplog):
        assert "Bad right" not in login(world.viewer).get(device_url).content.decode()
        assert "no.such.right" in caplog.text
