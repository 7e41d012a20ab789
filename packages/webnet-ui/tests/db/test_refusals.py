"""What stands in place of a page that is not there, or not for whoever asks."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from webnet_core.access.roles import ACTIONS
from webnet_ui.shell.refusals import needed

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    """The page without what is made anew for each."""
    return re.sub(
        r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|/devices/\d+/', "", response.content.decode()
    )


def test_a_device_of_somebody_else_is_answered_like_one_that_never_was(login, world):
    client = login(world.viewer)
    hidden = client.get(reverse("webnet:device-detail", args=[world.foreign.pk]))
    missing = client.get(reverse("webnet:device-detail", args=[999999]))
    assert hidden.status_code == missing.status_code == 404
    assert text_of(hidden) == text_of(missing)
    page = hidden.content.decode()
    assert page.count("<h1") == 1
    assert "Nothing is at this address" in page
    assert reverse("webnet:device-list") in page
    assert "wn-shell" in page


def test_a_page_that_is_not_for_a_role_names_the_permission_and_the_role_that_has_it(login, world):
    refused = login(world.viewer).get(reverse("webnet:run"))
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "needs the permission jobs.run, which the role Operator has" in page
    assert "Find a device" in page


def test_who_has_no_role_is_led_nowhere_else(login, db):
    refused = login(get_user_model().objects.create_user("nobody")).get(reverse("webnet:dashboard"))
    assert refused.status_code == 403
    assert "Find a device" not in refused.content.decode()


def test_htmx_is_given_no_page_to_put_into_another(login, world):
    client = login(world.viewer)
    part = client.get(reverse("webnet:device-detail", args=[world.foreign.pk]), headers=HTMX)
    assert part.status_code == 404
    assert "wn-shell" not in part.content.decode()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("audit.view", "which the role Admin has."),
        ("users.edit", "which the role Admin for all customers has."),
        ("acme.own", "This page needs the permission acme.own."),
    ],
)
def test_the_sentence_fits_the_permission(action, words):
    assert needed(action).endswith(words)
    assert (action in ACTIONS) is ("which" in words)
