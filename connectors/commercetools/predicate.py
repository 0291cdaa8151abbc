"""Query predicates, as far as the client uses them, over plain dictionaries; for the simulator."""

import re
from collections.abc import Callable
from typing import Any

TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|(-?\d+)|(<=|>=|!=|[<>=(),]))')
Test = Callable[[Any], bool]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda has, said: has == said,
    "<": lambda has, said: has < said,
    "<=": lambda has, said: has <= said,
    ">": lambda has, said: has > said,
    ">=": lambda has, said: has >= said,
}


class Malformed(ValueError):
    """The predicate cannot be read."""


def predicate(text: str) -> Test:
    """Whether a resource fits `text`; raises Malformed."""
    reading = _Reading(text)
    test = reading.alternatives()
    if reading.tokens:
        raise Malformed(f"Malformed parameter: where: {reading.tokens[0][1]!r} was not expected.")
    return test


class _Reading:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, Any]] = []
        place, text = 0, text.strip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if found is None:
                raise Malformed(f"Malformed parameter: where: {text[place:]!r}")
            kind = ("text", "word", "number", "sign")[(found.lastindex or 1) - 1]
            said = found[found.lastindex or 1]
            self.tokens.append((kind, int(said) if kind == "number" else said))
            place = found.end()

    def alternatives(self) -> Test:
        tests = [self._all()]
        while self._skipped("word", "or"):
            tests.append(self._all())
        return lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._skipped("word", "and"):
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._skipped("sign", "("):
            return self._closed(self.alternatives())
        field = self._next("word")
        if self._skipped("sign", "("):
            inner = self._closed(self.alternatives())
            return lambda row: any(inner(one) for one in _several(_of(row, field)))
        if self._skipped("word", "in"):
            wanted = self._values()
            return lambda row: _of(row, field) in wanted
        sign, said = self._next("sign"), self._value()
        if sign == "!=":  # also of what has no such field
            return lambda row: _of(row, field) != said
        if sign not in COMPARED:
            raise Malformed(f"Malformed parameter: where: {sign!r} compares nothing.")
        compare = COMPARED[sign]
        return lambda row: (has := _of(row, field)) is not None and compare(has, said)

    def _values(self) -> list[Any]:
        self._next("sign")
        found = [self._value()]
        while self._skipped("sign", ","):
            found.append(self._value())
        self._closed(lambda row: True)
        return found

    def _value(self) -> Any:
        kind, said = self.tokens.pop(0) if self.tokens else ("end", "")
        if kind == "word" and said in ("true", "false"):
            return said == "true"
        if kind not in ("text", "number"):
            raise Malformed(f"Malformed parameter: where: {said!r} is no value.")
        return said

    def _closed(self, test: Test) -> Test:
        if not self._skipped("sign", ")"):
            raise Malformed("Malformed parameter: where: a parenthesis is not closed.")
        return test

    def _next(self, kind: str) -> Any:
        if not self.tokens or self.tokens[0][0] != kind:
            raise Malformed(f"Malformed parameter: where: a {kind} was expected.")
        return self.tokens.pop(0)[1]

    def _skipped(self, kind: str, said: str) -> bool:
        if self.tokens and self.tokens[0] == (kind, said):
            self.tokens.pop(0)
            return True
        return False


def _of(row: Any, field: str) -> Any:
    return row.get(field) if isinstance(row, dict) else None


def _several(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said] if said is not None else []
