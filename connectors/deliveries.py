"""Handles stored deliveries: what they say has changed is read again, once however often it was said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from connectors.access import Access
from connectors.clients import client_of
from connectors.http import CircuitOpen, NotLetIn, Throttled, documented_shape
from connectors.locks import held
from connectors.models import Connection, Delivery
from connectors.origins import links_to, requests_of, tracer
from connectors.paging import Raw
from connectors.pull import PROBLEMS, TakeIn, store
from connectors.registry import Client, Connector
from connectors.resting import rests_until
from connectors.webhooks import DeliveryRefused, News, Reread, Webhook, count_refusal, incoming_of

AT_ONCE = 200
KEPT_FOR = timedelta(days=30)
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(hours=6)
log = structlog.get_logger()
HOPELESS = (Throttled, CircuitOpen, NotLetIn)  # the next request would fare no better


class Job(NamedTuple):
    """One thing to read, and the deliveries that told of it."""

    news: News
    told_by: list[Delivery]


def open_deliveries(connection: Connection, *, at: datetime) -> QuerySet[Delivery]:
    """Deliveries that are to be handled now."""
    return Delivery.objects.filter(Q(retry_at=None) | Q(retry_at__lte=at), connection=connection, handled_at=None)


def handle_deliveries(
    connection: Connection, connector: Connector, *, access: Access, take_in: TakeIn, most: int = AT_ONCE
) -> int:
    """Handles waiting deliveries, the oldest first; how many were handled. Raises Busy."""
    if connector.webhook is None:
        return 0
    with held(f"deliveries {connection.id}"):
        waiting = list(open_deliveries(connection, at=access.clock()).order_by("id")[:most])
        if not waiting:
            return 0
        origins = [delivery.origin for delivery in waiting]
        with tracer.start_as_current_span("handle deliveries", links=links_to(origins)) as span:
            handled = _handled(waiting, connection, connector, access, take_in)
            span.set_attributes({"system": connection.system, "waiting": len(waiting), "handled": handled})
        log.info("deliveries handled", system=connection.system, handled=handled, requests=requests_of(origins))
        return handled


def forget_deliveries(*, at: datetime) -> int:
    """Removes what was handled long ago; how many."""
    return Delivery.objects.filter(handled_at__lt=at - KEPT_FOR).delete()[0]


def jobs_of(told: Sequence[tuple[Delivery, Sequence[News]]]) -> list[Job]:
    """What is to be read for these deliveries; a record that several speak of only once."""
    jobs, rereads = [], dict[News, Job]()
    for delivery, all_news in told:
        for news in all_news:
            if isinstance(news, Reread) and news in rereads:
                rereads[news].told_by.append(delivery)
                continue
            jobs.append(Job(news, [delivery]))
            if isinstance(news, Reread):
                rereads[news] = jobs[-1]
    return jobs


def _told(
    webhook: Webhook, waiting: Sequence[Delivery], connection: Connection, at: datetime
) -> list[tuple[Delivery, Sequence[News]]]:
    """What each delivery tells; one that was taken by another version and is refused by this one waits for the next."""
    told = list[tuple[Delivery, Sequence[News]]]()
    for delivery in waiting:
        try:
            told.append((delivery, webhook.news(incoming_of(delivery))))
        except DeliveryRefused as refused:
            words = f"It was taken, and is refused as {refused.reason} now: {refused}"
            if delivery.error != words:
                count_refusal(connection, refused.reason, at=at)
            _keep_problem([delivery], words, at)
    return told


def _handled(
    waiting: Sequence[Delivery], connection: Connection, connector: Connector, access: Access, take_in: TakeIn
) -> int:
    assert connector.webhook is not None
    told = _told(connector.webhook, waiting, connection, access.clock())
    jobs = jobs_of(told)
    left = Counter({delivery.id: 0 for delivery, _ in told})
    left.update(delivery.id for job in jobs for delivery in job.told_by)
    if (until := rests_until(connection, at=access.clock())) is not None:
        jobs = _without_rereads(jobs, until)
    try:
        client = client_of(connector, access)
    except PROBLEMS as error:
        _keep_problem([delivery for delivery, _ in told], access.scrub(str(error)), access.clock())
        return 0
    try:
        for job in jobs:
            read_at = access.clock()
            try:
                items = _items(client, job.news)
                store(connection, connector, items, read_at=read_at, take_in=take_in, source="webhook")
            except PROBLEMS as error:
                _keep_problem(job.told_by, access.scrub(str(error)), access.clock())
                if isinstance(error, HOPELESS):
                    break
                continue
            left.subtract(delivery.id for delivery in job.told_by)
    finally:
        client.close()
    done = {id for id, jobs_left in left.items() if jobs_left == 0}
    again = {delivery.id: delivery.repeats for delivery, news in told if connector.webhook.may_be_another(news)}
    return _end(done, again, access.clock())


@transaction.atomic
def _end(done: set[int], again: Mapping[int, int], at: datetime) -> int:
    """Notes what is handled; of `again`, by how often each had come, not what came once more while it was read."""
    locked = Delivery.objects.select_for_update().filter(id__in=done & again.keys()).order_by("id")
    anew = {id for id, repeats in locked.values_list("id", "repeats") if repeats != again[id]}
    return Delivery.objects.filter(id__in=done - anew).update(handled_at=at, error="")


def _without_rereads(jobs: Sequence[Job], until: datetime) -> list[Job]:
    """What can be handled while the vendor is left alone; the deliveries that ask for more wait until then."""
    put_off = [delivery.id for job in jobs if isinstance(job.news, Reread) for delivery in job.told_by]
    Delivery.objects.filter(id__in=put_off).update(retry_at=until)
    return [job for job in jobs if not isinstance(job.news, Reread)]


def _items(client: Client, news: News) -> list[tuple[str, Raw]]:
    if isinstance(news, Reread):
        with documented_shape():
            return client.reread(news.what, news.id)
    return [(news.feed, news.item)]


def _keep_problem(told_by: Sequence[Delivery], words: str, at: datetime) -> None:
    for delivery in told_by:
        rest = min(FIRST_REST * 2 ** min(delivery.attempts, 20), LONGEST_REST)
        Delivery.objects.filter(id=delivery.id).update(attempts=F("attempts") + 1, error=words, retry_at=at + rest)
