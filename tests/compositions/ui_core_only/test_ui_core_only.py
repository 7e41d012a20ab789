"""Pages over core alone: nothing of what is missing leaves a trace, and live pages poll."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from webnet_core.plugins.items import Tab
from webnet_core.plugins.registry import registry


@pytest.mark.django_db
def test_people_sign_in_on_webnets_own_page(client: Client):
    page = client.get(reverse("webnet:login"))
    assert page.status_code == 200
    assert b'name="password"' in page.content


def test_no_package_that_is_missing_has_a_tab():
    assert [tab.key for tab in registry("ui").of(Tab)] == []
