"""allauth's second factors behind webnet's own doors: the login page and the REST interface."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class AllauthSecondFactor:
    """Asks everybody who has set up an authenticator of any kind.

    A code of the app or of the recovery sheet proves it here. A passkey or security key does not fit into a field:
    whoever has only that signs in on allauth's page.
    """

    def required(self, user: Any) -> bool:
        """Say whether the user has set up any."""
        return Authenticator.objects.filter(user_id=user.pk).exists()

    def check(self, user: Any, code: str, request: Any) -> bool:
        """Say whether an authenticator of the user's made this code; each takes a code once."""
        for authenticator in Authenticator.objects.filter(user_id=user.pk, type__in=CODES):
            if authenticator.wrap().validate_code(code):
                authenticator.record_usage()
                return True
        return False
