"""Returns that nobody can place, that systems tell differently, or that came too early.

A function a kind: each takes a healthy story and spoils it, and gives the subject to be found.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from connectors.sample_brand.story import Story, money, stamp
from connectors.sample_brand.trouble.making import (
    asked_back,
    done,
    on_account,
    quiet,
    returned_lines,
    single,
    trouble,
    waiting,
    without,
)


@trouble(quiet)
def orphan_return(story: Story, moment: datetime) -> str:
    made = asked_back(story, moment - timedelta(days=3), id=f"RO-{story.number}")
    made["refs"] = {"rma": f"RMA-X{story.number}"}
    return f"return:rebound:{made['id']}"


@trouble(quiet)
def return_before_order_sync(story: Story, moment: datetime) -> str:
    without(story, "rebound", "orders-to-rebound")
    return f"return:rebound:{asked_back(story, moment - timedelta(hours=5))['id']}"


@trouble(on_account)
def blocked_return(story: Story, moment: datetime) -> str:
    more = {"rejection_reason": "Awaiting payment"}
    return f"return:rebound:{asked_back(story, moment - timedelta(days=1), 'rejected', **more)['id']}"


@trouble(waiting)
def return_before_fulfilment(story: Story, moment: datetime) -> str:
    return f"return:rebound:{asked_back(story, moment - timedelta(hours=1))['id']}"


@trouble(done)
def return_quantity_mismatch(story: Story, moment: datetime) -> str:
    return returned_lines(story, ("return",), received_quantity="0")


@trouble(done)
def return_value_mismatch(story: Story, moment: datetime) -> str:
    return returned_lines(story, ("return",), unit_refund=money(story.back[0].price + 1))


@trouble(done)
def missing_disposition(story: Story, moment: datetime) -> str:
    return returned_lines(story, ("return", "return_copy"), disposition=None)


@trouble(single)
def order_edited_after_return(story: Story, moment: datetime) -> str:
    subject = f"return:rebound:{asked_back(story, moment - timedelta(days=2))['id']}"
    for role in ("order", "shopify", "warehouse", "rebound"):
        old = story.now(role)
        lines = [line | {"unit_price": money(Decimal(line["unit_price"]) + 1)} for line in old["lines"]]
        more = Decimal(lines[0]["quantity"])
        edited = {"at": stamp(moment - timedelta(days=1)), "lines": lines, "total": money(Decimal(old["total"]) + more)}
        story.each(role).append(old | edited)
    return subject


@trouble(done)
def unmapped_reason_code(story: Story, moment: datetime) -> str:
    returned_lines(story, ("return",), reason_code=f"SMELLS_ODD_{story.number}")
    return f"reason:rebound:SMELLS_ODD_{story.number}"


@trouble(done)
def reason_mismatch(story: Story, moment: datetime) -> str:
    other = "DEFECTIVE" if story.reason[1] != "DEFECTIVE" else "UNWANTED"
    returned_lines(story, ("return_copy",), reason_code=other)
    return f"return:shopify:{story.now('return_copy')['id']}#{story.back[0].base}"


@trouble(done)
def return_missing_downstream(story: Story, moment: datetime) -> str:
    without(story, "return_copy", "returns-to-shopify")
    return f"return:rebound:{story.now('return')['id']}>shopify"
