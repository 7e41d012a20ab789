"""The frame of a page: navigation, sign-in, fragments, both modes."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.generic import TemplateView

from webnet_core.plugins.items import NavItem, Section, Viewer
from webnet_ui.shell.navigation import build_navigation
from webnet_ui.shell.responses import is_fragment_request, refresh, toast
from webnet_ui.shell.views import FragmentMixin, PageView

VIEWER = Viewer(user=AnonymousUser(), customer_ids=frozenset())


def item(key: str, **changes) -> NavItem:
    fields = {"label": key.title(), "route": "webnet:login", "section": Section.INVENTORY, "icon": "router"}
    return NavItem(key=key, **{**fields, **changes})


def draw(items, path="/netops/login/", allowed=lambda _action: True):
    return build_navigation(items, VIEWER, path, allowed)


class TestNavigation:
    def test_sections_keep_their_order_and_entries_their_weight(self):
        sections = draw([
            item("b", section=Section.PLATFORM),
            item("late", weight=900),
            item("early", weight=100),
        ])  # fmt: skip
        assert [section.key for section in sections] == ["inventory", "platform"]
        assert [link.key for link in sections[0].links] == ["early", "late"]

    def test_what_the_viewer_may_not_see_is_not_there(self):
        assert draw([item("secret", permission="audit.view")], allowed=lambda action: action != "audit.view") == ()

    def test_what_is_not_mounted_is_not_there(self):
        assert draw([item("gone", route="webnet:nowhere")]) == ()

    def test_only_the_closest_entry_is_current(self):
        (section,) = draw(
            [item("guide", route="webnet:styleguide"), item("page", route="webnet:styleguide-page")],
            path="/netops/__styleguide__/page/7/",
        )
        assert {link.key: link.current for link in section.links} == {"guide": False, "page": True}

    def test_an_entry_is_not_current_for_a_path_that_merely_begins_alike(self):
        (section,) = draw([item("login")], path="/netops/login-help/")
        assert not section.links[0].current

    def test_a_badge_that_fails_takes_nothing_down(self, caplog):
        def broken(_viewer):
            message = "no table"
            raise RuntimeError(message)

        (section,) = draw([item("jobs", badge=broken), item("ok", badge=lambda _viewer: 2)])
        assert [link.badge for link in section.links] == [None, 2]
        assert "jobs" in caplog.text

    def test_an_icon_that_does_not_exist_becomes_a_dot(self):
        (section,) = draw([item("a", icon="no-such-icon")])
        assert section.links[0].icon == "dot"


class _Page(PageView, TemplateView):
    template_name = "webnet_ui/page.html"
    title = "Devices"
    parts = {"": "webnet_ui/_messages.html", "table": "webnet_ui/_messages.html"}


class _Open(FragmentMixin, TemplateView):
    template_name = "webnet_ui/page.html"
    parts = {"table": "webnet_ui/_messages.html"}


def get(view, path="/netops/devices/", user=None, **headers):
    request = RequestFactory().get(path, headers=headers)
    request.user = user or AnonymousUser()
    return view.as_view()(request)


class TestSignIn:
    def test_a_stranger_is_sent_to_the_login_page(self):
        response = get(_Page, "/netops/devices/?q=lon")
        assert response.status_code == 302
        assert response.url == "/netops/login/?next=/netops/devices/%3Fq%3Dlon"

    def test_htmx_is_told_to_leave_as_a_whole(self):
        response = get(_Page, **{"HX-Request": "true"})
        assert response.status_code == 200
        assert response.headers["HX-Redirect"].startswith("/netops/login/")

    def test_inside_a_host_its_own_login_is_used(self, settings):
        settings.WEBNET = {"UI": {"MODE": "embedded", "BASE_TEMPLATE": "webnet_ui/base_standalone.html"}}
        settings.LOGIN_URL = "/accounts/login/"
        assert get(_Page).url.startswith("/accounts/login/?")

    def test_inside_a_host_our_login_page_is_not_there(self, client, settings):
        settings.WEBNET = {"UI": {"MODE": "embedded"}}
        assert client.get("/netops/login/").status_code == 404

    @pytest.mark.django_db
    def test_a_wrong_password_and_an_unknown_name_read_alike(self, client, django_user_model):
        django_user_model.objects.create_user(username="ana", password="right")
        pages = [
            client.post("/netops/login/", {"username": name, "password": "wrong"}).content.decode()
            for name in ("ana", "nobody")
        ]
        assert all("do not match an active account" in page for page in pages)

    @pytest.mark.django_db
    def test_signing_in_follows_only_a_target_of_this_site(self, client, django_user_model):
        django_user_model.objects.create_user(username="ana", password="right")
        sent = {"username": "ana", "password": "right", "next": "https://elsewhere.example/"}
        response = client.post("/netops/login/", sent)
        assert response.status_code == 302
        assert "elsewhere" not in response.url

    @pytest.mark.django_db
    def test_signing_out_needs_a_post(self, client, django_user_model):
        client.force_login(django_user_model.objects.create_user(username="ana"))
        assert client.get("/netops/logout/").status_code == 405
        assert client.post("/netops/logout/").url == "/netops/login/"


class TestFragments:
    def test_a_browser_gets_the_page_and_htmx_the_part(self):
        assert get(_Open).template_name == ["webnet_ui/page.html"]
        part = get(_Open, "/?_part=table", **{"HX-Request": "true"})
        assert part.template_name == ["webnet_ui/_messages.html"]

    def test_a_restored_history_gets_the_page(self):
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert get(_Open, "/?_part=table", **headers).template_name == ["webnet_ui/page.html"]

    def test_no_cache_may_mix_them_up(self):
        whole, part = get(_Open), get(_Open, "/?_part=table", **{"HX-Request": "true"})
        assert "HX-Request" in whole.headers["Vary"]
        assert "HX-Request" in part.headers["Vary"]
        assert part.headers["Cache-Control"] == "no-store"
        assert "Cache-Control" not in whole.headers

    def test_a_part_nobody_named_is_the_page(self):
        assert get(_Open, "/?_part=../secret", **{"HX-Request": "true"}).template_name == ["webnet_ui/page.html"]

    def test_signals_add_up(self):
        response = refresh(toast(HttpResponse(), "Saved"), "host-grid")
        assert json.loads(response.headers["HX-Trigger"]) == {
            "webnet:toast": {"text": "Saved", "kind": "ok"},
            "webnet:refresh": {"part": "host-grid"},
        }

    def test_django_htmx_is_not_needed_to_tell(self):
        assert is_fragment_request(RequestFactory().get("/", headers={"HX-Request": "true"}))
        assert not is_fragment_request(RequestFactory().get("/"))


HOST = """<!doctype html><html><head><title>{% block title %}Intranet{% endblock %}</title>
{% block extra_head %}{% endblock %}</head><body><main>{% block content %}{% endblock %}</main></body></html>"""
ADAPTER = """{% extends "base.html" %}
{% block title %}{% block wn_title %}{% endblock %}{% endblock %}
{% block extra_head %}{{ block.super }}{% block wn_head %}{% endblock %}{% endblock %}
{% block content %}{% block wn_root %}{% endblock %}{% endblock %}"""


@pytest.fixture
def host(settings, tmp_path):
    (tmp_path / "base.html").write_text(HOST, encoding="utf-8")
    (tmp_path / "webnet_ui").mkdir()
    (tmp_path / "webnet_ui" / "host_base.html").write_text(ADAPTER, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.WEBNET = {"UI": {"MODE": "embedded", "STYLEGUIDE": True, "HTMX": "host"}}


class TestModes:
    def test_standalone_owns_the_whole_page(self, client):
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert html.startswith("<!doctype html>")
        assert '<body class="wn-root"' in html
        assert html.count('class="wn-root"') == 1

    def test_embedded_stands_inside_the_hosts_page(self, client, host):
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert "<title>Devices</title>" in html
        assert html.count("<main") == 1
        assert html.index("<main>") < html.index('<div class="wn-root"')
        assert "webnet_ui/webnet.css" in html

    def test_embedded_leaves_brand_theme_and_user_to_the_host(self, client, host):
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert "wn-nav-brand" not in html
        assert "wn-theme-menu" not in html

    def test_the_hosts_htmx_is_the_only_one(self, client, host):
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert "vendor/htmx" not in html
        assert "htmx-config" not in html

    @pytest.mark.parametrize(("choice", "version"), [("bundled", "4.0.1"), ("bundled2", "2.0.11")])
    def test_one_htmx_is_loaded(self, client, settings, choice, version):
        settings.WEBNET = {"UI": {"STYLEGUIDE": True, "HTMX": choice}}
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert html.count("vendor/htmx-") == 1
        assert f"vendor/htmx-{version}.min.js" in html

    def test_looks_chosen_before_arrive_with_the_page(self, client):
        client.cookies["wn-theme"], client.cookies["wn-nav"] = "dark", "icons"
        html = client.get("/netops/__styleguide__/page/").content.decode()
        assert 'data-wn-theme="dark"' in html
        assert 'data-wn-nav="icons"' in html
        assert '<meta name="color-scheme" content="dark">' in html

    def test_a_made_up_theme_is_ignored(self, client):
        client.cookies["wn-theme"] = '"><script>'
        assert 'data-wn-theme="auto"' in client.get("/netops/__styleguide__/page/").content.decode()

    def test_the_style_guide_is_not_served_in_production(self, client, settings):
        settings.WEBNET = {}
        assert client.get("/netops/__styleguide__/").status_code == 404

    def test_every_public_block_is_there(self):
        from django.template.loader import get_template
        from django.template.loader_tags import BlockNode

        nodes = get_template("webnet_ui/page.html").template.nodelist.get_nodes_by_type(BlockNode)
        promised = {
            "wn_title", "wn_head", "wn_page_head", "wn_root", "wn_page_header", "wn_page_title", "wn_page_status",
            "wn_page_subtitle", "wn_page_actions", "wn_page_tabs", "wn_page_body", "wn_page_aside",
        }  # fmt: skip
        assert {node.name for node in nodes} == promised
