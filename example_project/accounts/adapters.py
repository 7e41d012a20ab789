"""How allauth behaves here: who may sign up, how its login counts attempts, how its secrets are kept."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest

from webnet_core.access.throttles import CountersUnavailable, TooManyAttempts, count_attempt
from webnet_core.audit.clients import client_address
from webnet_core.audit.record import record


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up only where the site allows it, and webnet's count of attempts for allauth's doors too."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say whether strangers may make themselves an account; it has no role in webnet until an admin gives one."""
        return bool(settings.ALLOW_REGISTRATION)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check a password, at most as often as webnet's own doors do, whichever door was tried before.

        Raises:
            ValidationError: there were too many attempts of late.
        """
        username = str(credentials.get("username") or credentials.get("email") or "")
        try:
            attempt = count_attempt("login", client_address(request), username)
        except (TooManyAttempts, CountersUnavailable):
            raise self.validation_error("too_many_login_attempts") from None
        user = super().authenticate(request, **credentials)
        if user is None:
            record(None, "auth.login_failed", data={"username": username[:150]})
        else:
            attempt.withdraw()
        return user


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the seeds of authenticator apps encrypted, under a key made of SECRET_KEY (and its fallbacks)."""

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code on white ground, for cameras cannot read it on a dark page."""
        head, tag, rest = super().build_totp_svg(url).partition("<path")
        return f'{head}<rect width="100%" height="100%" fill="white"/>{tag}{rest}'

    def encrypt(self, text: str) -> str:
        """Return what is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was stored."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factors" + str(key).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
