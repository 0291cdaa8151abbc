"""Signing in through the company's directory (OpenID Connect): what it says is held against what it was asked."""

import secrets
from typing import Any, cast
from urllib.parse import urlsplit

import jwt
import requests
from allauth.core.internal.httpkit import add_query_params
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

NONCE = "directory_nonce"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
WELL_KNOWN = "/.well-known/openid-configuration"


class Directory(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The provider, of which nothing is believed that it did not sign for us, in this very sign-in."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description; raises OAuth2Error where it is another's."""
        config: dict[str, Any] = super().openid_config
        expected = str(self.get_provider().server_url).removesuffix(WELL_KNOWN).rstrip("/")
        if str(config.get("issuer", "")).rstrip("/") != expected:
            raise OAuth2Error("the description is of another issuer")
        return config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **said: Any) -> Any:
        """Whom the directory vouches for; raises OAuth2Error without a signed token, or where it speaks of two."""
        if not said["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        login = super().complete_login(request, app, token, **said)
        told = login.account.extra_data
        if told.get("userinfo", {}).get("sub", told["id_token"]["sub"]) != told["id_token"]["sub"]:
            raise OAuth2Error("userinfo and id_token speak of two people")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(id_token)
        except jwt.PyJWTError as error:
            raise OAuth2Error("no token") from error
        if header.get("alg") not in ALGORITHMS or "kid" not in header:
            raise OAuth2Error("not signed as it has to be")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        nonce = self.request.session.pop(NONCE, None)
        if nonce is None or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("the token is of another sign-in")
        return claims


@require_safe
def to_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sends somebody to the company's directory to sign in; says so where that does not answer.

    Nobody is signed in there by an address that another site leads to: they first see our own page, and choose.
    """
    if not _from_our_page(request):
        return redirect("account_login")
    directory = Directory(request, provider_id)
    try:
        _ = directory.openid_config  # allauth asks again, with an adapter of its own that believes every description
        answer = cast(HttpResponse, OAuth2LoginView.adapter_view(directory)(request))
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (requests.RequestException, OAuth2Error, ValueError):
        return render(request, "socialaccount/authentication_error.html", status=503)
    if "Location" in answer:
        request.session[NONCE] = nonce = secrets.token_urlsafe(32)
        answer["Location"] = add_query_params(answer["Location"], {"nonce": nonce})
    return answer


def _from_our_page(request: HttpRequest) -> bool:
    """Whether a page of ours led here, as the browser says; older ones name the page that did."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()


@require_safe
def from_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the directory sends people back to."""
    try:
        return cast(HttpResponse, OAuth2CallbackView.adapter_view(Directory(request, provider_id))(request))
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (requests.RequestException, OAuth2Error, ValueError):
        return render(request, "socialaccount/authentication_error.html", status=503)
