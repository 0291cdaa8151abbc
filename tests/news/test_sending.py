"""Messages that are due, to a real SMTP server and a real web server on this machine."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.models import SORTS, Message, Outgoing, Preferences, Team, TrailEntry
from exceptions.news.channels import letter, one_line, slack_body, teams_body
from exceptions.news.outgoing import enable_channel, make_channel, queue_trial, remove_channel, reseal_channels
from exceptions.news.queueing import content
from exceptions.news.sending import ATTEMPTS, LONGEST, due_messages, forget_old_messages, pause, send_message
from exceptions.notify import tell_news
from tests.exceptions.people import NOW, case

pytestmark = pytest.mark.django_db

HOSTILE = 'Short\r\nBcc: everybody@example.com\r\n\r\n<script>alert("x")</script> <!channel> [a](https://evil.example)'


def send_all(at=NOW):
    return [send_message(id, at=at, jitter=lambda low, high: high) for id in due_messages(at=at)]


def mailbox(person, address="ana@example.com"):
    person.user.email = address
    person.user.save()
    return person


def channel(company, listener, flavour="signed", **fields):
    said = {"name": "Ledger bot", "flavour": flavour, "address": listener.address, "sorts": list(SORTS)}
    return make_channel(**said | fields, by=company["ida"].user, at=NOW)


@pytest.fixture
def breached(company, happens):
    """A case of Ana's beyond its time, of which she and her lead hear."""

    def breach(subject="order:shop:1", title="Too much", at=NOW):
        found = case(subject, owner=company["ana"].user, title=title)
        happens(found, "escalate", level=2, at=at)
        return found

    return breach


def test_a_letter_arrives_once_in_text_and_html(company, breached, post_office):
    mailbox(company["ana"])
    found = breached()
    tell_news(at=NOW)
    assert send_all() == [True]
    assert send_all() == send_all(NOW + timedelta(days=1)) == []
    [sent] = post_office.letters
    assert (sent["To"], sent["Subject"]) == ("ana@example.com", f"Beyond its time: {found} Too much")
    text, html = (sent.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert f"- Beyond its time: {found} Too much" in text
    assert f'<a href="http://127.0.0.1:8000/exceptions/{found.pk}">' in html
    assert sent["Message-ID"] == f"<{Message.objects.get().key}@127.0.0.1>"


def test_nothing_in_a_title_becomes_a_header_or_markup(company, breached, post_office):
    mailbox(company["ana"])
    breached(title=HOSTILE)
    tell_news(at=NOW)
    assert send_all() == [True]
    [sent] = post_office.letters
    assert sent["Bcc"] is None
    assert sent["Subject"].startswith("Beyond its time: E-")
    assert "<script>" not in sent.get_body(["html"]).get_content()


@given(st.text())
def test_a_subject_is_always_one_line(text):
    subject = one_line(text, 150)
    assert len(subject) <= 150
    assert subject.splitlines() in ([subject], [])


def test_whoever_wants_no_letters_gets_none(company, breached, post_office):
    Preferences.objects.create(person=mailbox(company["ana"]).user, by_mail=["assigned"])
    breached()
    tell_news(at=NOW)
    assert send_all() == []
    assert company["ana"].user.notifications.count() == 1


def test_what_comes_while_a_letter_waits_is_folded_into_it(company, breached, post_office):
    mailbox(company["ana"])
    breached()
    tell_news(at=NOW)
    send_all()
    for number in range(2, 5):
        later = NOW + timedelta(minutes=number)
        breached(f"order:shop:{number}", at=later)
        tell_news(at=later)
        assert send_all(later) == []
    assert send_all(NOW + timedelta(minutes=5)) == [True]
    assert [sent["Subject"].split(":")[0] for sent in post_office.letters] == ["Beyond its time", "3 news"]


def test_a_letter_that_fails_is_tried_again_and_given_up_in_the_end(company, breached, post_office):
    mailbox(company["ana"])
    breached()
    tell_news(at=NOW)
    post_office.refuse, at = "451", NOW
    for attempt in range(ATTEMPTS):
        assert send_all(at) == [False]
        assert send_all(at) == []
        at += pause(attempt + 1, lambda low, high: high)
    message = Message.objects.get()
    assert (message.attempts, message.given_up_at is None, message.status) == (ATTEMPTS, False, 451)
    assert send_all(at + LONGEST) == []


def test_a_mailbox_that_does_not_exist_is_given_up_at_once(company, breached, post_office):
    mailbox(company["ana"])
    breached()
    tell_news(at=NOW)
    post_office.refuse = "550"
    assert send_all() == [False]
    assert Message.objects.get().given_up_at == NOW


@pytest.mark.parametrize("flavour", [None, "slack"])
def test_who_has_left_meanwhile_is_sent_nothing(company, breached, post_office, listener, flavour):
    person = mailbox(company["ana"]).user
    if flavour:
        channel(company, listener, flavour, person=person)
    breached()
    tell_news(at=NOW)
    person.is_active = False
    person.save()
    assert set(send_all()) == {False}
    assert (post_office.letters, listener.requests) == ([], [])
    assert send_all(NOW + timedelta(days=1)) == []


def test_whoever_dies_while_sending_leaves_it_to_the_next_attempt(company, breached, post_office, monkeypatch):
    mailbox(company["ana"])
    breached()
    tell_news(at=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("exceptions.news.sending.deliver", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send_all()
    assert send_all() == []
    assert send_all(NOW + timedelta(seconds=30)) == [True]
    assert len(post_office.letters) == 1


@given(st.integers(1, 30), st.floats(0.5, 1))
def test_pauses_grow_and_end(attempt, luck):
    wait = pause(attempt, lambda low, high: luck)
    assert timedelta(seconds=15) <= wait <= LONGEST


def test_a_program_is_told_signed(company, breached, listener):
    _, key = channel(company, listener)
    found = breached()
    tell_news(at=NOW)
    assert send_all() == [True]
    [(path, headers, body)] = listener.requests
    timestamp = headers["Reconciliation-Timestamp"]
    expected = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Reconciliation-Signature"] == f"v1={expected}"
    assert (path, timestamp) == ("/hook", str(int(NOW.timestamp())))
    said = json.loads(body)
    assert said["id"] == headers["Reconciliation-Id"] == Message.objects.get(outgoing__isnull=False).key
    [fact] = said["news"]
    assert (fact["sort"], fact["exception"], fact["owner"]) == ("breached", found.pk, "ana")


def test_another_attempt_has_the_same_id_and_a_signature_of_its_own(company, breached, listener):
    channel(company, listener)
    breached()
    tell_news(at=NOW)
    listener.status = 500
    assert send_all() == [False]
    listener.status = 200
    assert send_all(NOW + timedelta(minutes=1)) == [True]
    first, second = (headers for _, headers, _ in listener.requests)
    assert first["Reconciliation-Id"] == second["Reconciliation-Id"]
    assert first["Reconciliation-Signature"] != second["Reconciliation-Signature"]
    assert Outgoing.objects.get().failures == 0


def test_a_team_s_channel_hears_of_its_team_and_its_sorts_alone(company, breached, happens, listener):
    ops = Team.objects.get(key="ops")
    channel(company, listener, name="Ops", team=ops)
    channel(company, listener, name="Ideas", sorts=["idle"])
    breached()
    happens(case("order:shop:2", severity="critical", team="ops"), "detect")
    tell_news(at=NOW)
    send_all()
    assert [fact["sort"] for _, _, body in listener.requests for fact in json.loads(body)["news"]] == ["critical"]


def test_news_reach_a_program_also_where_nobody_works_in_the_team(company, happens, listener):
    channel(company, listener)
    happens(case(team="cx", severity="critical"), "detect")
    assert tell_news(at=NOW) == 0
    assert send_all() == [True]


def test_a_storm_is_one_request_however_long_it_goes_on(company, happens, listener):
    channel(company, listener)
    channel(company, listener, "slack", name="Chat")
    head = case("order:shop:0", team="cx")
    for number in range(1, 4):
        happens(case(f"order:shop:{number}", team="cx", storm=head), "detect", at=NOW + timedelta(minutes=number))
        tell_news(at=NOW + timedelta(minutes=number))
    assert send_all(NOW + timedelta(hours=1)) == [True, True]
    assert send_all(NOW + timedelta(hours=2)) == []


def test_a_chat_folds_many_at_once_and_a_program_is_told_each(company, happens, listener):
    channel(company, listener, "slack", name="Chat")
    channel(company, listener)
    for number in range(7):
        happens(case(f"order:shop:{number}", team="cx", severity="critical"), "detect")
    tell_news(at=NOW)
    send_all()
    chat, program = sorted((json.loads(body) for _, _, body in listener.requests), key=len)
    assert "7 of “Credit differs from what came back” in the team Customer experience: critical and new" in chat["text"]
    assert len(program["news"]) == 7


def test_an_address_that_moved_elsewhere_is_not_followed(company, breached, listener):
    channel(company, listener)
    breached()
    tell_news(at=NOW)
    listener.status, listener.headers_back = 302, {"Location": listener.address}
    assert send_all() == [False]
    assert len(listener.requests) == 1
    assert "do not follow" in Message.objects.get(outgoing__isnull=False).answer


def test_a_channel_that_never_answers_is_disabled_and_enabled_by_hand(company, breached, listener):
    made, _ = channel(company, listener)
    breached()
    tell_news(at=NOW)
    listener.status, at = 500, NOW
    for attempt in range(ATTEMPTS):
        assert send_all(at) == [False]
        at += pause(attempt + 1, lambda low, high: high)
    made.refresh_from_db()
    assert made.disabled_at is not None
    assert TrailEntry.objects.filter(about="channel Ledger bot", move="change").count() == 1
    breached("order:shop:2", at=at)
    tell_news(at=at)
    assert Message.objects.filter(outgoing=made, given_up_at=None).count() == 0
    assert enable_channel(made, by=company["ida"].user, at=at)
    assert not enable_channel(made, by=company["ida"].user, at=at)
    listener.status = 200
    assert send_message(queue_trial(made, by="ida", at=at).pk, at=at)


def test_an_address_that_is_gone_disables_its_channel_at_once(company, breached, listener):
    made, _ = channel(company, listener)
    breached()
    tell_news(at=NOW)
    listener.status = 410
    assert send_all() == [False]
    made.refresh_from_db()
    assert made.disabled_at == NOW


@pytest.mark.parametrize("flavour", ["slack", "teams"])
def test_a_person_s_own_channel_hears_what_they_hear(company, breached, listener, flavour):
    channel(company, listener, flavour, person=company["ana"].user)
    found = breached()
    tell_news(at=NOW)
    assert send_all() == [True]
    [(_, headers, body)] = listener.requests
    assert f"Beyond its time: {found} Too much".replace("-", "-") in body.decode().replace("\\\\", "")
    assert "Reconciliation-Signature" not in headers


def test_chats_neither_call_people_nor_make_links():
    said = content([{"text": HOSTILE, "address": "https://books.example.com/exceptions/1"}])
    slack = slack_body(said)["text"]
    assert "<!channel>" not in slack
    assert slack.count("<https://books.example.com/exceptions/1|") == slack.count("<") == 1
    blocks = teams_body(said)["attachments"][0]["content"]["body"]
    assert "\\[a\\]\\(https://evil.example\\)" in blocks[1]["items"][0]["text"]


def test_the_address_is_kept_sealed_and_with_its_key_made_anew(company, listener, settings):
    made, key = channel(company, listener)
    assert listener.address not in f"{made.sealed_address}{made.shown}"
    assert key not in made.sealed_key
    assert listener.address not in json.dumps(list(TrailEntry.objects.values_list("details", flat=True)))
    settings.CREDENTIAL_KEYS = ["another", *settings.CREDENTIAL_KEYS]
    assert reseal_channels() == 1
    settings.CREDENTIAL_KEYS = ["another"]
    assert send_message(queue_trial(made, by="ida", at=NOW).pk, at=NOW)


def test_a_channel_that_is_removed_is_told_nothing(company, breached, listener):
    made, _ = channel(company, listener)
    breached()
    tell_news(at=NOW)
    remove_channel(made, by=company["ida"].user, at=NOW)
    assert send_all() == []


def test_what_was_sent_long_ago_is_forgotten_and_what_waits_is_not(company, breached, listener):
    channel(company, listener)
    breached()
    tell_news(at=NOW)
    assert forget_old_messages(at=NOW + timedelta(days=40)) == 0
    send_all()
    assert forget_old_messages(at=NOW + timedelta(days=40)) == 1


def test_a_letter_says_where_to_choose(company):
    sent = letter(
        Message(person=mailbox(company["ana"]).user, key="k", content=content([{"text": "a", "address": "b"}]))
    )
    assert "/account/preferences" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
