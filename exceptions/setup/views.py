"""The pages of the guide, one for each step; each can be left and come back to."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions.configuration.connection_changes import begin_reading
from exceptions.configuration.connection_forms import BeginForm
from exceptions.configuration.editing import Editing
from exceptions.configuration.sections import SECTIONS
from exceptions.configuration.views import by_of
from exceptions.models import Company
from exceptions.people.confirming import confirmed
from exceptions.rights import needs
from exceptions.setup.forms import FlowsForm, SystemsForm
from exceptions.setup.members import add_systems
from exceptions.setup.progress import (
    STEPS,
    done_steps,
    first_run,
    following,
    held_back,
    next_step,
    reaches,
    readings,
    resting,
    waits_for_words,
)
from exceptions.setup.words import UnknownWordsForm
from exceptions.tasks import pull_due, run_first
from reconciliation.models import RejectedLine, System
from reconciliation.unknown_words import unknown_words

BASICS = ("name", "time_zone", "currency")
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("configure")
def setup(request: HttpRequest) -> HttpResponse:
    """Leads to the first step that is left to do."""
    return redirect(f"setup_{next_step(done_steps())}")


@GET_POST
@needs("configure")
@confirmed()
def setup_company(request: HttpRequest) -> HttpResponse:
    """What the company is called, and how it counts days and money."""
    company = Company.objects.get_or_create(id=1)[0]
    editing = Editing(SECTIONS["company"], company, _posted(request), by=by_of(request))
    editing.form.fields["name"].required = True
    if request.method == "POST" and editing.is_valid():
        editing.save(at=timezone.now())
        return redirect(f"setup_{following('company')}")
    basics = [editing.form[name] for name in BASICS]
    rest = [field for field in editing.form if field.name not in BASICS]
    return _page(request, "company", {"editing": editing, "basics": basics, "rest": rest})


@GET_POST
@needs("configure")
def setup_systems(request: HttpRequest) -> HttpResponse:
    """Which systems the brand has."""
    form = SystemsForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        added = add_systems(form.cleaned_data["kinds"], by=by_of(request), at=timezone.now())
        messages.success(request, f"Added: {', '.join(map(str, added))}.")
        return redirect("setup_systems")
    return _page(request, "systems", {"form": form, "systems": System.objects.all()})


@require_safe
@needs("configure")
def setup_credentials(request: HttpRequest) -> HttpResponse:
    """How each system is reached, and what a test found missing."""
    return _page(request, "credentials", {"reaches": reaches()})


@GET_POST
@needs("configure")
def setup_flows(request: HttpRequest) -> HttpResponse:
    """Whose word counts, and which of the proposed flows there are."""
    form = FlowsForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        added = form.save(by=by_of(request), at=timezone.now())
        messages.success(request, f"{added} flow{'' if added == 1 else 's'} added.")
        return redirect(f"setup_{following('flows')}")
    return _page(request, "flows", {"form": form, "flows": form.flows})


@GET_POST
@needs("configure")
def setup_history(request: HttpRequest) -> HttpResponse:
    """How far back everything is read; begins the first reading."""
    form, waiting = BeginForm(_posted(request)), resting()
    if request.method == "POST" and form.is_valid():
        by, at = by_of(request), timezone.now()
        with transaction.atomic():
            for connection in waiting:
                begin_reading(connection, depth=form.cleaned_data["depth"], by=by, at=at)
            transaction.on_commit(pull_due.delay)
        return redirect(f"setup_{following('history')}")
    unready = [one for one in reaches() if not one.ready]
    named = System.objects.filter(key__in=[connection.system for connection in waiting])
    return _page(request, "history", {"form": form, "waiting": named, "unready": unready})


@require_safe
@needs("configure")
def setup_reading(request: HttpRequest) -> HttpResponse:
    """How far the first reading is."""
    now = timezone.now()
    found = readings(at=now)
    context = {"readings": found, "read": all(one.done for one in found), "now": now}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "setup/_reading.html", context)
    return _page(request, "reading", context)


@GET_POST
@needs("configure")
def setup_words(request: HttpRequest) -> HttpResponse:
    """What the words mean that came, before the first run compares them."""
    form = UnknownWordsForm(unknown_words(), _posted(request))
    if request.method == "POST" and form.is_valid():
        count = form.save(by=by_of(request), at=timezone.now())
        messages.success(request, f"{count} word{' has' if count == 1 else 's have'} a meaning now.")
        return redirect(f"setup_{following('words')}")
    return _page(request, "words", {"form": form, "refused": RejectedLine.objects.count()})


@require_safe
@needs("configure")
def setup_run(request: HttpRequest) -> HttpResponse:
    """The first run, and what it found."""
    first = first_run()
    held = first is None and held_back(at=timezone.now())
    context = {"first": first, "asked": "asked" in request.GET, "held": held}
    context["for_words"] = held and waits_for_words(at=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "setup/_run.html", context)
    return _page(request, "run", context)


@require_POST
@needs("configure")
def setup_begin_run(request: HttpRequest) -> HttpResponse:
    """Has everything examined."""
    transaction.on_commit(run_first.delay)
    return redirect("/setup/run?asked")


def _page(request: HttpRequest, step: str, context: dict[str, Any]) -> HttpResponse:
    done = done_steps()
    steps = [(key, title, f"setup_{key}", done[key]) for key, title in STEPS.items()]
    place = {"steps": steps, "step": step, "title": STEPS[step], "done": done[step], "following": following(step)}
    return render(request, f"setup/{step}.html", place | context)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
