"""What runs without anybody asking."""

import json
from hashlib import sha256

import structlog
from celery import shared_task
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from connectors.deliveries import forget_deliveries
from connectors.locks import Busy
from connectors.models import Connection, PullRun
from connectors.outbox import due_writes
from exceptions.checklists.rounds import ask_queries, note_missed, open_rounds
from exceptions.configuration.endings import attempt_ending, due_endings
from exceptions.homes.insight_page import keep_ready, take_insight
from exceptions.homes.ready import keep_homes_ready
from exceptions.meanings import tell_with_meanings
from exceptions.months.previews import make_preview
from exceptions.news.canaries import tell_of_canaries
from exceptions.news.digests import queue_digests
from exceptions.news.late_feeds import tell_of_late_feeds
from exceptions.news.sending import due_messages, forget_old_messages, send_message
from exceptions.notify import forget_old_news, tell_news
from exceptions.people.sessions import forget_old_sessions
from exceptions.pulling import (
    asked_pulls,
    connections_told,
    due_pulls,
    handle_told,
    look_after,
    pull_feed,
    pull_window,
)
from exceptions.queue.bulk import run_job
from exceptions.reconciling import moment_after, reconcile
from exceptions.retention import forget_arrivals, forget_payloads
from exceptions.setup.progress import held_back
from exceptions.trail.chain import seal
from exceptions.writeback.delivery import write_one
from reconciliation.canaries import fly
from reconciliation.runner import AlreadyRunning
from reconciliation.runner import examine_slices as examine_slices_of
from reconciliation.slices import Sharing

log = structlog.get_logger(__name__)
EXPIRES = 60
ASKED = "run-asked-for"


@shared_task
def reconcile_changes() -> dict[str, int]:
    """Examines what changed since the last run; the number of exceptions of each kind that it opened.

    Where everything must be examined, all workers share it. While another run is going this one has no business: it
    would only keep a worker from sharing. The first run of all waits for the first reading.
    """
    now = timezone.now()
    if held_back(at=now):
        cache.delete(ASKED)
        return {}
    moment = moment_after(now)
    try:
        done = reconcile(as_of=moment, now=moment, sharing=Sharing(invite=invite_workers), wait=False)
    except AlreadyRunning:
        return {}
    if cache.delete(ASKED):  # by something that came while this run was going, and found it going
        reconcile_changes.apply_async(expires=EXPIRES)
    return {kind: counts.opened for kind, counts in done.counts.items() if counts.opened}


def ask_for_run() -> None:
    """Has what has just come examined at once, instead of when it is time again.

    Of those who ask before a run has ended, the first starts one, and its end starts one more for the rest. Where
    Redis does not answer, nobody is kept waiting: the next run is at most a quarter of a minute away.
    """
    try:
        if cache.add(ASKED, 1, EXPIRES):
            reconcile_changes.apply_async(expires=EXPIRES, retry=False)
    except (RedisError, OperationalError) as error:
        log.warning("no run could be asked for", reason=str(error))


def ask_for_insight(asked: dict[str, str]) -> None:
    """Has a worker take the charts of these parameters anew, once however many ask; nobody is kept waiting."""
    name = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    try:
        if cache.add(f"insight-asked:{name}", 1, EXPIRES):
            take_charts.apply_async((asked,), expires=EXPIRES, retry=False)
    except (RedisError, OperationalError) as error:
        log.warning("no charts could be asked for", reason=str(error))


@shared_task
def take_charts(asked: dict[str, str]) -> None:
    """Takes the charts of the page of measures, for whoever asked and whoever asks within a minute."""
    take_insight(asked, at=timezone.now())


@shared_task
def keep_charts() -> bool:
    """Takes the charts of the page of measures where nobody should wait for them; whether it did."""
    return keep_ready(at=timezone.now())


@shared_task
def keep_homes() -> list[str]:
    """Takes what all see on the homes where nobody should wait for it; what it took."""
    return keep_homes_ready(at=timezone.now())


@shared_task
def run_first() -> None:
    """Examines everything, as whoever sets the product up asks, also before all is read."""
    moment = moment_after(timezone.now())
    reconcile(as_of=moment, now=moment, full=True, sharing=Sharing(invite=invite_workers))


@shared_task
def examine_slices(run: int) -> int:
    """Shares a run that another process leads: examines slices of it until none is free; how many there were."""
    return examine_slices_of(run)


def invite_workers(run: int, slices: int) -> None:
    """Calls as many workers as there are slices; who comes too late finds none."""
    for _ in range(slices):
        examine_slices.delay(run)


@shared_task
def pull_due() -> None:
    """Starts the pulls whose turn it is; a feed that is being read already is left alone."""
    now = timezone.now()
    for connection, feed in due_pulls(at=now):
        pull_one.apply_async((connection, feed), expires=EXPIRES)
    for run in asked_pulls(at=now):
        pull_asked.apply_async((run,), expires=EXPIRES)


@shared_task
def handle_due() -> None:
    """Starts the handling of deliveries that wait."""
    for connection in connections_told(at=timezone.now()):
        handle_one.apply_async((connection,), expires=EXPIRES)


@shared_task
def pull_one(connection: int, feed: str) -> None:
    """Reads one feed."""
    try:
        pull_feed(Connection.objects.get(id=connection), feed)
    except Busy:
        pass


@shared_task
def pull_asked(run: int) -> None:
    """Goes on with a window that a person asked for."""
    try:
        pull_window(PullRun.objects.select_related("connection").get(id=run))
    except Busy:
        pass


@shared_task
def handle_one(connection: int) -> None:
    """Handles one connection's deliveries."""
    try:
        if handle_told(Connection.objects.get(id=connection)):
            ask_for_run()
    except Busy:
        pass


@shared_task
def tell_meant(connection: int) -> int:
    """Tells what was told without a word whose meaning was entered since; how many records that changed."""
    accepted = tell_with_meanings(Connection.objects.get(id=connection), clock=timezone.now).accepted
    if accepted:
        ask_for_run()
    return accepted


@shared_task
def look_after_connections() -> None:
    """Tests every connection that is not paused: a credential that ended or a subscription that is gone is shown."""
    for connection in Connection.objects.filter(paused_at=None):
        look_after_one.apply_async((connection.id,), expires=3600)


@shared_task
def look_after_one(connection: int) -> int:
    """Tests one connection; how much is missing."""
    return len(look_after(Connection.objects.get(id=connection)))


@shared_task
def write_due() -> None:
    """Starts the changes in outside systems whose turn it is, each for itself."""
    for change in due_writes(at=timezone.now()):
        write.apply_async((change,), expires=EXPIRES)


@shared_task
def write(change: int) -> str:
    """Makes one attempt at a change in an outside system; the state that it ends in."""
    try:
        return write_one(change)
    except Busy:
        return "busy"


@shared_task
def end_due() -> None:
    """Starts the ends of deliveries whose turn it is, each for itself."""
    for connection in due_endings(at=timezone.now()):
        end_one.apply_async((connection,), expires=EXPIRES)


@shared_task
def end_one(connection: int) -> str:
    """Makes one attempt at ending what a vendor delivers to a connection; what came of it."""
    try:
        return attempt_ending(connection)
    except Busy:
        return "busy"


@shared_task
def forget_old_deliveries() -> int:
    """Removes deliveries that were handled long ago."""
    return forget_deliveries(at=timezone.now())


@shared_task
def forget_old_payloads() -> int:
    """Removes the payloads that are kept no longer."""
    return forget_payloads(at=timezone.now())


@shared_task
def run_bulk_job(job: int) -> int:
    """Makes one move of many cases in the background; how many were moved."""
    return int(run_job(job).done)


@shared_task
def make_change_preview(preview: int) -> None:
    """Says what a change of the topology would do to the months."""
    make_preview(preview, at=timezone.now())


@shared_task
def tell() -> int:
    """Tells what happened since to whom it concerns; how many lines of inboxes."""
    return tell_news(at=timezone.now())


@shared_task
def digest() -> int:
    """Queues the digests whose hour has come; how many."""
    return queue_digests(at=timezone.now())


@shared_task
def send_due() -> None:
    """Starts the sending of messages that are due, each for itself: a slow channel holds up no other."""
    for message in due_messages(at=timezone.now()):
        send_one.apply_async((message,), expires=EXPIRES)


@shared_task
def send_one(message: int) -> None:
    """Makes one attempt at a message."""
    send_message(message, at=timezone.now())


@shared_task
def forget_old() -> int:
    """Removes news that were read, messages that were sent, sessions that ended and notes of what came, of long ago."""
    now = timezone.now()
    gone = forget_old_news(at=now) + forget_old_messages(at=now) + forget_old_sessions(at=now)
    return gone + forget_arrivals()


@shared_task
def keep_checklists() -> int:
    """Opens the rounds of checklists that are due, asks their questions and notes the missed; how many it opened."""
    now = timezone.now()
    opened = open_rounds(at=now)
    ask_queries(at=now, months=bool(opened))
    note_missed(at=now)
    return opened


@shared_task
def fly_canaries() -> bool:
    """Runs the checks over known disagreements; whether they found each and nothing else."""
    now = timezone.now()
    run = fly(at=now)
    tell_of_canaries(run, at=now)
    return run.right


@shared_task
def tell_of_late() -> int:
    """Tells whoever looks after a system that it has not been read for too long; how many letters."""
    return tell_of_late_feeds(at=timezone.now())


@shared_task
def seal_trail() -> int:
    """Seals the entries of the trail that have no seal yet; how many."""
    return seal(at=timezone.now())
