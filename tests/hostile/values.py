"""What somebody who means harm sends: texts, numbers, JSON and bytes; and how long it may keep us busy.

FUZZ_EXAMPLES=2000 looks for as many as that in each test, instead of the few of an ordinary run.
"""

import json
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "30"))
SECONDS = 5
bounded = settings(
    max_examples=EXAMPLES, deadline=SECONDS * 1000, derandomize=EXAMPLES < 100, suppress_health_check=list(HealthCheck)
)

TEXTS = (
    *("", " ", "\0", "a\0b", "\ufeff", "\u202egnp.exe", "\u2066\u2069", "\u00b2", "\u0663", "\r\n", "\x1b[2J", "\x7f"),
    *("=1+1", "@SUM(A1)", "=cmd|'/c calc'!A0", "' or 1=1 --", "'; drop table version; --", "%s%n", "\\", '"', "'"),
    *('"><script>alert(1)</script>', "javascript:alert(1)", "{{7*7}}", "{% now 'Y' %}", "${7*7}", "../../etc/passwd"),
    *("NaN", "Infinity", "-Infinity", "1e999999999", "-1e-999999999", "9" * 5_000, "0x10", "1_000", "١٢٣", "1e5", "-0"),
    *("0001-01-01", "9999-12-31", "9999-12-31T23:59:59-23:59", "2026-02-30", "1970-01-01T00:00:00Z", "24:00"),
    *("a" * 70_000, "👩‍👩‍👧‍👦", "﷽", "İ", "ß", "e\u0301", "null", "None", "true", "[]", "{}", "[" * 5_000, "*" * 3_000),
)
LONE = ("\ud800", "a\udfff")  # no characters, yet JSON can spell them
NUMBERS = (0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**40, 10**400, 1e308, -0.0, float("nan"), float("inf"))

texts = st.sampled_from(TEXTS) | st.text(max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | texts | st.sampled_from(LONE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
deep = st.sampled_from((200, 5_000, 100_000)).flatmap(
    lambda depth: st.sampled_from(("[" * depth, "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth))
)
giant = st.sampled_from(("9" * 5_000, "1e400", "1e999999999", "-" + "9" * 4_000 + ".5", "NaN", "-Infinity"))
json_texts = values.map(json.dumps) | deep | giant | giant.map(lambda number: f'{{"id": {number}}}')
bodies = st.binary(max_size=80) | json_texts.map(str.encode) | texts.map(lambda text: text.encode())


def objects(*names):
    """Objects with these members, each of which may lack, or be anything."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))
