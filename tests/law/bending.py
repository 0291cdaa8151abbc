"""What may be otherwise in a brand: each bend changes one thing of a trial's lines, led by its dice."""

import copy

from tests.law.adding import (
    edited,
    level,
    loose_credit,
    loose_credits,
    movement,
    nonsense,
    other_copy,
    outcome,
    quarrel,
    refusal,
    second_copy,
)
from tests.law.aimed import AIMED
from tests.law.choosing import (
    CODES,
    DATES,
    LINED,
    REASONS,
    STATUSES,
    change,
    chosen,
    moment,
    nudged,
    numeric,
    one_of,
)
from tests.law.forms import FORMS
from tests.law.wholes import WHOLES

METHODS = ("on_account", "Net Terms", "invoice", "card", "bank_transfer", "other", "Trade credit", "odd", None)
PAYMENTS = ("pending", "authorised", "paid", "part_refunded", "refunded", "void", "failed", "Charged", "odd", None)
DISPOSITIONS = ("sellable", "damaged", "quarantine", "disposed", "wrong_item", "missing", "unexpected", None)
REJECTIONS = ("payment_pending", "order_not_found", "unknown_sku", "unknown_customer", "outside_terms", "Other", None)
REASON_CODES = ("TOO_SMALL", "FAULTY", "LATE", "damaged", "Sizing", "DEFECTIVE", "ret-late", "NEW_CODE", None)
STRONG = ("ecommerce_order", "sales_order", "order_number", "rma", "credit_number", "purchase_order")


def lose(dice, trial):
    versions = chosen(dice, trial)
    for line in versions if dice.random() < 0.7 else versions[-1:]:
        trial.lines.remove(line)


def repeat(dice, trial):
    trial.lines += copy.deepcopy(dice.choices(trial.lines, k=5))


def shuffle(dice, trial):
    dice.shuffle(trial.lines)


def withdraw(dice, trial):
    def gone(line):
        line["deleted"] = True

    change(dice, trial, (), gone)


def status(dice, trial):
    of = dice.choice(list(STATUSES))
    word = dice.choice(STATUSES[of].split())
    change(dice, trial, (of,), lambda line: line.update(status=word))


def quantity(dice, trial):
    def other(line):
        one = line if line["type"].startswith("stock") else one_of(dice, line)
        name = dice.choice(("quantity", "quantity", "quantity", "received_quantity", "accepted_quantity"))
        one[name if line["type"] == "return" else "quantity"] = dice.choice(
            (nudged(dice, one.get("quantity"), (1, -1, 2, 0.5, 12, -3)), one.get("quantity"))
        )

    change(dice, trial, (*LINED, "stock_level", "stock_movement"), other)


def half(dice, trial):
    def halve(line):
        for one in line.get("lines") or ():
            if numeric(one.get("quantity")):
                one["quantity"] = f"{numeric(one['quantity']) * dice.choice((0.5, 2, 12)):.10g}"

    change(dice, trial, LINED, halve)


def price(dice, trial):
    def other(line):
        one = one_of(dice, line)
        name = "unit_refund" if line["type"] == "return" else dice.choice(("unit_price", "unit_price", "discount"))
        one[name] = nudged(dice, one.get(name, one.get("unit_price", "5")), (0.01, 0.02, -0.01, 1, -2.5, 0.005))

    change(dice, trial, ("order", "return", "credit"), other)


def money(dice, trial):
    def other(line):
        names = {"order": ("total", "tax", "shipping", "discount"), "credit": ("amount", "amount", "tax", "shipping")}
        name = dice.choice(names.get(line["type"], ("refund_amount", "fees")))
        line[name] = nudged(dice, line.get(name, "1"), (0.01, -0.01, 0.05, 0.06, -0.05, 0.02, 1, 20, -0.005))

    change(dice, trial, ("order", "return", "credit"), other)


def currency(dice, trial):
    word = dice.choice(("GBP", "EUR", "USD", "JPY", "KWD", None))
    change(dice, trial, ("order", "return", "credit"), lambda line: line.update(currency=word))


def unit(dice, trial):
    def other(line):
        one = line if line["type"] in ("product", "stock_level", "stock_movement") else one_of(dice, line)
        one["pack_size"] = dice.choice((None, 1, 2, 6, 12, "12"))
        one["uom"] = dice.choice((None, "each", "case", one.get("uom")))

    change(dice, trial, (*LINED, "product", "stock_level", "stock_movement"), other)


def reference(dice, trial):
    def other(line):
        refs = line["refs"] = dict(line.get("refs") or {})
        name = dice.choice(STRONG)
        value = str(refs.get(name, "1"))
        known = [str(v) for r in trial.records() for k, v in (r.get("refs") or {}).items() if k == name and v]
        refs[name] = dice.choice(
            (None, value + "X", f" #{value.lower()} ", "N/A", "0", dice.choice(known or [""]), value)
        )

    change(dice, trial, (*LINED, "stock_movement"), other)


def no_references(dice, trial):
    def bare(line):
        kept = dice.choice((("credit_number",), ("credit_number", "purchase_order"), (), ("rma",), ("sales_order",)))
        line["refs"] = {name: value for name, value in (line.get("refs") or {}).items() if name in kept}

    change(dice, trial, ("credit", "credit", "return"), bare)


def almost(dice, trial):
    """What credits come to is a little off, all the same way."""
    for line in trial.records():
        if line["type"] == "credit" and numeric(line.get("amount")):
            line["amount"] = f"{numeric(line['amount']) + dice.choice((0, 0.04, 0.4, 0.6)):.2f}"


def date(dice, trial):
    def other(line):
        names = [name for name in DATES if name in line] or ["received_at"]
        line[dice.choice(names)] = moment(dice, trial, line)

    change(dice, trial, LINED, other)


def no_date(dice, trial):
    def other(line):
        line[dice.choice(("received_at", "inspected_at", "shipped_at", "issued_at"))] = None

    change(dice, trial, ("fulfilment", "return", "credit"), other)


def said_at(dice, trial):
    change(dice, trial, (), lambda line: line.update(at=moment(dice, trial, line)))


def payment(dice, trial):
    def other(line):
        paid = line["payment"] = dict(line.get("payment") or {})
        paid |= dice.choice(
            (
                {"method": dice.choice(METHODS)},
                {"status": dice.choice(PAYMENTS)},
                {"hold": dice.choice(("credit check", " ", None))},
                {"method": "card", "status": dice.choice(PAYMENTS)},
            )
        )

    change(dice, trial, ("order",), other)


def word(dice, trial):
    """A word of a record out of its list."""

    def other(line):
        if line["type"] == "return":
            if dice.random() < 0.5:
                one = one_of(dice, line)
                one |= dice.choice(
                    ({"disposition": dice.choice(DISPOSITIONS)}, {"reason_code": dice.choice(REASON_CODES)})
                )
            else:
                line["resolution"] = dice.choice(("refund", "credit", "exchange", "none", None))
        elif line["type"] == "credit":
            line["reason"] = dice.choice(REASONS)
            one_of(dice, line)["reason"] = dice.choice(REASONS)
        else:
            line["condition"] = dice.choice(("sellable", "quarantine", "damaged", "reserved", "in_return"))
            line["reason"] = dice.choice((None, "return", "return_initiated", "return_in_transit"))

    change(dice, trial, ("return", "return", "credit", "stock_movement", "stock_level"), other)


def kind_of_credit(dice, trial):
    def other(line):
        line["kind"] = dice.choice(("credit_note", "refund", "refund", "store_credit"))
        line["settled"] = dice.choice((True, False, False, None))

    change(dice, trial, ("credit",), other)


def rejection(dice, trial):
    def other(line):
        line |= {"status": "rejected", "rejection_reason": dice.choice(REJECTIONS)}

    change(dice, trial, ("return",), other)


def lines_of_record(dice, trial):
    def other(line):
        lines = [one for one in line.get("lines") or () if isinstance(one, dict)]
        if not lines or dice.random() < 0.2:
            line["lines"] = dice.choice(([], None))
            return
        one = copy.deepcopy(dice.choice(lines))
        one |= {"id": dice.choice((None, "77", one.get("id")))}
        one["unit_price"] = nudged(dice, one.get("unit_price"), (0, 1, -0.5))
        line["lines"] = dice.choice(([*lines, one], lines[1:], lines[::-1]))

    change(dice, trial, LINED, other)


def goods(dice, trial):
    """Another sku on a line, or the same one written otherwise."""

    def other(line):
        one = line if "sku" in line else one_of(dice, line)
        skus = [str(r["sku"]) for r in trial.records() if r["type"] == "product" and r.get("sku")]
        same = str(one.get("sku", "A"))
        one["sku"] = dice.choice(
            (f" {same} ", same.lower(), "UNKNOWN-1", "OLD-KIT-01", "4711-02", *dice.choices(skus or [same], k=3))
        )

    change(dice, trial, (*LINED, "stock_level", "stock_movement"), other)


def customer(dice, trial):
    def other(line):
        known = [r["customer"] for r in trial.records() if isinstance(r.get("customer"), dict)]
        own = line.get("customer") or {"id": "C-1"}
        line["customer"] = dice.choice(
            (None, {"id": None}, own | {"id": f" {str(own.get('id')).lower()}"}, dice.choice(known or [own]))
        )

    change(dice, trial, ("order", "return", "credit"), other)


def other_outcome(dice, trial):
    def other(line):
        line["result"] = dice.choice(("success", "failed", "skipped"))
        line["error"] = {"code": dice.choice(CODES)}
        line["target_id"] = dice.choice((None, None, line.get("target_id"), "NOWHERE"))

    change(dice, trial, ("outcome",), other)


def product(dice, trial):
    def other(line):
        line |= dice.choice(
            (
                {"active": False},
                {"active": None},
                {"pack_size": dice.choice((None, 1, 6, 12))},
                {"base_sku": dice.choice((None, line.get("sku"), "OTHER"))},
                {"deleted": True},
                {"system": dice.choice(trial.topology["systems"])["key"]},
            )
        )

    change(dice, trial, ("product",), other)


def realm(dice, trial):
    word = dice.choice(("us", "uk", "eu", None))
    change(dice, trial, LINED, lambda line: line.update(realm=word))


def channel(dice, trial):
    word = dice.choice(("b2b", "web", "app", "store", None))
    change(dice, trial, ("order",), lambda line: line.update(channel=word))


def shipped_to(dice, trial):
    change(dice, trial, ("order",), lambda line: line.update(ship_to=dice.choice((None, {}, {"town": "Rye"}))))


BENDS = (
    *(lose, lose, repeat, shuffle, withdraw, *(status,) * 4, *(quantity,) * 3, half, *(price,) * 3, *(money,) * 3),
    *(
        currency,
        unit,
        *(reference,) * 3,
        no_references,
        loose_credit,
        loose_credit,
        loose_credits,
        edited,
        edited,
        almost,
        *(date,) * 4,
        no_date,
        said_at,
    ),
    *(
        payment,
        payment,
        word,
        word,
        kind_of_credit,
        rejection,
        *(other_copy,) * 3,
        *(second_copy,) * 3,
        lines_of_record,
        goods,
        customer,
    ),
    *(outcome, outcome, other_outcome, movement, movement, level, product, refusal, nonsense, quarrel, realm, channel),
    shipped_to,
    *FORMS,
    *WHOLES,
    *AIMED,
)


def bend(dice, trial, times):
    """Bends a trial's lines so many times, and notes how."""
    for _ in range(times):
        how = dice.choice(BENDS)
        trial.bent.append(how.__name__)
        how(dice, trial)
