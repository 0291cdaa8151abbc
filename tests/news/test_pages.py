"""The pages about news: one's own alone, harmless, and with few queries."""

import pytest
from django.urls import reverse

from exceptions.models import SORTS, Message, Notification, Outgoing, Preferences, RoleGrant
from exceptions.news.outgoing import make_channel
from tests.exceptions.people import NOW, case

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(company):
    """A line of Ana's inbox."""

    def make(title="Too much", **fields):
        found = case(f"order:shop:{Notification.objects.count()}", title=title)
        told = {"person": company["ana"].user, "sort": "breached", "case": found, "kind": found.kind, "team": "finance"}
        return Notification.objects.create(at=NOW, **told | fields)

    return make


@pytest.fixture
def ana(client, company):
    client.force_login(company["ana"].user)
    return client


@pytest.fixture
def ida(client, company):
    client.force_login(company["ida"].user)
    return client


def page(client, name="inbox", *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_header_counts_what_is_not_read(ana, line):
    assert "not read" not in page(ana)
    line()
    line()
    assert '<span class="unread">2<' in page(ana, "queue")


def test_a_line_leads_to_its_exception_and_counts_as_read(ana, line):
    told = line()
    answer = ana.get(reverse("open_news", args=[told.pk]))
    assert answer["Location"] == reverse("exception", args=[told.case_id])
    told.refresh_from_db()
    assert told.read_at is not None


def test_one_or_all_that_were_shown_are_marked_read(ana, line):
    first, second, third = line(), line(), line()
    ana.post(reverse("read_news"), {"only": second.pk})
    assert Notification.objects.filter(read_at=None).count() == 2
    ana.post(reverse("read_news"), {"up_to": second.pk})
    assert list(Notification.objects.filter(read_at=None)) == [third]
    for wrong in ({}, {"only": "x"}, {"up_to": "9" * 40}, {"only": "-1"}):
        assert ana.post(reverse("read_news"), wrong).status_code == 302
    assert first.pk < third.pk


def test_nobody_reads_or_marks_the_inbox_of_another(client, company, line):
    told = line()
    for name in ("ben", "lea", "ida", "tom"):
        client.force_login(company[name].user)
        assert "Too much" not in page(client)
        assert client.get(reverse("open_news", args=[told.pk])).status_code == 404
        client.post(reverse("read_news"), {"only": told.pk})
        client.post(reverse("read_news"), {"up_to": told.pk})
    told.refresh_from_db()
    assert told.read_at is None


def test_who_lost_every_role_reads_nothing_any_more(ana, company, line):
    told = line()
    RoleGrant.objects.filter(person=company["ana"].user).delete()
    assert ana.get(reverse("inbox")).status_code == 403
    assert ana.get(reverse("open_news", args=[told.pk])).status_code == 403
    assert reverse("inbox") not in page(ana, "preferences")


def test_what_is_told_is_no_markup(ana, line):
    line('<script>alert("x")</script>')
    assert "<script>alert" not in page(ana)


def test_pages_go_on_where_the_last_ended(ana, line):
    for _ in range(60):
        line()
    answer = ana.get(reverse("inbox"))
    assert answer.context["following"] in answer.content.decode()
    assert len(ana.get(reverse("inbox") + answer.context["following"]).context["page"].lines) == 10
    assert ana.get(reverse("inbox"), {"before": "x" * 30}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_inbox(ana, line, django_assert_max_num_queries):
    for _ in range(40):
        line()
    page(ana)  # the first page of a sign-in also notes when it was seen
    with django_assert_max_num_queries(8):
        page(ana)


def test_wishes_are_kept_and_in_effect(ana, company):
    wish = {"by_mail": ["breached"], "digest_hour": "17", "time_zone": "Asia/Tokyo", "theme": "dark"}
    assert ana.post(reverse("preferences"), wish).status_code == 302
    known = Preferences.objects.get(person=company["ana"].user)
    assert (known.by_mail, known.by_chat, known.digest, known.shortcuts) == (["breached"], [], False, False)
    shown = page(ana, "preferences")
    assert 'data-theme="dark"' in shown
    assert 'data-keys="off"' in shown


@pytest.mark.parametrize("asked", [None, ["assigned", "due", "breached"]])
def test_a_sort_that_is_new_since_one_chose_is_ticked_until_one_unticks_it(ana, company, asked):
    mine = Preferences.objects.create(person=company["ana"].user, by_mail=["breached"], by_chat=[], asked=asked)
    assert "missed" in mine.wanted(mine.by_mail) & mine.wanted(mine.by_chat)
    assert mine.wanted(mine.by_mail).isdisjoint({"assigned", "due"}), "those were unticked"
    assert 'value="missed" aria-label="My team missed a checklist: e-mail" checked' in page(ana, "preferences")
    ana.post(reverse("preferences"), {"by_mail": ["breached"], "digest_hour": "8", "theme": "auto"})
    mine.refresh_from_db()
    assert (mine.wanted(mine.by_mail), mine.wanted(mine.by_chat)) == ({"breached"}, set())
    assert 'e-mail" checked' in page(ana, "preferences")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by_mail": ["everything"]}, "by_mail"),
        ({"digest_hour": "24"}, "digest_hour"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"theme": "pink"}, "theme"),
    ],
)
def test_a_wish_that_cannot_be_is_said_at_its_field(ana, wrong, field):
    answer = ana.post(reverse("preferences"), {"digest_hour": "8", "theme": "auto", "time_zone": ""} | wrong)
    assert list(answer.context["form"].errors) == [field]
    assert not Preferences.objects.exists()


def test_one_s_own_channel_is_made_tried_replaced_and_removed(ana, listener):
    address = reverse("own_channel")
    ana.post(address, {"flavour": "slack", "address": listener.address})
    ana.post(address, {"trial": ""})
    assert len(listener.requests) == 1
    ana.post(address, {"flavour": "teams", "address": listener.address})
    assert Outgoing.objects.get().flavour == "teams"
    assert listener.address not in page(ana, "preferences")
    ana.post(address, {"remove": ""})
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    "said", [{"flavour": "slack", "address": "https://10.0.0.1/"}, {"flavour": "signed", "address": "x"}]
)
def test_one_s_own_channel_leads_nowhere_inside(ana, said):
    ana.post(reverse("own_channel"), said)
    assert not Outgoing.objects.exists()


def test_an_admin_makes_a_channel_whose_key_is_shown_once(ida, listener):
    said = {"name": "Ledger bot", "flavour": "signed", "address": listener.address, "sorts": ["breached"]}
    answer = ida.post(reverse("settings_channels"), said)
    key = answer.context["key"]
    assert key in answer.content.decode()
    made = Outgoing.objects.get()
    for shown in (page(ida, "settings_channels"), page(ida, "settings_channel", made.pk)):
        assert key not in shown
        assert listener.address not in shown
        assert "Ledger bot" in shown
    assert ida.post(reverse("settings_channels"), said).context["form"].errors.keys() == {"name"}


@pytest.mark.parametrize("address", ["https://127.0.0.1/", "https://169.254.169.254/", "http://example.com/", "x"])
def test_an_address_inside_is_refused_at_its_field(ida, address):
    said = {"name": "Bot", "flavour": "signed", "address": address, "sorts": ["breached"]}
    assert list(ida.post(reverse("settings_channels"), said).context["form"].errors) == ["address"]
    assert not Outgoing.objects.exists()


def test_a_channel_is_tried_enabled_and_removed_by_hand(ida, company, listener):
    said = {"name": "Bot", "flavour": "signed", "address": listener.address, "sorts": ["breached"]}
    made, _ = make_channel(**said, by=company["ida"].user, at=NOW)
    do = lambda deed: ida.post(reverse("settings_channel_do", args=[made.pk, deed]), follow=True)  # noqa: E731
    assert "It arrived." in do("trial").content.decode()
    listener.status, listener.words = 503, b"<script>alert(1)</script>"
    refused = do("trial").content.decode()
    assert "It did not arrive: 503" in refused
    assert "<script>alert(1)" not in refused
    Outgoing.objects.update(disabled_at=NOW)
    assert "Enable it again" in page(ida, "settings_channel", made.pk)
    assert "Enable it again" not in do("enable").content.decode()
    do("remove")
    assert (Outgoing.objects.count(), Message.objects.count()) == (0, 0)


def test_a_person_s_channel_is_no_business_of_an_admin(ida, company, listener):
    said = {"name": "of ana", "flavour": "slack", "address": listener.address, "sorts": list(SORTS)}
    made, _ = make_channel(**said, person=company["ana"].user, by=company["ana"].user, at=NOW)
    assert "of ana" not in page(ida, "settings_channels")
    for deed in ("trial", "remove"):
        assert ida.post(reverse("settings_channel_do", args=[made.pk, deed])).status_code == 404
    assert listener.requests == []
