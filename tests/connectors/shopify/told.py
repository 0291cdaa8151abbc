"""What Shopify's items say in the contract's words."""

from connectors.lines import Accepted, Known
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import connector
from tests.connectors.reading import taken
from tests.connectors.shopify.shop import WORDS, line, order

KNOWN = Known(systems=frozenset({"shopify"}), flows={})
ROW = line(1)


def whole(one):
    """The order as the client hands it on."""
    found = one | {"lineItems": {"nodes": one["lineItems"]}}
    found["fulfillments"] = [
        each | {"fulfillmentLineItems": {"nodes": each["fulfillmentLineItems"]}} for each in one["fulfillments"]
    ]
    found["refunds"] = [
        each
        | {
            name: {"nodes": each[name]}
            for name in ("refundLineItems", "orderAdjustments", "refundShippingLines", "transactions")
        }
        for each in one["refunds"]
    ]
    found["returns"] = [
        each
        | {name: {"nodes": each[name]} for name in ("returnLineItems", "exchangeLineItems", "refunds")}
        | {
            "reverseFulfillmentOrders": [
                back | {"lineItems": {"nodes": back["lineItems"]}} for back in each["reverseFulfillmentOrders"]
            ]
        }
        for each in one["returns"]
    ]
    return found


def records(item, feed="orders", words=WORDS):
    """Records by type; each is accepted by the contract."""
    found = {}
    connection = Connection(system="shopify", kind="shopify", settings=words.settings)
    for said in mapped(connector("shopify"), feed, item, connection):
        read = taken(said, KNOWN)
        assert isinstance(read, Accepted), read
        found.setdefault(type(read.record).__name__, []).append(read.record)
    return found


def the_order(**said):
    return records(whole(order(**said)))["Order"][0]
