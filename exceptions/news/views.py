"""The pages about news: the inbox, one's own wishes, and the channels of teams and programs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions.configuration.views import by_of, page_of_settings
from exceptions.limits import limited
from exceptions.listing import row_number
from exceptions.models import SORTS, Message, Notification, Outgoing, Preferences
from exceptions.news.addresses import AddressRefused
from exceptions.news.forms import OwnChannelForm, PreferencesForm, TeamChannelForm
from exceptions.news.inbox import inbox_page, mark_read
from exceptions.news.outgoing import enable_channel, make_channel, queue_trial, remove_channel
from exceptions.news.sending import send_message
from exceptions.news.words import SORTED, news_address
from exceptions.people.confirming import confirmed
from exceptions.rights import needs

LOG = 100


@never_cache
@require_safe
@needs("see")
def inbox(request: HttpRequest) -> HttpResponse:
    """What one was told, the newest first."""
    page = inbox_page(request.user, before=row_number(request.GET.get("before", "")))
    following = f"?before={page.following}" if page.following else None
    return render(request, "news/inbox.html", {"page": page, "following": following})


@never_cache
@require_safe
@needs("see")
def open_news(request: HttpRequest, id: int) -> HttpResponse:
    """Leads to what a line is about; the line counts as read from then on."""
    told = get_object_or_404(Notification, id=id, person=request.user)
    mark_read(request.user, at=timezone.now(), only=id)
    return redirect(news_address(told))


@require_POST
@needs("see")
def read_news(request: HttpRequest) -> HttpResponse:
    """Marks one line read, or all that were shown."""
    only, up_to = (_number(request, name) for name in ("only", "up_to"))
    if only is not None or up_to is not None:
        mark_read(request.user, at=timezone.now(), only=only, up_to=up_to)
    return redirect("inbox")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(None)
def preferences(request: HttpRequest) -> HttpResponse:
    """What reaches one where, and how the pages look."""
    person = by_of(request)
    known = Preferences.objects.filter(person=person).first() or Preferences(person=person)
    form = PreferencesForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "It is as you wish from now on.")
        return redirect("preferences")
    own = Outgoing.objects.filter(person=person).first()
    return render(request, "account/preferences.html", {"form": form, "own": own, "channel": OwnChannelForm()})


@require_POST
@sensitive_post_parameters("address")
@needs("see")
@limited("channels", most=10)
@confirmed(to_read=True)
def own_channel(request: HttpRequest) -> HttpResponse:
    """Makes, tries or removes one's own channel."""
    person, now = by_of(request), timezone.now()
    own = Outgoing.objects.filter(person=person).first()
    if own is not None and "remove" in request.POST:
        remove_channel(own, by=person, at=now)
    elif own is not None and "trial" in request.POST:
        _try(request, own)
    elif "address" in request.POST:
        form = OwnChannelForm(request.POST)
        try:
            if form.is_valid():
                name = f"of {person.get_username()}"
                make_channel(**form.cleaned_data, name=name, sorts=list(SORTS), person=person, by=person, at=now)
            else:
                messages.error(request, "Give the address of the channel.")
        except AddressRefused as error:
            messages.error(request, f"Not kept: {error}")
    return redirect("preferences")


@never_cache
@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
@needs("configure")
@confirmed(to_read=True)
def settings_channels(request: HttpRequest) -> HttpResponse:
    """The channels of teams and programs, and a new one."""
    form, key = TeamChannelForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = make_channel(**form.cleaned_data, by=by_of(request), at=timezone.now())
        except AddressRefused as error:
            form.add_error("address", str(error))
        else:
            messages.success(request, f"{form.cleaned_data['name']} hears of news from now on.")
            form = TeamChannelForm()
    channels = Outgoing.objects.filter(person=None).select_related("team")
    return page_of_settings(request, "channels", "channels", {"form": form, "key": key, "channels": channels})


@require_safe
@needs("configure")
def settings_channel(request: HttpRequest, id: int) -> HttpResponse:
    """One channel and the log of what was sent there."""
    channel = get_object_or_404(Outgoing.objects.select_related("team"), id=id, person=None)
    log = Message.objects.filter(outgoing=channel).defer("content").order_by("-id")[:LOG]
    return page_of_settings(request, "channel", "channels", {"channel": channel, "log": log, "sorts": _sorts(channel)})


@require_POST
@needs("configure")
@limited("channels", most=10)
@confirmed()
def settings_channel_do(request: HttpRequest, id: int, deed: str) -> HttpResponse:
    """Tries a channel, enables it again, or removes it."""
    channel = get_object_or_404(Outgoing, id=id, person=None)
    if deed == "remove":
        remove_channel(channel, by=by_of(request), at=timezone.now())
        messages.success(request, f"{channel} is removed.")
        return redirect("settings_channels")
    if deed == "enable":
        enable_channel(channel, by=by_of(request), at=timezone.now())
    elif deed == "trial":
        _try(request, channel)
    return redirect(reverse("settings_channel", args=[id]))


def _try(request: HttpRequest, channel: Outgoing) -> None:
    now = timezone.now()
    message = queue_trial(channel, by=by_of(request).get_username(), at=now)
    if send_message(message.pk, at=now):
        messages.success(request, "It arrived.")
        return
    message.refresh_from_db()
    messages.error(request, f"It did not arrive: {message.status or ''} {message.answer}")


def _sorts(channel: Outgoing) -> list[str]:
    return [SORTED[sort].capitalize() for sort in channel.sorts if sort in SORTED]


def _number(request: HttpRequest, name: str) -> int | None:
    return row_number(request.POST.get(name, ""))
