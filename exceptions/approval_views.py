"""The pages of approvals: what waits for a person's word, with its evidence; and what has been accepted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions.approvals import decidable
from exceptions.case_views import origin
from exceptions.models import ExceptionCase, Proposal
from exceptions.moves import MoveNotAllowed
from exceptions.resolutions import resolutions
from exceptions.rights import needs, person_in
from exceptions.variances import variances as accepted
from exceptions.workflow import move

SHOWN = 50


@require_safe
@needs("see")
def approvals(request: HttpRequest) -> HttpResponse:
    """The proposals that wait for this person's word, the oldest first, each with what it rests on; then all others."""
    mine = decidable(person_in(request)).select_related("case", "proposed_by").order_by("proposed_at", "id")
    waiting = Proposal.objects.filter(decision=None).select_related("case", "proposed_by").order_by("proposed_at", "id")
    shown = list(mine[:SHOWN])
    context = {
        "mine": [(proposal, resolutions()[proposal.resolution]) for proposal in shown],
        "others": list(waiting.exclude(id__in=[proposal.pk for proposal in shown])[:SHOWN]),
    }
    return render(request, "exceptions/approvals.html", context)


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
    seen, note = request.POST.get("seen", ""), request.POST.get("note", "")
    try:
        entry = move(
            proposal.case_id,
            name,
            by=person_in(request),
            at=timezone.now(),
            seen=int(seen) if seen.isdecimal() and len(seen) < 18 else 0,
            origin=origin(request),
            note=note,
        )
    except (MoveNotAllowed, ExceptionCase.DoesNotExist) as error:
        messages.error(request, f"E-{proposal.case_id}: {error} Your comment was: “{note}”")
    else:
        messages.success(request, f"E-{proposal.case_id}: {entry.sentence}")
    return redirect("approvals")


@require_safe
@needs("see")
def variances(request: HttpRequest) -> HttpResponse:
    """The variances accepted this month, against the limits."""
    return render(request, "exceptions/variances.html", {"accepted": accepted(at=timezone.now())})
