"""What the generated tests take on trust, each with its reason. Whatever is not here is tried, or fails by its name."""

from __future__ import annotations

# Routes that ask for no role: everybody, or everybody who has signed in.
ROLELESS = {
    "/__styleguide__/": "invented data, in development only",
    "/__styleguide__/page/": "invented data, in development only",
    "/api/v1/": "says that there is nothing here",
    "/api/v1/auth/login/": "where one signs in",
    "/api/v1/auth/logout/": "ends one's own login",
    "/api/v1/auth/me/": "shows who one is",
    "/api/v1/auth/refresh/": "the token says who asks",
    "/api/v1/docs/": "describes the API, knows no rows",
    "/api/v1/schema/": "describes the API, knows no rows",
    "/login/": "where one signs in",
    "/logout/": "ends one's own session",
}

# Routes with an id in them for which no row of those made up here is the right one.
WITHOUT_A_ROW: dict[str, str] = {}

# Operations whose body, made up from the description, cannot be accepted.
REFUSED_BODIES = {
    "auth_login": "wants the password of somebody",
    "auth_refresh": "wants a token that was given out",
}

# Fields that a body needs though the description leaves them free.
NEEDED = {"tasks_execute": ("targets",)}

# Fields of bodies that take an id, with which no own row of those made up here makes a difference.
WITHOUT_EFFECT: dict[str, str] = {}

# Values of required fields that a description cannot say.
VALUES = {
    "hostname": "fresh-1",
    "mgmt_ip": "192.0.2.77",
    "platform": "cisco_ios",
    "name": "fresh",
    "username": "fresh",
    "password": "correct-horse-battery-1",
    "task": "get_facts",
}

# Values of the words in addresses; the first that leads to a page is taken.
WORDS = {
    "task": ("get_facts", "run_commands"),
    "name": ("get_facts",),
    "tab": ("config",),
}
