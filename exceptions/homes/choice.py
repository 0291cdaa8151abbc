"""The homes: which ones a person may see, and which comes first."""

from exceptions.rights import Person, may

HOMES = {"finance": "Finance", "cx": "CX", "ops": "Ops", "admin": "Admin"}
RIGHTS = {"finance": "see", "cx": "see", "ops": "see", "admin": "configure"}
FIRST_OF_ROLE = {
    "finance_controller": "finance",
    "approver": "finance",
    "admin": "admin",
    "lead": "ops",
    "agent": "cx",
    "viewer": "finance",
}


class NoSuchHome(LookupError):
    """There is no home of this name."""


def homes_of(person: Person) -> dict[str, str]:
    """The homes that a person may see, by name."""
    return {key: label for key, label in HOMES.items() if may(person, RIGHTS[key])}


def home_of(person: Person) -> str:
    """The home a person starts at: that of a team they belong to, else of a role, else where exceptions are worked."""
    seen = homes_of(person)
    of_teams = [key for key in HOMES if key in person.teams]
    of_roles = [home for role, home in FIRST_OF_ROLE.items() if role in person.roles]
    return next((key for key in (*of_teams, *of_roles) if key in seen), "cx")


def right_of(home: str) -> str:
    """The right that a home takes; raises NoSuchHome."""
    try:
        return RIGHTS[home]
    except KeyError:
        raise NoSuchHome(home) from None
