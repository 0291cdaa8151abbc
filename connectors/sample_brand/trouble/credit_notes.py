"""Credits that are missing, doubled, of another amount, or not of the return they should be of.

A function a kind: each takes a healthy story and spoils it, and gives the subject to be found.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from connectors.sample_brand.story import Story, money, stamp
from connectors.sample_brand.trouble.making import (
    asked_back,
    credit_note,
    done,
    done_cash,
    done_on_account,
    quiet,
    single,
    trouble,
)


@trouble(done)
def missing_credit(story: Story, moment: datetime) -> str:
    del story.roles["credit"]
    story.outcomes = [o for o in story.outcomes if o["flow"] != "credits-to-erp" or o["result"] == "skipped"]
    return f"return:rebound:{story.now('return')['id']}"


@trouble(done)
def credit_value_mismatch(story: Story, moment: datetime) -> str:
    credit = story.now("credit")
    credit["amount"] = money(Decimal(credit["amount"]) + 12)
    return f"credit:erp:{credit['id']}"


@trouble(done)
def duplicate_credit(story: Story, moment: datetime) -> str:
    first = story.now("credit")
    id = f"{first['id']}-2"
    later = stamp(datetime.fromisoformat(first["issued_at"]) + timedelta(hours=2))
    second = {"id": id, "at": later, "issued_at": later, "refs": first["refs"] | {"credit_number": id}}
    story.each("credit").append(first | second)
    return f"credit:erp:{id}"


@trouble(done)
def credit_copy_mismatch(story: Story, moment: datetime) -> str:
    first = story.now("credit")
    copy = {"system": "shopify", "id": f"SC-{story.number}", "amount": money(Decimal(first["amount"]) + 3)}
    story.each("credit").append(first | copy)
    return f"credit:shopify:SC-{story.number}"


@trouble(done_on_account)
def wrong_refund_method(story: Story, moment: datetime) -> str:
    story.now("credit").update(kind="refund", settled=True)
    return f"credit:erp:{story.now('credit')['id']}"


@trouble(done_cash)
def refund_not_settled(story: Story, moment: datetime) -> str:
    story.now("credit")["settled"] = False
    return f"credit:erp:{story.now('credit')['id']}"


@trouble(single)
def credit_before_receipt(story: Story, moment: datetime) -> str:
    made = asked_back(story, moment - timedelta(days=1))
    item = story.bought[0][0]
    credit = credit_note(story, f"CN-{story.number}", moment - timedelta(hours=9), item.price)
    credit["refs"]["rma"] = made["refs"]["rma"]
    story.roles["credit"] = [credit]
    return f"credit:erp:{credit['id']}"


@trouble(done)
def credit_outside_workflow(story: Story, moment: datetime) -> str:
    credit = credit_note(story, f"CX-{story.number}", moment - timedelta(days=2), Decimal("25.00"))
    story.each("credit").append(credit)
    return f"credit:erp:{credit['id']}"


@trouble(quiet)
def credit_without_return(story: Story, moment: datetime) -> str:
    credit = credit_note(story, f"CW-{story.number}", moment - timedelta(days=2), story.bought[0][0].price)
    story.roles["credit"] = [credit]
    return f"credit:erp:{credit['id']}"


@trouble(done)
def currency_mismatch(story: Story, moment: datetime) -> str:
    story.now("credit")["currency"] = "EUR" if story.buyer.currency == "GBP" else "GBP"
    return f"credit:erp:{story.now('credit')['id']}"
