"""People, customers and devices for the pages, and a way in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from webnet_core.access.roles import Role
from webnet_core.testing.factories import make_customer, make_device, make_site, make_user


@pytest.fixture
def world(db):
    """Two customers; a viewer, an operator and a stranger; one device of each customer."""
    ours, theirs = make_customer("Ours"), make_customer("Theirs")
    site = make_site(ours, name="London")
    return SimpleNamespace(
        ours=ours,
        theirs=theirs,
        site=site,
        viewer=make_user("viewer", role=Role.VIEWER, customer=ours),
        operator=make_user("operator", role=Role.OPERATOR, customer=ours),
        stranger=make_user("stranger", role=Role.ADMIN, customer=theirs),
        chief=make_user("chief", role=Role.ADMIN),
        device=make_device(ours, hostname="lon-core-1", mgmt_ip="10.1.2.3", site=site, role="core"),
        foreign=make_device(theirs, hostname="par-core-1", mgmt_ip="10.9.9.9"),
    )


@pytest.fixture
def login(client):
    """Sign somebody in and give the client."""

    def enter(user):
        client.force_login(user)
        return client

    return enter
