"""What the generated tests take on trust, each with its reason. Whatever is not here is tried, or fails by its name."""

from __future__ import annotations

# Routes that ask for no role: everybody, or everybody who has signed in.
ROLELESS = {
    "/__styleguide__/": "invented data, in development only",
    "/__styleguide__/page/": "invented data, in development only",
    "/api/v1/": "says that there is nothing here",
    "/api/v1/api-keys/": "one's own keys",
    "/api/v1/api-keys/{pk}/": "one's own keys",
    "/api/v1/api-keys/{pk}/revoke/": "one's own keys",
    "/api/v1/auth/login/": "where one signs in",
    "/api/v1/auth/logins/": "one's own logins",
    "/api/v1/auth/logins/{pk}/": "one's own logins",
    "/api/v1/auth/password/": "changes one's own password",
    "/api/v1/auth/reauthenticate/": "takes one's own password again",
    "/api/v1/auth/register/": "makes an account that belongs nowhere, where the site allows it",
    "/api/v1/auth/logout/": "ends one's own login",
    "/api/v1/auth/me/": "shows who one is",
    "/api/v1/auth/refresh/": "the token says who asks",
    "/api/v1/users/{user_id}/api-keys/": "one's own keys, and a global admin's anybody's",
    "/api/v1/users/{user_id}/api-keys/{pk}/": "one's own keys, and a global admin's anybody's",
    "/api/v1/users/{user_id}/api-keys/{pk}/revoke/": "one's own keys, and a global admin's anybody's",
    "/api/v1/docs/": "describes the API, knows no rows",
    "/api/v1/schema/": "describes the API, knows no rows",
    "/login/": "where one signs in",
    "/logout/": "ends one's own session",
}

# Routes with an id in them for which no row of those made up here is the right one.
WITHOUT_A_ROW: dict[str, str] = {
    "/api/v1/api-keys/{pk}/": "one's own keys: webnet-core's test_keys tries everybody else's",
    "/api/v1/api-keys/{pk}/revoke/": "one's own keys: webnet-core's test_keys tries everybody else's",
    "/api/v1/auth/logins/{pk}/": "one's own logins: webnet-core's test_roles tries everybody else's",
    "/api/v1/customers/{pk}/users/{user_id}/": "webnet-core's test_accounts_end tries other customers' accounts",
    "/api/v1/memberships/{pk}/": "no row made up here: webnet-core's test_users tries other customers'",
    "/api/v1/users/{pk}/": "no row made up here: webnet-core's test_users tries other customers'",
    "/api/v1/users/{user_id}/api-keys/": "webnet-core's test_accounts_end and test_roles try other users'",
    "/api/v1/users/{user_id}/api-keys/{pk}/": "webnet-core's test_accounts_end and test_roles try other users'",
    "/api/v1/users/{user_id}/api-keys/{pk}/revoke/": "webnet-core's test_accounts_end and test_roles try other users'",
    "/api/v1/users/{pk}/activate/": "a global admin's alone",
    "/api/v1/users/{pk}/deactivate/": "a global admin's alone",
}

# Routes where a role may act on some rows only, so that the one made up here may be refused.
OF_SOME_ROWS = {
    "/api/v1/notification-rules/{pk}/": "one's own; a customer's are its admins': webnet-core's test_notifications",
    "/api/v1/notification-rules/": "everybody makes their own: webnet-core's test_notifications",
}

# Operations whose body, made up from the description, cannot be accepted.
REFUSED_BODIES = {
    "devices_credentials_set": "sends a secret elsewhere, so it wants the password again",
    "sites_credentials_set": "sends a secret elsewhere, so it wants the password again",
    "devices_import": "takes a form with a file: webnet-core's test_imports tries other customers' names",
    "auth_login": "wants the password of somebody",
    "auth_password": "wants the password of whoever asks",
    "customers_users_add": "wants an account that the caller sees",
    "auth_reauthenticate": "wants the password of whoever asks",
    "auth_refresh": "wants a token that was given out",
    "auth_register": "is closed unless the site opens it",
    "memberships_create": "wants the name of an account there is",
}

# Fields that a body needs though the description leaves them free, or though it changes something.
NEEDED = {
    "tasks_execute": ("targets",),
    "schedules_create": ("cron",),
    "schedules_preview": ("cron",),
    "notification_rules_create": ("target",),
    "devices_credentials_set": ("credentials",),
    "devices_host_keys_accept": ("key_type", "key"),
    "sites_credentials_set": ("credentials",),
    "customers_data_schema_set": ("schema",),
    "devices_bulk_update": ("device_ids", "changes"),
    "devices_bulk_delete": ("device_ids",),
    "groups_devices_set": ("device_ids",),
}

# Whole numbers in bodies, large enough for an id, that are none.
NO_IDS = {"interval": "seconds"}

# Fields of bodies that take an id, with which no own row of those made up here makes a difference.
WITHOUT_EFFECT: dict[str, str] = {
    "devices_bulk_update.selection": "stands in place of device_ids: webnet-core's test_bulk tries another customer's",
    "devices_bulk_delete.selection": "stands in place of device_ids: webnet-core's test_bulk tries another customer's",
    "devices_import.customer_id": "a body of JSON is refused whatever it says",
    "schedules_create.targets.selection": "a schedule takes no selection, whoever's it is",
    "schedules_update.targets.selection": "a schedule takes no selection, whoever's it is",
    "schedules_partial_update.targets.selection": "a schedule takes no selection, whoever's it is",
}

# Values of required fields that a description cannot say.
VALUES = {
    "hostname": "fresh-1",
    "mgmt_ip": "192.0.2.77",
    "platform": "cisco_ios",
    "devices": [{"hostname": "fresh-1", "mgmt_ip": "192.0.2.77", "platform": "cisco_ios"}],
    "changes": {"role": "fresh"},
    "cidr": "198.51.100.0/24",
    "schema": {"type": "object"},
    "name": "fresh",
    "username": "fresh",
    "password": "correct-horse-battery-1",
    "task": "get_facts",
    "cron": "30 2 * * *",
    "scopes": ["view"],
    "url": "https://127.0.0.1/hook",
    "events": ["job.finished"],
    "target": "fresh@example.org",
    "key_type": "ssh-ed25519",
    "key": "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
}

# Values of the words in addresses; the first that leads to a page is taken.
WORDS = {
    "task": ("get_facts", "run_commands"),
    "name": ("get_facts", "webnet_core"),
    "tab": ("config",),
    "form": ("csv",),
}
