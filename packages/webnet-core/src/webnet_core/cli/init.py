"""`manage.py webnet init`: what a new site needs first. What is there is left as it is, however often this runs."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, TextIO, TypeAlias

from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from webnet_core.access.customers import create_customer
from webnet_core.access.models import Customer
from webnet_core.access.users import make_superuser
from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput
from webnet_core.plugins.verbs import Exit, Verb
from webnet_core.secrets.credentials import create_credential
from webnet_core.secrets.models import Credential
from webnet_core.terminal import write_json

_State: TypeAlias = Literal["there", "made", "missing"]
_KEY_SETTING: Final = 'WEBNET["CORE"]["ENCRYPTION_KEYS"]'


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing a site needs: whether it was there, was made now, or is missing, and what to do then."""

    key: str
    state: _State
    message: str
    next: str = ""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key-file", default="", metavar="FILE", help="where to write a new encryption key")
    parser.add_argument("--admin", default="", metavar="NAME", help="make this superuser where there is none")
    parser.add_argument("--customer", default="", metavar="NAME", help="make this customer where there is none")
    parser.add_argument("--credential", default="", metavar="NAME", help="make this login of devices, for the customer")
    parser.add_argument("--username", default="", metavar="NAME", help="the credential's user name")
    parser.add_argument(
        "--passwords-from-stdin",
        action="store_true",
        help="read the superuser's password, then the credential's, a line each, instead of asking",
    )


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Make what is missing and was asked for; 1 where something is still missing."""
    steps = list(take_steps(options))
    missing = [step for step in steps if step.state == "missing"]
    if options.json:
        write_json(out, {"ready": not missing, "steps": [asdict(step) for step in steps]})
        return Exit.FAILED if missing else Exit.DONE
    for step in steps:
        out.write(f"{step.state:<8} {step.message}\n")
    out.write("Next:\n")
    out.writelines(f"  {step.next}\n" for step in missing if step.next)
    if not missing:
        out.write("  add devices: on the page Devices, or manage.py webnet import FILE\n")
        out.write("  run a worker: manage.py webnet worker, unless the site is served over ASGI with with_worker()\n")
        out.write("  manage.py webnet doctor\n")
    return Exit.FAILED if missing else Exit.DONE


def take_steps(options: argparse.Namespace) -> Iterator[Step]:
    """Do one step after the other; without keys or tables those that need them are left out."""
    secret = _secrets(from_stdin=options.passwords_from_stdin)
    keys = _keys(options.key_file)
    yield keys
    tables = _tables()
    yield tables
    if tables.state == "missing":
        return
    admin, step = _admin(options.admin, secret)
    yield step
    customer, step = _customer(admin, options.customer)
    yield step
    if keys.state == "there":
        yield _credential(admin, customer, options, secret)


def _keys(key_file: str) -> Step:
    if settings.CORE.ENCRYPTION_KEYS:
        return Step(key="keys", state="there", message="Secrets are encrypted with the first of ENCRYPTION_KEYS.")
    if not key_file:
        message = "There is no key to encrypt secrets with."
        hint = f"put a key into {_KEY_SETTING}; manage.py webnet init --key-file FILE makes one"
        return Step(key="keys", state="missing", message=message, next=hint)
    try:
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"{key_file} cannot be made: {error.strerror}. A file that exists is never written to."
        raise InvalidInput.at("key_file", message, "key_file") from error
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
    hint = f"let your settings read {Path(key_file).resolve()} into {_KEY_SETTING}, keep a copy, and run this again"
    return Step(key="keys", state="missing", message=f"A new key stands in {key_file}.", next=hint)


def _tables() -> Step:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        hint = "start the database, and see whether DATABASES names it rightly"
        return Step(key="tables", state="missing", message=f"The database does not answer: {error}", next=hint)
    if waiting:
        message = f"{len(waiting)} migrations wait."
        return Step(key="tables", state="missing", message=message, next="manage.py migrate, then run this again")
    return Step(key="tables", state="there", message="The database has its tables.")


def _admin(name: str, secret: Callable[[str], str]) -> tuple[Any, Step]:
    model = get_user_model()
    found = model._default_manager.filter(is_superuser=True, is_active=True).order_by("pk").first()  # noqa: SLF001
    if found is not None:
        return found, Step(key="admin", state="there", message=f"{found.get_username()} is superuser.")
    if not name:
        hint = "manage.py webnet init --admin NAME makes a superuser"
        return None, Step(key="admin", state="missing", message="Nobody is superuser.", next=hint)
    made = make_superuser(name, secret(f"Password of {name}"))
    return made, Step(key="admin", state="made", message=f"{name} is superuser.")


def _customer(admin: Any, name: str) -> tuple[Customer | None, Step]:
    found = Customer.objects.filter(name=name).first() if name else Customer.objects.order_by("pk").first()
    if found is not None:
        return found, Step(key="customer", state="there", message=f"{found} is a customer.")
    if not name or admin is None:
        hint = "manage.py webnet init --customer NAME makes the customer that devices belong to"
        return None, Step(
            key="customer",
            state="missing",
            message=f"There is no customer {name}." if name else "There is no customer yet.",
            next=hint,
        )
    made = create_customer(admin, {"name": name})
    return made, Step(key="customer", state="made", message=f"{made} is a customer.")


def _credential(
    admin: Any, customer: Customer | None, options: argparse.Namespace, secret: Callable[[str], str]
) -> Step:
    rows = Credential.objects.filter(customer=customer) if customer is not None else Credential.objects.none()
    found = rows.filter(name=options.credential).first() if options.credential else rows.order_by("pk").first()
    if found is not None:
        return Step(key="credential", state="there", message=f"{found} logs in to devices of {customer}.")
    if not options.credential or not options.username or customer is None or admin is None:
        hint = "manage.py webnet init --credential NAME --username NAME stores the first login of devices"
        return Step(key="credential", state="missing", message="No login of devices is stored.", next=hint)
    values = {"name": options.credential, "username": options.username}
    with transaction.atomic():
        made = create_credential(
            admin, customer.pk, {**values, "password": secret(f"Password of {options.username} on devices")}
        )
    return Step(key="credential", state="made", message=f"{made} logs in to devices of {customer}.")


def _secrets(*, from_stdin: bool) -> Callable[[str], str]:
    def ask(prompt: str) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass(f"{prompt}: ")
        if first != getpass.getpass(f"{prompt}, again: "):
            raise InvalidInput.at("password", "The two differ.", "password")
        return first

    return ask


VERB = Verb(
    name="init",
    help="Make what a new site needs first: a key, a superuser, a customer, a login of devices; what is there stays.",
    add_arguments=_arguments,
    run=run,
    checks=False,
)
