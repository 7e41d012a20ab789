"""One's own password over REST."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import update_session_auth_hash
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access import tokens, users
from webnet_core.access.api.signin import token_answer
from webnet_core.access.login import InvalidCredentials, check_password
from webnet_core.access.models import RefreshFamily
from webnet_core.access.permissions import require_person
from webnet_core.api.schema import answers
from webnet_core.api.shapes.access import TokenAnswer
from webnet_core.api.shapes.users import PasswordBody
from webnet_core.api.views import SIGNED_IN, WebnetAPIView
from webnet_core.audit.clients import client_address
from webnet_core.exceptions import InvalidInput


class PasswordView(WebnetAPIView):
    """Another password for whoever is signed in."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(200, TokenAnswer, body=PasswordBody, operation_id="auth_password", also={204: None})
    def post(self, request: Request) -> Response:
        """Change your password; every login of yours ends. Who came with a token gets new ones, a session goes on."""
        require_person(request.user)
        given = self.body(PasswordBody)
        plain = request._request  # noqa: SLF001 - backends and sessions know Django's request
        name = request.user.get_username()
        user = check_password(
            plain, name, given["password"], code=given.get("code", ""), action="users.prove_old_password"
        )
        if user != request.user:
            raise InvalidCredentials
        if given["new_password"] == given["password"]:
            raise InvalidInput.at("new_password", "This is the password you have.", "unchanged")
        users.change_own_password(user, given["new_password"])
        if isinstance(request.auth, RefreshFamily):
            return Response(token_answer(tokens.start_family(user, client_address(request))))
        update_session_auth_hash(plain, user)
        return Response(status=204)
