"""The two halves of signing in: username and password, and the code of those who have a second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from webnet_core.access.login import SecondFactorRequired, check_code, check_password
from webnet_core.exceptions import WebnetError


class SignInForm(AuthenticationForm):
    """Username and password; the error never tells which of the two was wrong or whether the account exists.

    Attempts are counted and recorded by the same service as those of the REST interface. `half_way` is the user whose
    password was right where that is not enough.
    """

    half_way: Any = None

    @classmethod
    def expired(cls, request: HttpRequest) -> SignInForm:
        """Return an empty form that says why it is shown again."""
        form = cls(request, data={})
        form.errors.clear()
        form.add_error(None, "That took too long; sign in again.")
        return form

    def clean(self) -> dict[str, Any]:
        """Check the password.

        Raises:
            ValidationError: it is wrong, it is not enough, or there were too many attempts of late.
        """
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            try:
                self.user_cache = check_password(self.request, username, password)
            except SecondFactorRequired as error:
                self.half_way = error.user
                raise ValidationError(error.message, code=error.code) from error
            except WebnetError as error:
                raise ValidationError(error.message, code=error.code) from error
        return self.cleaned_data


class CodeForm(forms.Form):
    """The code of a second factor, asked of somebody whose password was right."""

    code = forms.CharField(
        max_length=64,
        help_text="From your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, request: HttpRequest, user: Any, data: Any = None) -> None:
        self.request, self.user = request, user
        super().__init__(data)

    def clean_code(self) -> str:
        """Check the code.

        Raises:
            ValidationError: it proves nothing, or there were too many attempts of late.
        """
        code = str(self.cleaned_data["code"]).replace(" ", "")
        try:
            check_code(self.request, self.user, code)
        except WebnetError as error:
            raise ValidationError(error.message, code=error.code) from error
        return code

    def get_user(self) -> Any:
        """Return who has proven to be who they are."""
        return self.user
