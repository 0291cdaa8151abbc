"""The pages of what words mean, and of the topology as a file."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions.configuration.changes import load_topology
from exceptions.configuration.mappings import (
    TABLES,
    Table,
    ignore_references,
    known_meanings,
    map_words,
    mapped_words,
    unmap_words,
    unmapped_words,
)
from exceptions.configuration.views import GET_POST, by_of, page_of_settings, preview_begun
from exceptions.configuration.word_forms import IgnoredForm, TopologyFileForm, WordForm, WordsForm, status_words
from exceptions.downloads.taken import note_taken
from exceptions.months.previews import ask_preview
from exceptions.previews.changes import foresee_unmapping, foresee_words
from exceptions.rights import needs
from reconciliation.groups import LARGE, large_groups
from reconciliation.models import System
from reconciliation.topology import SystemInUse, dump, ignored_references, load, save_words
from reconciliation.topology_file import TopologyRefused
from reconciliation.topology_rows import IGNORED

FOLLOWS = "The next run examines everything with it."


@GET_POST
@needs("configure")
def settings_mappings(request: HttpRequest, table: str) -> HttpResponse:
    """The words of one table: what no mapping knows now, those that are mapped, and a form for more."""
    shown = _table(table)
    one = "raw" in request.POST
    form = (WordForm if one else WordsForm)(table, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _mapped(request, table, shown, form)
    if one:
        messages.error(
            request, "Not mapped: " + " ".join(str(why) for errors in form.errors.values() for why in errors)
        )
        return redirect("settings_mappings", table)
    return _words_page(request, table, shown, {"form": form})


def _mapped(request: HttpRequest, table: str, shown: Table, form: WordsForm) -> HttpResponse:
    """Maps the words of a form, or shows what that would do to the queue, or asks what it would to the months."""
    at, preview = timezone.now(), request.POST.get("preview", "")
    if preview == "queue":
        foreseen = foresee_words(table, form.words, at=at)
        return _words_page(request, table, shown, {"form": form, "foreseen": foreseen, "asked": True})
    if preview:
        return preview_begun(ask_preview(lambda: save_words(table, form.words), by=by_of(request), at=at))
    changes = map_words(table, form.words, by=by_of(request), at=at)
    count = f"{len(changes):,} word{'' if len(changes) == 1 else 's'} mapped"
    messages.success(request, f"{count}. {FOLLOWS}" if changes else "They were mapped so already.")
    return redirect("settings_mappings", table)


def _words_page(request: HttpRequest, table: str, shown: Table, more: dict[str, Any]) -> HttpResponse:
    search, system = request.GET.get("q", ""), request.GET.get("system", "").replace("\0", "")
    context = {
        "table": table,
        "shown": shown,
        "page": mapped_words(table, search=search, system=system, after=request.GET.get("after", "")),
        "unmapped": unmapped_words(table),
        "meanings": known_meanings(table),
        "statuses": dict(status_words()),
        "systems": System.objects.all(),
        "search": search,
        "system": system,
    }
    return page_of_settings(request, "mappings", table, context | more)


@require_POST
@needs("configure")
def settings_unmap(request: HttpRequest, table: str) -> HttpResponse:
    """Takes one mapping away; asked for a preview, it shows what that would do, and asks."""
    shown = _table(table)
    at = (request.POST.get("system", ""), request.POST.get("of", ""), request.POST.get("key", ""))
    words = [] if any("\0" in part for part in at) else [at]
    if words and "preview" in request.POST:
        foreseen = foresee_unmapping(table, words, at=timezone.now())
        asked = dict(zip(("system", "of", "key"), at, strict=True))
        context = {"table": table, "shown": shown, "foreseen": foreseen, "asked": asked}
        return page_of_settings(request, "unmap", table, context)
    changes = unmap_words(table, words, by=by_of(request), at=timezone.now())
    messages.info(request, f"No longer mapped. {FOLLOWS}" if changes else "It was not mapped any more.")
    return redirect("settings_mappings", table)


@GET_POST
@needs("configure")
def settings_ignored(request: HttpRequest) -> HttpResponse:
    """The values that are no identifiers."""
    form = IgnoredForm(
        request.POST if request.method == "POST" else None, initial={"values": "\n".join(ignored_references())}
    )
    if request.method == "POST" and form.is_valid():
        changed = ignore_references(form.cleaned_data["values"], by=by_of(request), at=timezone.now())
        messages.success(request, f"Stored. {FOLLOWS}" if changed else "Nothing was changed.")
        return redirect("settings_ignored")
    return page_of_settings(
        request,
        "ignored",
        "ignored",
        {"form": form, "usual": ", ".join(IGNORED), "large": large_groups(), "most": LARGE},
    )


@GET_POST
@needs("configure")
def settings_topology(request: HttpRequest) -> HttpResponse:
    """The topology as a file; one that is sent is compared first, and then applied."""
    posted = request.method == "POST"
    form, changes = TopologyFileForm(*((request.POST, request.FILES) if posted else ())), None
    if posted and form.is_valid():
        text, applies = form.cleaned_data["topology"], "apply" in request.POST
        try:
            changes = load_topology(text, by=by_of(request), at=timezone.now(), source="page", dry_run=not applies)
        except TopologyRefused as refused:
            for problem in refused.problems:
                form.add_error("text" if form.cleaned_data.get("text") else "file", str(problem))
        except SystemInUse as error:
            form.add_error(None, str(error))
        else:
            if "preview" in request.POST:
                asked = ask_preview(lambda: load(text, dry_run=False), by=by_of(request), at=timezone.now())
                return preview_begun(asked)
            if applies:
                messages.success(request, f"{len(changes):,} changed. {FOLLOWS}" if changes else "Nothing changes.")
                return redirect("settings_topology")
    context = {"form": form, "changes": changes, "text": dump()}
    return page_of_settings(request, "topology", "topology", context)


@require_safe
@needs("configure")
def settings_topology_file(request: HttpRequest) -> HttpResponse:
    """The topology as a file to keep."""
    note_taken("as a file", "toml", {}, by=request.user, at=timezone.now(), what="topology")
    headers = {"Content-Disposition": 'attachment; filename="topology.toml"'}
    return HttpResponse(dump(), content_type="application/toml; charset=utf-8", headers=headers)


def _table(table: str) -> Table:
    if table not in TABLES:
        raise Http404
    return TABLES[table]
