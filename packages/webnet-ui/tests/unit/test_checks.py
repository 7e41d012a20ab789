"""What `manage.py check` says about the interface."""

from __future__ import annotations

import pytest

from webnet_ui.checks import check_base_template, check_single_htmx

HOST = "{% block title %}{% endblock %}{% block head %}{% endblock %}{% block content %}{% endblock %}"
WHOLE = (
    '{% extends "base.html" %}{% block title %}{% block wn_title %}{% endblock %}{% endblock %}'
    "{% block head %}{{ block.super }}{% block wn_head %}{% endblock %}{% endblock %}"
    "{% block content %}{% block wn_root %}{% endblock %}{% endblock %}"
)


@pytest.fixture
def adapter(settings, tmp_path):
    def write(text):
        (tmp_path / "base.html").write_text(HOST, encoding="utf-8")
        (tmp_path / "webnet_base.html").write_text(text, encoding="utf-8")
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
        settings.WEBNET = {"UI": {"MODE": "embedded", "BASE_TEMPLATE": "webnet_base.html"}}

    return write


def test_our_own_base_is_fine():
    assert check_base_template() == []


def test_a_whole_adapter_is_fine(adapter):
    adapter(WHOLE)
    assert check_base_template() == []


def test_a_block_that_is_missing_is_named(adapter):
    adapter(WHOLE.replace("wn_head", "something_else"))
    (error,) = check_base_template()
    assert error.id == "webnet.E011"
    assert "no block wn_head" in error.msg


def test_a_parent_that_is_missing_is_named(adapter):
    adapter('{% extends "nowhere.html" %}')
    (error,) = check_base_template()
    assert "nowhere.html" in error.msg


def test_an_adapter_that_does_not_compile_says_why(adapter):
    adapter("{% block wn_root %}")
    (error,) = check_base_template()
    assert "does not compile" in error.msg


def test_embedded_without_an_adapter_is_an_error(settings):
    settings.WEBNET = {"UI": {"MODE": "embedded"}}
    (error,) = check_base_template()
    assert "webnet_ui/host_base.html" in error.msg


def test_a_second_htmx_is_warned_of_only_where_it_is_likely(settings):
    settings.WEBNET = {"UI": {"MODE": "embedded"}}
    assert check_single_htmx() == []
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_htmx"]
    (warning,) = check_single_htmx()
    assert warning.id == "webnet.W011"
    settings.WEBNET = {"UI": {"MODE": "embedded", "HTMX": "host"}}
    assert check_single_htmx() == []
