"""How the simulator reads a query: the schema, its price, searches and pages."""

import base64
import json
import operator
import re
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import graphql

from connectors.shopify.money import plain_id

Node = dict[str, Any]
LONGEST_PAGE = 250
CODES = {"CountryCode": 2, "CurrencyCode": 3}  # how many letters


@cache
def schema() -> graphql.GraphQLSchema:
    """The part of the Admin schema that the queries use."""
    made = graphql.build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))
    for name, letters in CODES.items():
        kind = made.type_map[name]
        assert isinstance(kind, graphql.GraphQLScalarType)
        kind.serialize = partial(_code, letters)  # type: ignore[method-assign]
    return made


def _code(letters: int, value: Any) -> str:
    """A country's or a currency's code; what has another form Shopify could not return."""
    if not isinstance(value, str) or not re.fullmatch(f"[A-Z]{{{letters}}}", value):
        raise graphql.GraphQLError(f"{value!r} is no code of {letters} letters")
    return value


def moment_of(said: str) -> datetime:
    """An instant as the nodes state it."""
    return datetime.fromisoformat(said)


def found(nodes: list[Node], search: str | None) -> list[Node]:
    """Nodes that the search finds: terms joined by blanks, alternatives by OR."""
    if not search:
        return nodes
    ways = [re.findall(r"(\w+):(>=|<|)('[^']*'|\S+)", way) for way in search.split(" OR ")]
    return [node for node in nodes if any(all(_fits(node, *term) for term in terms) for terms in ways)]


def _fits(node: Node, key: str, sign: str, wanted: str) -> bool:
    if key in ("updated_at", "created_at"):
        has = moment_of(node["updatedAt" if key == "updated_at" else "createdAt"])
        if not wanted.startswith("'"):  # the time of day is ignored then
            day = moment_of(wanted[:10]).replace(tzinfo=UTC)
            return has >= day if sign == ">=" else has < day
        moment = moment_of(wanted.strip("'"))
        return has >= moment if sign == ">=" else has < moment
    if key == "product_id":
        return plain_id(node["product"]["id"]) == wanted
    field = {"return_status": "returnStatus", "status": "status"}[key]
    return str(node[field]).lower() == wanted.strip("'").lower()


def connection(nodes: list[Node], asked: Node, sort: str | None) -> Node:
    """A page behind the cursor, which is the place in the order and not a number, so that rows may move."""
    first, after = asked.get("first"), asked.get("after")
    if first is not None and first > LONGEST_PAGE:
        raise ValueError(f"first is over {LONGEST_PAGE}")
    places = [(str(node[sort]), number_of(node)) if sort else ("", place) for place, node in enumerate(nodes)]
    rows = sorted(zip(places, nodes, strict=True), key=operator.itemgetter(0))
    if after is not None:
        behind = tuple(json.loads(base64.b64decode(after)))
        rows = [row for row in rows if row[0] > behind]
    page = rows if first is None else rows[:first]
    cursor = base64.b64encode(json.dumps(page[-1][0]).encode()).decode() if page else None
    info = {"hasNextPage": len(page) < len(rows), "hasPreviousPage": False, "endCursor": cursor}
    rows_of_page = [node for _, node in page]
    edges = [{"node": node, "cursor": ""} for node in rows_of_page]
    return {"pageInfo": info, "nodes": rows_of_page, "edges": edges}


def number_of(node: Node) -> int:
    """The digits of a node's id."""
    return int(re.sub(r"\D", "", plain_id(node["id"])) or 0)


def cost_of(document: graphql.DocumentNode, variables: Node) -> int:
    """The price of a query: an object costs a point, a list as many times its content as it may have elements."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, graphql.FragmentDefinitionNode)}

    def of(selection: graphql.SelectionSetNode | None) -> int:
        cost = 0
        for one in selection.selections if selection else ():
            if isinstance(one, graphql.FragmentSpreadNode):
                cost += of(fragments[one.name.value].selection_set)
            elif isinstance(one, graphql.InlineFragmentNode):
                cost += of(one.selection_set)
            elif isinstance(one, graphql.FieldNode) and one.selection_set:
                plain = one.name.value in ("nodes", "edges", "pageInfo") and not one.arguments
                cost += (of(one.selection_set) + (0 if plain else 1)) * _times(one, variables)
        return cost

    asked = [one for one in document.definitions if isinstance(one, graphql.OperationDefinitionNode)]
    return sum(of(one.selection_set) for one in asked)


def _times(field: graphql.FieldNode, variables: Node) -> int:
    for argument in field.arguments or ():
        said = graphql.value_from_ast_untyped(argument.value, variables)
        if argument.name.value == "first" and said is not None:
            return int(said)
        if argument.name.value == "ids" and isinstance(said, list):
            return len(said)
    return 1


def lines_of_export(connection: Node, parent: str | None) -> list[Node]:
    """Each node a line, its children behind it."""
    lines: list[Node] = []
    for edge in connection["edges"]:
        node = dict(edge["node"])
        inner = [node.pop(name) for name in list(node) if isinstance(node[name], dict) and "edges" in node[name]]
        lines.append(node | ({"__parentId": parent} if parent else {}))
        for one in inner:
            lines += lines_of_export(one, node["id"])
    return lines
