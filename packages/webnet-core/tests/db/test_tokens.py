"""Tokens under fire: two refreshes at the same moment, and the ends that no token survives."""

from __future__ import annotations

import pytest
from tests.db.processes import run_forked

from webnet_core.access import tokens
from webnet_core.access.models import RefreshFamily
from webnet_core.audit.models import AuditEvent
from webnet_core.testing.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_refreshes_that_race_one_wins_and_the_login_is_over_for_both() -> None:
    user = make_user(password="correct horse battery staple")
    for _ in range(3):
        pair = tokens.start_family(user)

        def refresh(token: str = pair.refresh) -> str:
            try:
                return tokens.rotate(token).access
            except tokens.TokenRefused:
                return ""

        access = [token for token in run_forked([refresh, refresh]) if token]
        assert len(access) <= 1
        family = RefreshFamily.objects.latest("pk")
        assert family.revoked_reason == "reused"
        for token in [*access, pair.access]:
            with pytest.raises(tokens.TokenRefused):
                tokens.family_of(token)
    assert AuditEvent.objects.filter(action="auth.refresh_reused").count() == 3
