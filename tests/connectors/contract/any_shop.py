"""A shop that answers whatever a schema allows: any word of an enumeration, null wherever it may stand."""

import random

import graphql

from connectors.shopify.simulator import Shopify
from connectors.simulating import Bucket
from tests.connectors.vendors import BEGIN, Clock

SCALARS = {
    "Int": lambda luck: luck.randint(0, 6),
    "Float": lambda luck: luck.choice([0.1, 0.25]),
    "Boolean": lambda luck: luck.random() < 0.5,
    "DateTime": lambda luck: BEGIN.isoformat().replace("+00:00", "Z"),
    "Decimal": lambda luck: luck.choice(["0.0", "12.50", "3.3333"]),
    "Money": lambda luck: luck.choice(["0.00", "20.00"]),
    "UnsignedInt64": lambda luck: str(luck.randint(1, 10**12)),
    "URL": lambda luck: "https://example.com/1",
}
WORDS = ("", "MUG-12", "b2b", "paymentOnAccount", "PO-9\nring first")


class AnyShop(Shopify):
    """Its answers follow from the seed; its points do not run out."""

    def __init__(self, seed, schema):
        super().__init__(Clock())
        self.luck, self.schema, self.count = random.Random(seed), schema, 0
        self.points = Bucket(10**9, 10**9, self.clock)

    def _field(self, source, info, **asked):
        name = info.field_name
        if name == "nodes" and "ids" in asked:
            return [self.node(id) if self.luck.random() < 0.9 else None for id in asked["ids"]]
        if name in ("node", "order") and "id" in asked:
            return self.node(asked["id"])
        if isinstance(source, dict) and name in source:
            return source[name]
        if name == "pageInfo":
            return {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
        return self.any(info.return_type)

    def node(self, id):
        return {"__typename": id.split("/")[-2], "id": id}

    def any(self, type):
        if isinstance(type, graphql.GraphQLNonNull):
            return self.there(type.of_type)
        return None if self.luck.random() < 0.3 else self.there(type)

    def there(self, type):
        if isinstance(type, graphql.GraphQLList):
            return [self.any(type.of_type) for _ in range(self.luck.randint(0, 2))]
        if isinstance(type, graphql.GraphQLEnumType):
            return self.luck.choice(sorted(type.values))
        if graphql.is_abstract_type(type):
            type = self.luck.choice(sorted(self.schema.get_possible_types(type), key=str))
        if isinstance(type, graphql.GraphQLObjectType):
            self.count += 1
            return {"__typename": type.name, "id": f"gid://shopify/{type.name}/{self.count}"}
        return SCALARS.get(type.name, lambda luck: luck.choice(WORDS))(self.luck)
