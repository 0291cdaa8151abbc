"""All addresses: those of each app, sign-in, and the sign of life."""

from allauth.socialaccount.providers.openid_connect.views import callback as back_from_directory
from django.urls import include, path

from exceptions.api import api
from exceptions.people.views import to_directory
from reconciliation.project.health import alive, ready

urlpatterns = [
    path("alive", alive, name="alive"),
    path("ready", ready, name="ready"),
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/oidc/<str:provider_id>/login/", to_directory, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", back_from_directory, name="openid_connect_callback"),
    path("", include("exceptions.urls")),
]
