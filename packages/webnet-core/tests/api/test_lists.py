"""Every list: what it can be asked, that it answers to that and to nothing else, and that its pages never overlap."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.api.routes import TABLE, ids_in, mounted

from webnet_core.api.fields import PageQuery
from webnet_core.testing.factories import make_credential, make_site

API = "/api/v1"
PATHS = {row.name: row.path for row in TABLE if row.method == "get"}
LISTS = {
    route.name: query
    for route in mounted()
    if route.method == "get" and not route.name.endswith("-detail")
    for action in ("list", "get")
    if (query := route.view.queries.get(action)) is not None and "limit" in query().fields
}
ARRANGED = {name: query for name, query in LISTS.items() if issubclass(query, PageQuery) and query.ordered}


def path_of(world, name):
    job = world.job() if "{job}" in PATHS[name] else None
    return f"{API}/{PATHS[name].format(**ids_in(world, job))}"


def test_lists_that_grow_can_be_ordered_and_searched():
    assert {"api-sites-list", "api-users-list", "api-jobs-list", "api-credentials-list", "api-groups-list"} <= set(
        ARRANGED
    )
    assert "ordering" in LISTS["api-devices-list"]().fields


@pytest.mark.parametrize("name", sorted(ARRANGED))
def test_each_order_is_kept_and_any_other_is_refused(world, name):
    client, path = world.client("boss"), path_of(world, name)
    for column in ARRANGED[name].ordered:
        up, down = (client.get(path, {"ordering": sign + column}) for sign in ("", "-"))
        assert (up.status_code, down.status_code) == (200, 200), column
        ids = [row["id"] for row in up.json()["results"]]
        assert [row["id"] for row in down.json()["results"]] == ids[::-1], column
    for odd in ("colour", "--id", "customer__name", "password", "-"):
        refused = client.get(path, {"ordering": odd})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "ordering"), odd


@pytest.mark.parametrize("name", sorted(name for name, query in ARRANGED.items() if query.searched))
def test_a_search_finds_a_part_in_any_case_and_nothing_else(world, name):
    client, path = world.client("boss"), path_of(world, name)
    assert client.get(path, {"search": "no such name anywhere"}).json()["results"] == []
    whole = client.get(path).json()["results"]
    if whole:
        column = next(iter(ARRANGED[name].ordered))
        wanted = str(whole[0][column])
        found = client.get(path, {"search": wanted.swapcase()[1:]}).json()["results"]
        assert whole[0]["id"] in [row["id"] for row in found]


def test_pages_of_equal_names_neither_overlap_nor_leave_out(world):
    for customer in (world.ours, world.theirs):
        make_site(customer, name="Same")
        make_credential(customer, name="same")
    client = world.client("boss")
    for kind in ("sites", "credentials"):
        seen, following = [], f"{API}/{kind}/?ordering=name&limit=1"
        for _ in range(10):
            page = client.get(following).json()
            seen += [row["id"] for row in page["results"]]
            following = page["next"]
            if following is None:
                break
        assert len(seen) == len(set(seen)) == client.get(f"{API}/{kind}/").json()["count"]


@pytest.mark.parametrize("name", sorted(LISTS))
def test_no_list_gives_more_than_its_cap_or_takes_an_unknown_filter(world, name):
    client, path = world.client("boss"), path_of(world, name)
    huge = client.get(path, {"limit": 10**6})
    assert huge.status_code == 400 or len(huge.json().get("results", huge.json().get("events", []))) <= 1000
    refused = client.get(path, {"colour": "blue"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_filter")


def test_links_of_a_page_keep_what_was_asked(world):
    page = world.client("boss").get(
        reverse("webnet:api-jobs-list"), {"limit": 1, "ordering": "id", "type": "talker.ask"}
    )
    assert page.json()["next"] is None
    for _ in range(2):
        world.job()
    following = world.client("boss").get(f"{API}/jobs/?limit=1&ordering=id&type=talker.ask").json()["next"]
    assert all(part in following for part in ("limit=1", "offset=1", "ordering=id", "type=talker.ask"))
