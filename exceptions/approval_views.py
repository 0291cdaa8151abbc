"""The pages of approvals: what waits for a person's word, with its evidence; and what has been accepted."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions.approvals import decidable
from exceptions.case_views import origin
from exceptions.listing import row_number
from exceptions.models import ExceptionCase, Proposal
from exceptions.moves import MoveNotAllowed
from exceptions.resolutions import resolutions
from exceptions.rights import needs, person_in
from exceptions.settled import settled_lines as lines_settled
from exceptions.settled import waivers as waivers_given
from exceptions.trail.sentences import sentence
from exceptions.variances import variances as accepted
from exceptions.workflow import move

SHOWN = 50


@require_safe
@needs("see")
def approvals(request: HttpRequest) -> HttpResponse:
    """The proposals that wait for this person's word, the oldest first, each with what it rests on; then all others."""
    own = decidable(person_in(request))
    waiting = Proposal.objects.filter(decision=None).exclude(id__in=own.values("id"))
    mine, more_mine = _from(own, request.GET.get("after", ""))
    others, more_others = _from(waiting, request.GET.get("others", ""))
    context = {
        "mine": [(proposal, resolutions()[proposal.resolution]) for proposal in mine],
        "more_mine": more_mine,
        "others": others,
        "more_others": more_others,
    }
    return render(request, "exceptions/approvals.html", context)


def _from(waiting: QuerySet[Proposal], after: str) -> tuple[list[Proposal], int | None]:
    """A page of proposals behind the one numbered `after`, and the number of its last one where more follow."""
    behind = waiting.filter(id__gt=row_number(after) or 0).select_related("case", "proposed_by").order_by("id")
    found = list(behind[: SHOWN + 1])
    return found[:SHOWN], found[SHOWN - 1].pk if len(found) > SHOWN else None


@require_POST
@needs("approve")
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """Approves or rejects from the list; what is refused is said, and the comment stays."""
    proposal = Proposal.objects.select_related("case").filter(id=id, decision=None).first()
    if proposal is None:
        messages.error(request, "Somebody has decided it meanwhile, or its evidence has moved.")
        return redirect("approvals")
    effect = resolutions()[proposal.resolution].effect
    name = "reject" if "reject" in request.POST else "approve" if effect == "accept" else "approve_fix"
    note = request.POST.get("note", "")
    try:
        entry = move(
            proposal.case_id,
            name,
            by=person_in(request),
            at=timezone.now(),
            seen=row_number(request.POST.get("seen", "")) or 0,
            origin=origin(request),
            note=note,
        )
    except (MoveNotAllowed, ExceptionCase.DoesNotExist) as error:
        messages.error(request, f"E-{proposal.case_id}: {error} Your comment was: “{note}”")
    else:
        messages.success(request, f"E-{proposal.case_id}: {sentence(entry)}")
    return redirect("approvals")


@require_safe
@needs("see")
def variances(request: HttpRequest) -> HttpResponse:
    """The variances accepted this month, against the limits."""
    return render(request, "exceptions/variances.html", {"accepted": accepted(at=timezone.now())})


@require_safe
@needs("see")
def waivers(request: HttpRequest) -> HttpResponse:
    """What is not asked of a customer until a date: who agreed to it, and where it can be ended."""
    asked = {name: request.GET.get(key, "") for name, key in (("search", "q"), ("after", "after"))}
    page = waivers_given(person_in(request), at=timezone.now(), **asked)
    return render(request, "exceptions/waivers.html", {"page": page})


@require_safe
@needs("see")
def settled_lines(request: HttpRequest) -> HttpResponse:
    """Refused lines that were corrected and taken in, or discarded."""
    asked = {name: request.GET.get(key, "") for name, key in (("search", "q"), ("after", "after"))}
    return render(request, "exceptions/settled_lines.html", {"page": lines_settled(person_in(request), **asked)})
