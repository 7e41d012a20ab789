"""The channel ``email``: plain text through Django's mail, whatever the site has set up there."""

from __future__ import annotations

import smtplib
from typing import Any

from django.contrib.auth import get_user_model
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.dummy import EmailBackend as Nowhere
from django.core.mail.message import BadHeaderError
from django.core.validators import validate_email

from webnet_core.events.matching import EMAIL, one_line
from webnet_core.events.types import Channel, DeliveryFailed, Message

OWN = "user:"
_LONGEST_SUBJECT = 150


def send(message: Message) -> None:
    """Send one e-mail.

    Raises:
        DeliveryFailed: the mail server did not take it, or the site has none.
    """
    address = address_of(message.target)
    mail = EmailMessage(
        subject=subject_of(message),
        body=message.text,
        to=[address],
        headers={"X-Webnet-Event": message.event, "X-Webnet-Delivery": message.delivery_id},
    )
    try:
        connection = connect(message.seconds)
        if isinstance(connection, Nowhere):
            raise DeliveryFailed("This site sends no mail: its EMAIL_BACKEND is Django's dummy.", final=True)
        connection.send_messages([mail])
    except (smtplib.SMTPRecipientsRefused, BadHeaderError) as error:
        raise DeliveryFailed("The mail server refuses the recipient.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryFailed(f"The mail server did not take it ({type(error).__name__}).") from error


def connect(seconds: float) -> Any:
    """Return the site's mail backend, which waits no longer than `seconds` for an answer.

    From Django 6.1 on ``mailers`` has it, made from ``MAILERS`` or from the older settings; asking
    ``get_connection`` or those settings is deprecated there.
    """
    mailers: Any = getattr(django_mail, "mailers", None)
    if mailers is None:
        return django_mail.get_connection(timeout=seconds)
    connection = mailers["default"]
    if hasattr(connection, "timeout"):
        connection.timeout = seconds
    return connection


def subject_of(message: Message) -> str:
    """Return a subject of one line, whatever the summary holds."""
    return f"[webnet] {one_line(message.summary)}"[:_LONGEST_SUBJECT]


def address_of(target: str) -> str:
    """Return the address behind a target: an address, or ``user:<id>`` for a user's as it is now.

    Raises:
        DeliveryFailed: the user is gone or has none.
    """
    if not target.startswith(OWN):
        return target
    user: Any = get_user_model()._default_manager.filter(pk=target.removeprefix(OWN)).first()  # noqa: SLF001
    address = str(getattr(user, user.get_email_field_name(), "") or "") if user is not None else ""
    try:
        return check(address)
    except ValueError as error:
        raise DeliveryFailed("The user has no e-mail address.", final=True) from error


def check(target: str) -> str:
    """Return an address as it is stored.

    Raises:
        ValueError: it is none.
    """
    address = target.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValueError("This is no e-mail address.") from error
    return address


CHANNEL = Channel(key=EMAIL, label="E-mail", send=send, check=check, hint="An e-mail address.")
