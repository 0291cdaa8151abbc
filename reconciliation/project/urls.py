"""All addresses: those of each app, sign-in, and the sign of life."""

from allauth.usersessions.views import list_usersessions
from django.urls import include, path

from exceptions.api.calls import api
from exceptions.people.confirming import confirmed
from exceptions.people.directory import from_directory, to_directory
from reconciliation.project.health import alive, ready

handler400 = "exceptions.refusals.bad_request"

urlpatterns = [
    path("alive", alive, name="alive"),
    path("ready", ready, name="ready"),
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", confirmed()(list_usersessions), name="usersessions_list"),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/oidc/<str:provider_id>/login/", to_directory, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", from_directory, name="openid_connect_callback"),
    path("", include("exceptions.urls")),
]
