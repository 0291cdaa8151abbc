"""Every setting of the product. Values come from the environment; docs/settings.md explains each of them."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from reconciliation.project.engines import DATABASE, OWNER, ROLE, Engine, Postgres, Redis
from reconciliation.project.environment import (
    celery_broker,
    flag,
    number,
    openid_connect,
    postgres_account,
    postgres_database,
    redis_url,
    secret_key,
    several,
    text,
)
from reconciliation.project.logs import logging_config
from reconciliation.project.timetable import timetable
from reconciliation.project.unencrypted import SIDES, broker_encryption, demand_encryption

django_stubs_ext.monkeypatch()  # lets a class of ours be derived from TextField[Any, Any]

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(text("DATA_DIR", str(BASE_DIR / ".data"))).absolute()
FILE_FEEDS_DIR = Path(text("FILE_FEEDS_DIR", str(DATA_DIR / "feeds"))).absolute()
FILE_FEEDS_LARGEST = number("FILE_FEEDS_LARGEST_MB", 2_000, least=1, most=1_000_000) * 1024 * 1024

# How the product runs
PRODUCTION = text("ENVIRONMENT", "development", choices=("development", "production")) == "production"
DEBUG = flag("DEBUG", False)
SECRET_KEY = secret_key(text("SECRET_KEY"), production=PRODUCTION, data_dir=DATA_DIR)
CREDENTIAL_KEYS = text("CREDENTIAL_KEYS").split() or [SECRET_KEY]
ALLOWED_HOSTS = text("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]").split()
CSRF_TRUSTED_ORIGINS = text("TRUSTED_ORIGINS").split()
HOST = text("HOST", "127.0.0.1")
PORT = number("PORT", 8000, least=1, most=65535)
DEMO_LIVES = flag("DEMO_LIVES", True)
DEMO_ORDERS = number("DEMO_ORDERS", 5_000, least=100, most=100_000)
WEB_PROCESSES = number("WEB_PROCESSES", 2, least=1, most=64)
WEB_THREADS = number("WEB_THREADS", 8, least=1, most=200)
TASK_PROCESSES = number("TASK_PROCESSES", 2, least=1, most=64)

# Matching of credits that name no order
MATCHING_HORIZON_DAYS = number("MATCHING_HORIZON_DAYS", 0, least=0, most=3_650)

# Servers
EMBEDDED_POSTGRES = int(text("EMBEDDED_POSTGRES", "18", choices=("18", "16")))
DATABASE_URL = text("DATABASE_URL")
REDIS_GIVEN = bool(text("REDIS_URL"))
ENGINES: list[Engine] = []

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": number("DATABASE_SECONDS", 600, least=0, most=86_400),
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
if DATABASE_URL:
    DATABASES["default"] |= postgres_database(DATABASE_URL)
    # who changes the tables, where that is not who the product runs as
    DATABASE_OWNER = postgres_account("DATABASE_OWNER_URL", text("DATABASE_OWNER_URL"))
else:
    DATABASE_OWNER = {"USER": OWNER}
    ENGINES.append(Postgres(DATA_DIR, EMBEDDED_POSTGRES))
    DATABASES["default"] |= {"HOST": str(ENGINES[-1].socket_dir), "NAME": DATABASE, "USER": ROLE}
DATABASE_ROLE = DATABASES["default"]["USER"] if DATABASE_OWNER else ""

if REDIS_GIVEN:
    REDIS_URL = redis_url(text("REDIS_URL"))
else:
    ENGINES.append(Redis(DATA_DIR))
    REDIS_URL = f"unix://{ENGINES[-1].socket_dir / 'redis.sock'}?db=0"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "reconciliation",
    }
}

# Tasks
CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_BROKER_USE_SSL = broker_encryption(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": "reconciliation:", "visibility_timeout": 6 * 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = TASK_PROCESSES
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = timetable()

# Traces; the exporter reads this and its other variables itself
TRACES = text("OTEL_EXPORTER_OTLP_ENDPOINT")
TRACED = bool(TRACES)

# Django
INSTALLED_APPS = [
    "exceptions",
    "reconciliation",
    "reconciliation.project",
    "connectors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "reconciliation.project.tracing.traced",
    "reconciliation.project.logs.request_id",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "reconciliation.project.encrypted.plain_refused",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "exceptions.maintenance.closed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "exceptions.people.sessions.timed",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "exceptions.company.company_time",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "reconciliation.project.urls"
WSGI_APPLICATION = "reconciliation.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = logging_config(
    level=text("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
    as_json=text("LOG_FORMAT", "json" if PRODUCTION else "console", choices=("json", "console")) == "json",
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "exceptions.rights.person",
                "exceptions.people.sessions.typed",
                "exceptions.news.inbox.shown",
            ]
        },
    }
]

# Files served to browsers
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    (name, BASE_DIR / "static" / name)
    for name in ("css", "images", "js", "vendor")
    if (BASE_DIR / "static" / name).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our own pages
MEDIA_ROOT = DATA_DIR / "files"

# Who comes in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "exceptions.people.passwords.TwoCommonOnes"},
    {"NAME": "exceptions.people.passwords.OurWords"},
]
ROLES = ("viewer", "agent", "lead", "approver", "finance_controller", "admin")
SECOND_STEP_ROLES = several(
    "SECOND_STEP_ROLES",
    " ".join(ROLES) if PRODUCTION else "none",
    choices=ROLES,
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
BEHIND_PROXY = flag("BEHIND_PROXY", False)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_ADAPTER = "exceptions.people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays; Django ends the others, whose hash no longer fits
# passwords are counted by axes, which says so on a page of its own; this bounds the second step
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/900s/key"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "exceptions.people.sign_in.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Reconciliation"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves allow it on localhost alone
SOCIALACCOUNT_ADAPTER = "exceptions.people.sign_in.DirectoryAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that is answered with another site's address is against our own policy
SOCIALACCOUNT_PROVIDERS = openid_connect(
    name=text("OIDC_NAME", "Company sign-in"),
    server=(DIRECTORY := text("OIDC_SERVER")),
    client=text("OIDC_CLIENT"),
    secret=text("OIDC_SECRET"),
)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who came in stands in the log, and is kept no longer than that
AXES_USERNAME_CALLABLE = "exceptions.people.sign_in.name_tried"
AXES_CLIENT_IP_CALLABLE = "exceptions.people.sign_in.address_of"

# Letters; without a server they are kept as files
PUBLIC_ADDRESS = text("PUBLIC_ADDRESS", f"http://{HOST}:{PORT}").rstrip("/")
EMAIL_HOST = text("EMAIL_HOST")
EMAIL_PORT = number("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = text("EMAIL_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_PASSWORD")
EMAIL_SECURITY = text("EMAIL_SECURITY", "starttls", choices=("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = text("EMAIL_FROM", "Reconciliation <reconciliation@localhost>")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"

OUTGOING_TO_LOOPBACK = False  # the tests alone send news to this machine
VENDORS_ON_THIS_MACHINE = not PRODUCTION  # the simulators are; in production nothing that is asked is inside

# What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
HTTPS = flag("HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "exceptions.refusals.Messages"
if HTTPS:  # no other host, and nothing that speaks without encryption, can set a cookie of such a name
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# the first two are asked by this machine and its neighbours; programs are refused instead (plain_refused)
SECURE_REDIRECT_EXEMPT = [r"^alive$", r"^ready$", r"^api/", r"^hooks/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading is for whole domains, and for their owner to decide
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

# Who is reached over a network is reached encrypted
UNENCRYPTED = several("UNENCRYPTED", "none", choices=SIDES)
if PRODUCTION:
    demand_encryption(
        database=DATABASES["default"],
        redis=REDIS_URL,
        letters=(EMAIL_HOST, EMAIL_SECURITY),
        directory=DIRECTORY,
        traces=TRACES,
        but=UNENCRYPTED,
    )
