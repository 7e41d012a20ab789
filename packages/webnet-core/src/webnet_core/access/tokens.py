"""Tokens of the REST interface: short access tokens, and refresh tokens that rotate in families. Needs PyJWT."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, Literal

from django.db import models
from django.utils import timezone

from webnet_core.access.models import RefreshFamily
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import ConfigurationError, WebnetError
from webnet_core.moments import with_offset

_ALGORITHM = "HS256"
_ISSUER = "webnet"
Kind = Literal["access", "refresh"]


class TokenRefused(WebnetError):
    """This token is not valid (any more); sign in again."""


class TokenUnknown(TokenRefused):
    """This is no token of ours; sign in again."""

    code = TokenRefused.code


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenPair:
    """What a login gives. `expires_in` is the life of the access token in seconds."""

    access: str
    refresh: str
    expires_in: int


def available() -> bool:
    """Say whether PyJWT is there; without it nobody can have a token."""
    return find_spec("jwt") is not None


def start_family(user: Any, address: str = "") -> TokenPair:
    """Begin a login from an address and return its first tokens."""
    nonce, expires = _nonce(), _refresh_expiry()
    family = RefreshFamily.objects.create(user=user, current=_digest(nonce), expires_at=expires, address=address[:64])
    return _pair(family, nonce, expires)


def rotate(refresh: str) -> TokenPair:
    """Exchange a refresh token for a new pair; the old one is worthless from then on.

    Call it outside of any transaction that an error would roll back: a token used twice revokes its family.

    Raises:
        TokenUnknown: it is nothing that we signed.
        TokenRefused: not a live refresh token, its user is inactive, or it was used before.
    """
    claims = _read(refresh, "refresh")
    family = _family(claims)
    nonce, expires = _nonce(), _refresh_expiry()
    live = RefreshFamily.objects.filter(pk=family.pk, revoked_at=None, current=_digest(str(claims["jti"])))
    if not live.update(current=_digest(nonce), expires_at=expires):
        revoke(family, "reused")
        record(family.user, "auth.refresh_reused", family)
        raise TokenRefused("This refresh token was used before, so its login has ended; sign in again.")
    return _pair(family, nonce, expires)


def family_of(token: str, kind: Kind = "access") -> RefreshFamily:
    """Return the live login, with its user, that a token belongs to.

    Raises:
        TokenRefused: wrong, expired or revoked token, inactive user, or a password changed since.
    """
    return _family(_read(token, kind))


def live_families(user: Any) -> models.QuerySet[RefreshFamily]:
    """Return the logins of a user whose tokens are still accepted, the newest first."""
    rows = RefreshFamily.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    return rows.order_by("-created_at", "-pk")


def mark_reauthenticated(family: RefreshFamily) -> None:
    """Remember that whoever has this login entered the password again just now."""
    family.reauthenticated_at = timezone.now()
    family.save(update_fields=["reauthenticated_at"])


def revoke(family: RefreshFamily, reason: str) -> None:
    """End one login: none of its tokens is accepted any more."""
    RefreshFamily.objects.filter(pk=family.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_reason=reason[:40]
    )


def revoke_all(user: Any, reason: str) -> None:
    """End every login of a user."""
    RefreshFamily.objects.filter(user=user, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_reason=reason[:40]
    )


def _family(claims: Mapping[str, Any]) -> RefreshFamily:
    rows = RefreshFamily.objects.select_related("user")
    family = rows.filter(pk=claims["fam"], revoked_at=None, expires_at__gt=timezone.now()).first()
    if family is None or not family.user.is_active:
        raise TokenRefused
    if not hmac.compare_digest(str(claims["pwd"]), password_mark(family.user)):
        raise TokenRefused("The password was changed since this token was made; sign in again.")
    return family


def _pair(family: RefreshFamily, nonce: str, refresh_expires: datetime) -> TokenPair:
    life = int(settings.CORE.ACCESS_TOKEN_SECONDS)
    access_expires = timezone.now() + timedelta(seconds=life)
    return TokenPair(
        access=_sign(family, "access", access_expires, secrets.token_hex(8)),
        refresh=_sign(family, "refresh", refresh_expires, nonce),
        expires_in=life,
    )


def _sign(family: RefreshFamily, kind: Kind, expires: datetime, nonce: str) -> str:
    import jwt  # noqa: PLC0415 - the extra `jwt` may be absent

    claims = {
        "iss": _ISSUER,
        "sub": str(family.user.pk),
        "typ": kind,
        "fam": family.pk,
        "jti": nonce,
        "pwd": password_mark(family.user),
        "iat": with_offset(timezone.now()),
        "exp": with_offset(expires),
    }
    return jwt.encode(claims, _keys()[0], algorithm=_ALGORITHM)


def _read(token: str, kind: Kind) -> Mapping[str, Any]:
    import jwt  # noqa: PLC0415 - the extra `jwt` may be absent

    required = ["exp", "iat", "sub", "jti", "fam", "pwd"]
    for key in _keys():
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=[_ALGORITHM], issuer=_ISSUER, options={"require": required}
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError as error:
            raise TokenRefused("This token has expired; refresh it or sign in again.") from error
        except jwt.InvalidTokenError as error:
            raise TokenUnknown from error
        if claims.get("typ") != kind:
            raise TokenRefused(f"This is no {kind} token.")
        return claims
    raise TokenUnknown


def _keys() -> Sequence[str]:
    """Return the signing key first, then those whose tokens are still accepted. Never the site's SECRET_KEY."""
    if settings.CORE.JWT_KEY is not None:
        sources = [settings.CORE.JWT_KEY.get_secret_value()]
    else:
        sources = [key.get_secret_value() for key in settings.CORE.ENCRYPTION_KEYS]
    if not sources:
        raise ConfigurationError("Tokens need WEBNET['CORE']['JWT_KEY'] or WEBNET['CORE']['ENCRYPTION_KEYS'].")
    return [hmac.new(source.encode(), b"webnet tokens", hashlib.sha256).hexdigest() for source in sources]


def password_mark(user: Any) -> str:
    """Return what changes whenever the user's password does, and tells nothing about it."""
    return hashlib.sha256(b"webnet" + user.get_session_auth_hash().encode()).hexdigest()[:16]


def _refresh_expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.CORE.REFRESH_TOKEN_SECONDS)


def _nonce() -> str:
    return secrets.token_hex(16)


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()
