"""What no password may be, beside short or like one's own name: two common ones in a row, or our own words."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from exceptions.company import current_company
from exceptions.models import ROLES, Team
from reconciliation.models import System

LEAST_PART = 4
LEAST_LEFT = 8
OURS = (
    "reconciliation",
    "exception",
    "exceptions",
    "return",
    "returns",
    "order",
    "orders",
    "credit",
    "finance",
    "stock",
)


class TwoCommonOnes(CommonPasswordValidator):
    """Refuses a common password, one repeated, and two of them one after the other."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        super().validate(password, user)
        text = password.lower().strip()
        cuts = range(LEAST_PART, len(text) - LEAST_PART + 1)
        if any(self._common(text[:cut]) and self._common(text[cut:]) for cut in cuts):
            raise ValidationError("This password is put together from very common ones.", code="password_two_common")

    def get_help_text(self) -> str:
        """What a person is told before they choose."""
        return "Your password cannot be a commonly used one, nor two of them in a row."

    def _common(self, part: str) -> bool:
        shortest = re.fullmatch(r"(.+?)\1*", part)
        return part in self.passwords or (shortest is not None and shortest[1] in self.passwords | set("0123456789"))


class OurWords:
    """Refuses a password of which too little is left without the words of the company, its systems and this product."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        left = password.lower()
        for word in sorted(words_of_ours(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(re.sub(r"[\d\W_]", "", left)) < LEAST_LEFT and left != password.lower():
            raise ValidationError(
                "This password is made of words that everybody here would try first.", code="password_our_words"
            )

    def get_help_text(self) -> str:
        """What a person is told before they choose."""
        return "Your password cannot be made of the names of the company, its systems, teams or roles."


def words_of_ours() -> set[str]:
    """The words that anybody who guesses would begin with here, in small letters."""
    names = [current_company().name, urlsplit(settings.PUBLIC_ADDRESS).hostname or "", *OURS, *ROLES]
    names += [text for system in System.objects.all() for text in (system.key, str(system))]
    names += Team.objects.values_list("name", flat=True)
    words = {part for name in names for part in (*re.split(r"[\W_]+", name.lower()), name.lower())}
    return {word for word in words if len(word) >= LEAST_PART}
