"""For the templates of tables: the links by which a table is taken as a file."""

from typing import Any
from urllib.parse import urlencode

from django import template

from exceptions.downloads.tables import TABLES
from exceptions.rights import may

register = template.Library()


@register.inclusion_tag("_download.html", takes_context=True)
def download(context: dict[str, Any], table: str, **about: Any) -> dict[str, Any]:
    """`{% download "run" run=page.id %}`: links for who may; the table of `about`, else as the page is filtered.

    `more`: parameters of the page beside those.
    """
    person = context["person"]
    right = TABLES[table].right
    more = about.pop("more", {})
    query = urlencode({**about, **more.dict()} if more else about) if about else context["request"].GET.urlencode()
    return {"table": table, "query": query, "shown": may(person, "export") and may(person, right)}
