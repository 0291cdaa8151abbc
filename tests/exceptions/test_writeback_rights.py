"""Who may have something written into an outside system, who allows it, and whose word it needs."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from connectors.models import Connection, Outbox
from exceptions.models import RoleGrant, TrailEntry
from exceptions.moves import FieldMissing, MoveNotAllowed
from exceptions.rights import person_of
from exceptions.trail.sentences import sentence
from exceptions.workflow import move
from exceptions.writeback.allowing import NoSuchChange, allow_writes
from tests.connectors.vendors import BEGIN
from tests.exceptions.people import someone
from tests.exceptions.scenes import PAGE
from tests.exceptions.written import SCENES, xero_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lawful")]


@pytest.mark.parametrize("who", ["team member", "lead", "outsider", "viewer"])
def test_the_owner_and_a_lead_may_and_nobody_else(retry, who, client):
    team = retry.case.team
    person = {
        "team member": lambda: someone("mia", "agent", team=team),
        "lead": lambda: someone("lea", "agent", "lead", team=team, lead=True),
        "outsider": lambda: someone("oz", "agent", team="finance"),
        "viewer": lambda: someone("vic", "viewer"),
    }[who]()
    client.force_login(person.user)
    address = f"/exceptions/{retry.case.pk}/moves/resolve?resolution=retry_sync&write=1"
    said = {"seen": retry.case.version, "p_write": retry.offer().planned.digest}
    client.post(address, said)
    assert Outbox.objects.count() == (1 if who == "lead" else 0)


def test_a_person_sees_it_before_and_after(retry, client):
    client.force_login(retry.owner.user)
    page = client.get(f"/exceptions/{retry.case.pk}").content.decode()
    assert "Retry the sync in Celigo" in page
    assert "Retry the sync, by hand" in page
    address = f"/exceptions/{retry.case.pk}/moves/resolve?resolution=retry_sync&write=1"
    form = client.get(address).content.decode()
    assert "POST /v1/flows/f2/s1/retry" in form
    assert "rdk-3" in form
    said = {"seen": retry.case.version, "p_write": retry.offer().planned.digest}
    page = client.post(address, said, follow=True).content.decode()
    assert "waits to be sent" in page
    retry.clock.now = timezone.now()
    assert "is to be written into celigo" in page
    retry.deliver()
    page = client.get(f"/exceptions/{retry.case.pk}").content.decode()
    assert "Written into other systems" in page
    assert "job-1" in page


def test_only_an_admin_allows_it_and_the_trail_says_so(retry, client):
    address = f"/connections/{retry.connection.pk}/writes"
    for person in (retry.owner, someone("lea", "agent", "lead", team="ops", lead=True), someone("vic", "viewer")):
        client.force_login(person.user)
        assert client.post(address, {"action": []}).status_code == 403
    client.force_login(someone("sam", "admin").user)
    client.post(address, {"action": [], "alone": "yes"})
    assert Connection.objects.get().writes_allowed == []
    entry = TrailEntry.objects.filter(about="connection celigo").latest("id")
    assert sentence(entry) == "Changed connection celigo: writes from retry to nothing."
    assert entry.by.username == "sam"
    client.post(address, {"action": ["retry"]})
    assert Connection.objects.get().writes_allowed == ["retry"]


def test_a_connection_lets_nobody_decide_alone_until_an_admin_says_so(retry, client):
    assert Connection(system="new").second_person
    address = f"/connections/{retry.connection.pk}/writes"
    client.force_login(retry.owner.user)
    assert client.post(address, {"action": ["retry"], "alone": "yes"}).status_code == 403
    client.force_login(someone("sam", "admin").user)
    client.post(address, {"action": ["retry"]})
    assert Connection.objects.get().second_person
    entry = TrailEntry.objects.filter(about="connection celigo").latest("id")
    assert sentence(entry) == "Changed connection celigo: each is decided by from one person to two people."
    client.post(address, {"action": ["retry"], "alone": "yes"})
    assert not Connection.objects.get().second_person


def test_the_command_says_by_how_many_each_change_is_decided(retry, capsys):
    call_command("connection", "writes", "celigo", "--decided-by", "two")
    assert "each change is decided by two people" in capsys.readouterr().out
    kept = Connection.objects.get()
    assert (kept.second_person, kept.writes_allowed) == (True, ["retry"])
    call_command("connection", "writes", "celigo", "--allow", "retry")
    assert Connection.objects.get().second_person
    call_command("connection", "writes", "celigo", "--decided-by", "one")
    assert not Connection.objects.get().second_person


def test_a_change_that_the_connector_cannot_make_is_not_allowed(retry):
    with pytest.raises(NoSuchChange):
        allow_writes(retry.connection, ["retry", "burn"], by=None, at=BEGIN, source="command")
    assert Connection.objects.get().writes_allowed == ["retry"]


def test_the_command_lists_and_allows(retry, capsys):
    call_command("connection", "writes", "celigo", "--allow")
    assert Connection.objects.get().writes_allowed == []
    call_command("connection", "writes", "celigo", "--allow", "retry")
    assert "allowed" in capsys.readouterr().out
    assert Connection.objects.get().writes_allowed == ["retry"]


def approver(name="amira"):
    return someone(name, "finance_controller", "approver", team="finance")


def test_money_beyond_what_a_person_may_accept_is_sent_only_with_anothers_word(client):
    draft = xero_draft(amount="37.50")
    with pytest.raises(MoveNotAllowed, match="needs approval"):
        draft.decide()
    client.force_login(draft.owner.user)
    page = client.get(f"/exceptions/{draft.case.pk}").content.decode()
    assert "Raise the credit note in Xero: ask for approval" in page
    draft.decide(name="propose", note="Goods are back.")
    assert Outbox.objects.count() == 0
    amira = approver()
    client.force_login(amira.user)
    for page in (f"/exceptions/{draft.case.pk}", "/approvals"):
        shown = client.get(page).content.decode()
        assert "Made in Xero when it is approved: A draft credit note over 37.50 GBP" in shown
        assert "PUT /api.xro/2.0/CreditNotes" in shown
    move(draft.case.pk, "approve_fix", by=amira, at=draft.clock(), seen=draft.case.version, origin=PAGE)
    assert Outbox.objects.count() == 1
    assert draft.deliver() == "done"
    assert draft.effects() == 1


@pytest.mark.parametrize("name", SCENES)
def test_where_a_second_person_is_asked_each_change_waits_for_one(name, client):
    made = SCENES[name]()
    Connection.objects.update(second_person=True)
    with pytest.raises(MoveNotAllowed, match="needs approval"):
        made.decide()
    client.force_login(made.owner.user)
    assert "ask for approval" in client.get(f"/exceptions/{made.case.pk}").content.decode()
    made.decide(name="propose", note="It was looked at.")
    assert Outbox.objects.count() == 0
    amira = approver()
    client.force_login(amira.user)
    assert "when it is approved" in client.get("/approvals").content.decode()
    approve(made, amira)
    assert made.deliver() == "done"
    assert made.effects() == 1


def test_whoever_proposed_a_change_is_not_its_second_person_though_an_approver(retry):
    Connection.objects.update(second_person=True)
    RoleGrant.objects.create(person=retry.owner.user, role="approver")
    both = person_of(retry.owner.user)
    retry.decide(by=both, name="propose", note="It was looked at.")
    with pytest.raises(MoveNotAllowed, match="somebody else has to decide"):
        approve(retry, both)
    assert Outbox.objects.count() == 0


def test_what_is_done_by_hand_waits_for_no_second_person(retry):
    Connection.objects.update(second_person=True)
    retry.decide(parameters={"where": "in Celigo"})
    assert retry.case.state == "fix_applied"


def approve(made, by):
    return move(made.case.pk, "approve_fix", by=by, at=made.clock(), seen=made.case.version, origin=PAGE)


def test_nobody_approves_their_own_draft():
    draft = xero_draft(amount="37.50")
    draft.decide(name="propose", note="Goods are back.")
    with pytest.raises(MoveNotAllowed):
        move(draft.case.pk, "approve_fix", by=draft.owner, at=draft.clock(), seen=draft.case.version, origin=PAGE)
    assert Outbox.objects.count() == 0


def test_money_within_what_a_person_may_accept_is_sent_at_once():
    draft = xero_draft(amount="20.00")
    with pytest.raises(MoveNotAllowed, match="needs no approval"):
        draft.decide(name="propose", note="Goods are back.")
    draft.decide()
    assert draft.deliver() == "done"


def test_an_approval_sends_what_was_proposed_and_nothing_else():
    draft = xero_draft(amount="37.50")
    draft.decide(name="propose", note="Goods are back.")
    Connection.objects.update(settings=draft.connection.settings | {"credit_account": "400"})
    with pytest.raises(FieldMissing, match="no longer what was shown"):
        move(draft.case.pk, "approve_fix", by=approver(), at=draft.clock(), seen=draft.case.version, origin=PAGE)
    assert draft.case.state == "pending_approval"
    assert Outbox.objects.count() == 0
