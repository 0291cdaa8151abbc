"""What records of one system tell of one fact: the value to compare and the words to show."""

from decimal import Decimal
from typing import Any

from exceptions.formats import money_text, number_text
from exceptions.ledgers.comparison import Told
from exceptions.ledgers.order_group import OrderGroup
from reconciliation.projection import norm


def status(records: list[Any]) -> Told | None:
    """Canonical where the topology knows the word; the raw words below."""
    words = sorted({said.status or said.raw_status for said in records if said.raw_status})
    raw = sorted({said.raw_status for said in records if said.raw_status and said.raw_status != said.status})
    shown = ", ".join(word.replace("_", " ") for word in words)
    return Told(words[0] if len(words) == 1 else tuple(words), shown, f"says {', '.join(raw)}" if raw else "")


def returned(line: Any) -> Told:
    """One line of a return: the announced quantity is compared, the rest is shown."""
    counted = [f"{number_text(line.received)} received" if line.received is not None else ""]
    counted.append(f"{number_text(line.accepted)} accepted" if line.accepted is not None else "")
    words = [*counted, (line.dispositions or "").replace("_", " ")]
    return Told(line.quantity, number_text(line.quantity), ", ".join(filter(None, words)))


def reason(line: Any) -> Told | None:
    """Why a line came back, in canonical words; the raw code below."""
    if line is None or not line.reasons:
        return None
    says = f"says {line.raw_reasons}" if line.raw_reasons != line.reasons else ""
    return Told(line.reasons, line.reasons.replace("_", " "), says)


def payment(orders: list[Any]) -> Told | None:
    """How it is paid and how far that is; shown, and compared by no flow."""
    found = []
    for order in orders:
        pairs = ((order.payment_method, order.raw_method), (order.payment_status, order.raw_payment))
        found.append(", ".join(_word(known, raw) for known, raw in pairs if raw))
    told = "; ".join(dict.fromkeys(words for words in found if words))
    return Told(None, told) if told else None


def _word(known: str | None, raw: str) -> str:
    return raw if known is None or known == raw else f"{known.replace('_', ' ')} ({raw})"


def customer(orders: list[Any]) -> Told | None:
    """The id as the system gives it; compared by the order authority's."""
    keys = sorted({o.customer_key for o in orders if o.customer_key})
    said = [o for o in orders if o.customer_key]
    if not keys:
        return None
    known_as = "" if norm(said[0].customer_id) == keys[0] else f"stands for {keys[0]}"
    return Told(keys, said[0].customer_id, ", ".join(filter(None, (said[0].customer_name, known_as))))


def number(group: OrderGroup, orders: list[Any], scheme: str) -> Told | None:
    """The values that the records carry in a scheme."""
    values = group.named(scheme, [o.record for o in orders])
    return Told(sorted({norm(value) for value in values}), ", ".join(values)) if values else None


def words(said: Any) -> Told | None:
    """Words as they are."""
    words = sorted({word for word in said if word})
    return Told(words, ", ".join(words)) if words else None


def amount(records: list[Any], field: str) -> Told | None:
    """The sum of a field; null where a record does not say it or currencies meet."""
    amounts = [(getattr(said, field), said.currency) for said in records]
    known = [amount for amount, _ in amounts if amount is not None]
    if not known or len(known) < len(amounts) or len({currency for _, currency in amounts}) > 1:
        return None
    return Told(sum(known, Decimal(0)), money_text(sum(known, Decimal(0)), amounts[0][1]))


def net_goods(records: list[Any]) -> Told | None:
    """The sum of gross − tax − shipping."""
    gross = amount(records, "gross")
    if gross is None:
        return None
    beside = sum((said.tax or 0) + (said.shipping or 0) for said in records)
    return Told(gross.value - beside, money_text(gross.value - beside, records[0].currency))
