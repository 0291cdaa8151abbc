"""The pages of the settings. Each view is named after its page and asks one domain function."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from exceptions.configuration import columns
from exceptions.configuration.canaries import canaries_page
from exceptions.configuration.changes import StillUsed, history, last_change
from exceptions.configuration.editing import (
    AtTheEdge,
    Editing,
    ask_removal_preview,
    end_suppression,
    move_rule,
    preview_move,
    preview_removal,
    remove,
    rule_order,
    touches_months,
)
from exceptions.configuration.mappings import TABLES
from exceptions.configuration.sections import GROUPS, SECTIONS, Section
from exceptions.homes.attention import attention
from exceptions.homes.snapshots import snapshot
from exceptions.listing import list_page, row_number
from exceptions.models import ChangePreview, Company
from exceptions.news.canaries import grounded_sentence, incident_sentence
from exceptions.people.confirming import confirmed
from exceptions.rights import needs
from exceptions.tasks import make_change_preview

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("configure")
def settings(request: HttpRequest) -> HttpResponse:
    """All settings, what needs attention, and the last changes."""
    taken = snapshot(f"attention:{last_change()}", lambda now: attention(at=now), at=timezone.now())
    context = {"attention": taken.figures, "entries": history().entries[:10]}
    return page_of_settings(request, "index", None, context)


@require_safe
@needs("configure")
def settings_history(request: HttpRequest) -> HttpResponse:
    """What was configured: of one thing, or of all."""
    about = request.GET.get("about", "").replace("\0", "")
    page = history(about=about, below=row_number(request.GET.get("below", "")))
    return page_of_settings(request, "history", "history", {"page": page, "about": about})


@require_safe
@needs("configure")
def settings_canaries(request: HttpRequest) -> HttpResponse:
    """How the checks do on known disagreements."""
    now = timezone.now()
    page = canaries_page(at=now)
    said = (
        {"sentence": incident_sentence(page.last), "grounded": grounded_sentence(page.last, at=now)}
        if page.last
        else {}
    )
    return page_of_settings(request, "canaries", "canaries", {"page": page, **said})


@GET_POST
@needs("configure")
@confirmed()
def settings_company(request: HttpRequest) -> HttpResponse:
    """The company's settings."""
    editing = Editing(SECTIONS["company"], Company.objects.get_or_create(id=1)[0], _posted(request), by=by_of(request))
    if request.method == "POST" and editing.is_valid():
        editing.save(at=timezone.now())
        messages.success(request, "Stored; every page follows it from now on.")
        return redirect("settings_company")
    return page_of_settings(
        request, "edit", "company", {"editing": editing, "section": SECTIONS["company"], "about": "company 1"}
    )


@require_safe
@needs("configure")
def settings_section(request: HttpRequest, section: str) -> HttpResponse:
    """The rows of one section."""
    found = _section(section)
    search = request.GET.get("q", "")
    page = list_page(found.rows(search), search=search, after=request.GET.get("after", ""))
    order = rule_order() if section == "rules" else {}
    rows = [
        {
            "row": row,
            "called": found.called(row),
            "cells": [(heading, cell(row)) for heading, cell in found.columns],
            "order": order.get(row.pk),
        }
        for row in page.rows
    ]
    context = {"section": found, "page": page, "rows": rows, "rules": len(order), "now": timezone.now()}
    return page_of_settings(request, "section", section, context)


@GET_POST
@needs("configure")
def settings_edit(request: HttpRequest, section: str) -> HttpResponse:
    """A new row of a section, or the one that the address names; where open cases move, first which."""
    found, at = _section(section), timezone.now()
    row = _row(found, request) if "row" in request.GET else None
    if row is not None and not found.edits:
        raise Http404
    editing = Editing(found, row, _posted(request), by=by_of(request))
    context: dict[str, Any] = {"editing": editing, "section": found, "moved": None}
    context["about"] = found.about(row) if row is not None else None
    if request.method == "POST" and editing.is_valid():
        if request.POST.get("preview") == "queue" and editing.can_be_foreseen:
            context |= {"asked": True, "foreseen": editing.foresee(at=at)}
            return page_of_settings(request, "edit", section, context)
        if "preview" in request.POST and editing.touches_months:
            return preview_begun(editing.ask_preview(at=at))
        if not found.previews or request.POST.get("seen") == editing.fingerprint:
            stored = editing.save(at=at)
            messages.success(request, f"{found.noun.capitalize()} stored: {found.called(stored)}.")
            return redirect("settings_section", section)
        context["moved"] = editing.preview(at=at)
    return page_of_settings(request, "edit", section, context)


@require_safe
@needs("configure")
def settings_preview(request: HttpRequest, id: int) -> HttpResponse:
    """What a change would do to the months, once that is known."""
    preview = get_object_or_404(ChangePreview, id=id, by=by_of(request))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "admin/_preview.html", {"preview": preview})
    return page_of_settings(request, "preview", None, {"preview": preview})


def preview_begun(preview: ChangePreview) -> HttpResponse:
    """Has Celery make the preview where it is not made yet, and leads to its page."""
    if preview.finished_at is None:
        transaction.on_commit(lambda: make_change_preview.delay(preview.pk))
    return redirect("settings_preview", preview.pk)


@GET_POST
@needs("configure")
def settings_remove(request: HttpRequest, section: str) -> HttpResponse:
    """Asks whether a row shall be removed, shows what that does, and removes it."""
    found, at = _section(section), timezone.now()
    row = _row(found, request)
    called = found.called(row)
    if request.method == "POST":
        try:
            if "preview" in request.POST and touches_months(found):
                return preview_begun(ask_removal_preview(found, row, by=by_of(request), at=at))
            remove(found, row, by=by_of(request), at=at)
        except StillUsed as error:
            messages.error(request, f"{called} stays: {error}")
        else:
            messages.success(request, f"{found.noun.capitalize()} removed: {called}.")
        return redirect("settings_section", section)
    moved = preview_removal(found, row, at=at) if found.previews else None
    question = {"title": f"Remove {called}?", "does": "Remove it", "moved": moved, "section": found}
    if touches_months(found):
        question["asks"] = "What would it change in the months?"
    return page_of_settings(request, "confirm", section, question)


@GET_POST
@needs("configure")
def settings_move_rule(request: HttpRequest, way: str) -> HttpResponse:
    """Shows what moving a rule up or down does to open cases, and moves it."""
    found, at, up = _section("rules"), timezone.now(), way == "up"
    if way not in ("up", "down"):
        raise Http404
    rule = _row(found, request)
    try:
        if request.method == "POST":
            move_rule(rule, up=up, by=by_of(request), at=at)
            return redirect("settings_section", "rules")
        moved = preview_move(rule, up=up, at=at)
    except AtTheEdge as error:
        messages.error(request, str(error))
        return redirect("settings_section", "rules")
    question = {"title": f"Move “{rule}” {way}?", "does": f"Move it {way}", "moved": moved, "section": found}
    return page_of_settings(request, "confirm", "rules", question)


@GET_POST
@needs("configure")
def settings_end_suppression(request: HttpRequest) -> HttpResponse:
    """Asks whether a suppression shall end before its time, shows what would come back, and ends it."""
    found, at = _section("suppressions"), timezone.now()
    row = _row(found, request)
    if request.method == "POST":
        if "preview" in request.POST:
            return preview_begun(ask_removal_preview(found, row, by=by_of(request), at=at))
        ended = end_suppression(row, by=by_of(request), at=at)
        messages.info(
            request, "Ended; what it left out comes back with the next run." if ended else "It has ended already."
        )
        return redirect("settings_section", "suppressions")
    title = f"End the suppression of {found.called(row)}?"
    explains = f"{row.reason.rstrip('.')}. Made by {columns.person('made_by', '–')(row)}, until {columns.until(row)}."
    question = {"title": title, "does": "End it now", "asks": "What would come back?", "section": found}
    question |= {"explains": explains}
    return page_of_settings(request, "confirm", "suppressions", question)


def page_of_settings(request: HttpRequest, name: str, here: str | None, context: dict[str, Any]) -> HttpResponse:
    """One page of the settings, with the list of all of them beside it."""
    groups = [(title, [(key, SECTIONS[key].title, _address(key)) for key in keys]) for title, keys in GROUPS.items()]
    groups[-1][1].insert(1, ("connections", "Connections", reverse("connections")))
    words = [(key, table.title, reverse("settings_mappings", args=[key])) for key, table in TABLES.items()]
    words.append(("packs", SECTIONS["packs"].title, _address("packs")))
    words.append(("ignored", "Ignored references", reverse("settings_ignored")))
    whole = [
        ("setup", "Setting up, step by step", reverse("setup")),
        ("runbooks", "Runbooks", reverse("settings_runbooks")),
        ("company", "Company", reverse("settings_company")),
        ("people", "People", reverse("people")),
        ("tokens", "Tokens", reverse("tokens")),
        ("channels", "Channels for news", reverse("settings_channels")),
        ("topology", "Topology as a file", reverse("settings_topology")),
        ("history", "Changes", reverse("settings_history")),
        ("canaries", "Canaries", reverse("settings_canaries")),
    ]
    groups += [("What words mean", words), ("The whole", whole)]
    return render(request, f"admin/{name}.html", {"groups": groups, "here": here} | context)


def _address(section: str) -> str:
    return reverse("settings_section", args=[section])


def _section(key: str) -> Section:
    if key not in SECTIONS or key == "company":
        raise Http404
    return SECTIONS[key]


def _row(section: Section, request: HttpRequest) -> Any:
    key = request.GET.get("row", "").replace("\0", "")
    try:
        found = section.model._default_manager.filter(pk=section.model._meta.pk.to_python(key)).first()
    except (ValidationError, ValueError, OverflowError):
        found = None
    if found is None:
        raise Http404
    return found


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def by_of(request: HttpRequest) -> User:
    """Who asks, signed in as `needs` demands."""
    assert isinstance(request.user, User)
    return request.user
