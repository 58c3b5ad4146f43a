"""One settings file, driven by the environment; every security line says why. Tests add portal/settings_test.py."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from portal.logging import logging_config
from running import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name: str, *, default: bool = False) -> bool:
    """Read a yes/no variable."""
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Read a comma-separated variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# --- mode -------------------------------------------------------------------------------------------------
# Demo shows the cast on the sign-in page and signs anybody in with one click; a deploy check refuses it in production.
DEMO = flag("DEMO")
PRODUCTION = flag("PRODUCTION")
DEBUG = flag("DEBUG")
# The key signs sessions, CSRF tokens and password resets. Only demo and tests may run on the published one.
SECRET_KEY = os.environ.get("SECRET_KEY", "demo-key-published-in-the-repository-never-for-production")
# Identity numbers are sealed with the first key and opened with any (rotation); the index key makes them searchable
# without standing in clear. Both must live outside the database's backups.
IDENTITY_KEYS = words("IDENTITY_KEYS", "ZGVtby1rZXktcHVibGlzaGVkLWluLXRoZS1yZXBvLTE=")
IDENTITY_INDEX_KEY = os.environ.get("IDENTITY_INDEX_KEY", "demo-index-key-published-in-the-repository")
# The first key seals the ledger, all verify (rotation). Whoever holds one can write a ledger anew unseen: it lives
# outside the database, its backups and its administrators' reach. Empty: nothing is sealed and nothing can be checked.
SEAL_KEYS = words("SEAL_KEYS", "demo-seal-key-published-in-the-repository")
# Every stored file is encrypted with a key of its own, which the first of these wraps and any unwraps (rotation). Lost,
# and every file is lost with it; beside the database and the files in one backup, it protects nothing. Empty: nothing
# can be stored or opened. What was stored under the published one opens with it alone: it never changes.
FILE_KEYS = words("FILE_KEYS", "demo-file-key-published-in-the-repository")
# Address of a time-stamping authority (RFC 3161) that stamps the newest seal every hour. Empty: seals are not stamped.
TSA_URL = os.environ.get("TSA_URL", "")
# Every seal is also a line of this file; it belongs on storage that the database and its backups do not share.
SEAL_FILE = Path(os.environ.get("SEAL_FILE", VAR_DIR / "seals" / "seals.jsonl"))
# 32 bytes in base64 that sign closed months (Ed25519). Empty: a demo signs with a published key, others not at all.
SIGNING_KEY = os.environ.get("SIGNING_KEY", "")
# The day of the following month on which a month's figures are closed by themselves.
CLOSE_DAY = int(os.environ.get("CLOSE_DAY") or 5)
# Units with fewer dossiers are listed apart when units are compared: their share is chance.
FEW_DOSSIERS = int(os.environ.get("FEW_DOSSIERS") or 20)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# The address printed on papers and in messages; never taken from a request's Host header.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://localhost:8000")
AUTHORITY_NAME = os.environ.get("AUTHORITY_NAME", "Vũng Tàu")
SYSTEM_NAME = "Một Cửa"
HOTLINES = {
    "citizen": os.environ.get("HOTLINE_CITIZEN", "088 8801 247"),
    "business": os.environ.get("HOTLINE_BUSINESS", "088 8800 147"),
}

# --- what the house is made of ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "integrations",
    "accounts",
    "vault",
    "procedures",
    "dossiers",
    "reporting",
    "portal.apps.SystemConfig",  # django.contrib.admin with a site that uses our sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "template_partials",
]
MIDDLEWARE = [
    "portal.middleware.HealthMiddleware",  # first: a probe must answer even when hosts, sessions or the database fail
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",  # request id on each log line and in the answer
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.TextDoorMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.ErrorPageMiddleware",  # a busy database becomes a sentence, not a stack trace
    "portal.middleware.NeverCacheSignedInMiddleware",
    "accounts.middleware.SignInMiddleware",  # limits of the sign-in pages; what happens twice at once is said
    "accounts.middleware.LoginRequiredMiddleware",  # deny by default; public views are marked
    "accounts.middleware.StaffMfaMiddleware",  # no setting of allauth enforces a second factor for staff
    "django_htmx.middleware.HtmxMiddleware",
    "portal.downloads.TablesMiddleware",  # last: a page's own tables as a file
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "portal.templatetags.ui",
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.layout",
            ],
        },
    }
]
FORM_RENDERER = "portal.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False


# --- data ---------------------------------------------------------------------------------------------------
def prepared(*, on: bool) -> dict[str, object]:
    """Options of the driver for prepared statements, off unless asked for (docs/performance.md says what they are worth).

    They live in one connection to the database: behind pgbouncer in transaction mode they must stay off.
    """
    return {"server_side_binding": True, "prepare_threshold": 5} if on else {}


def database(url: str) -> dict[str, object]:
    """Turn a postgresql:// URL into Django's mapping, with the pool that rides through a restart."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "portal.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": int(os.environ.get("DATABASE_POOL", "8")),
                "timeout": 10,  # a restart is ridden through; portal.postgresql sees to it that a page waits once
                # Each new try waits twice as long as the one before: after a long outage the next was minutes away.
                "reconnect_timeout": 5,
            },
            **prepared(on=flag("PREPARE_STATEMENTS")),
            # Compiling a long statement of figures takes longer than running it; and what one page asks is work for one
            # processor: the planner would rather read a whole table with three than find a few rows by an index.
            # A page that waits longer is broken; the person is told to try again and loses nothing.
            "options": "-c jit=off -c max_parallel_workers_per_gather=0 "
            f"-c statement_timeout={os.environ.get('STATEMENT_TIMEOUT', '10s')} "
            f"-c lock_timeout={os.environ.get('LOCK_TIMEOUT', '5s')} -c idle_in_transaction_session_timeout=60s",
        },
    }


SERVERS_NAMED = bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))  # production must name both
DATABASE_URL = os.environ.get("DATABASE_URL") or ("" if PRODUCTION else embedded.postgres_url(VAR_DIR / "postgres"))
REDIS_URL = os.environ.get("REDIS_URL") or ("" if PRODUCTION else embedded.redis_url(VAR_DIR / "redis"))
# Owns the tables and makes them. Only `bin/serve migrate` needs it (AS_OWNER=1); the serving processes never see it.
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
DATABASES = {"default": database(DATABASE_OWNER_URL if flag("AS_OWNER") and DATABASE_OWNER_URL else DATABASE_URL)}
CACHES = {
    "default": {
        "BACKEND": "portal.cache.ForgivingRedisCache",  # Redis gone must not reach a page
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "motcua",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},  # hung is as good as gone
    }
}
# Sessions stay in the database: with Redis gone everybody keeps working.
SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_HOURS", "12")) * 3600

# --- files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name nothing else; the others would be compressed for nobody
PRIVATE_ROOT = Path(os.environ.get("PRIVATE_ROOT", VAR_DIR / "private"))  # no URL serves it; the vault streams from it
STORAGES = {
    "default": {"BACKEND": "vault.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "vault.uploads.BoundedUploadHandler",  # a file over the limit never reaches the disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "vault.uploads.SpooledUploadHandler",
]
UPLOAD_MAX_FILE = 10 * 1024 * 1024
UPLOAD_MAX_DOSSIER = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a plan of 500 rows of targets; the size above bounds it
# Address of clamd ("host:port" or a socket path). Empty: files are marked "not scanned"; production refuses to start so.
CLAMD = os.environ.get("CLAMD", "")

# --- language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
# One language until the English catalogue is written: a browser set to English would mix its number formats in.
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
# A number in a page is first of all one that a form sends back: grouped, no server would read it. What people read is
# grouped by the filter `number`.
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/di-tiep/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
# Neither is required by itself (a required phone would shut out staff with an e-mail only); the form wants one of them.
ACCOUNT_SIGNUP_FIELDS = ["phone", "email", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# W001 wants one of the two required; our form requires either. None stands for the library's check without an id that
# wants `email*` for the same reason; a test holds that nothing else is silenced by it.
SILENCED_SYSTEM_CHECKS: list[str | None] = ["account.W001", None]
# Everybody proves a phone or an e-mail by a code. "mandatory" also lets sign-up hide whether an address is known; people
# who have only a phone are not stranded because accounts.adapter.EmailStage lets them pass.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
# One time for every code, as the message says it; the library's own for a new password is three minutes.
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # a link cannot be sent to a phone without a smart one
ACCOUNT_CHANGE_EMAIL = True  # one address an account
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told to its owner
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SYSTEM_NAME}] "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # who is stopped by others' wrong passwords gets in by a code (docs/adr/0026)
# Limits are ours (accounts.limits); what is left to the library is the pause between two codes to one person, and the
# codes of a second factor, which only somebody with the right password may try.
ACCOUNT_RATE_LIMITS = {
    **dict.fromkeys(("login", "signup", "reset_password", "reset_password_from_key", "change_password"), None),
    **dict.fromkeys(("change_phone", "manage_email", "reauthenticate", "request_login_code"), None),
    "login_failed": "5/5m/key",
    "verify_phone": "1/30s/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SYSTEM_NAME
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # staff who proved a phone must be able to set up the second factor we force on them
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")  # browsers allow keys there without TLS
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, list[object]]] = {"openid_connect": {"APPS": []}}

# --- security headers ---------------------------------------------------------------------------------------
# No inline script or style and no third party: an injected tag finds nothing it may run or load.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons and the TOTP code are data: images
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True  # a file is what we say it is
SECURE_REFERRER_POLICY = "same-origin"  # references of dossiers do not leak to other sites
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # nobody may lay our buttons under theirs
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"  # a page restored from the phone's memory is explained, not refused
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = flag("BEHIND_PROXY")
PROXIES_SAID = bool(os.environ.get("BEHIND_PROXY") and os.environ.get("TRUSTED_PROXIES"))
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or 0)  # how many X-Forwarded-For entries are ours
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- mail and messages --------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "mot-cua@localhost")
if os.environ.get("SMTP_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ["SMTP_HOST"]
    EMAIL_PORT = int(os.environ.get("SMTP_PORT", "25"))
    EMAIL_HOST_USER = os.environ.get("SMTP_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
    EMAIL_USE_TLS = flag("SMTP_TLS")
    EMAIL_TIMEOUT = 15
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # demo: letters land in a folder and on a page
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Where channels hand over their messages: SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN of the channel "sms", alike of others.
# Whom only a telephone reaches must be told. An authority without a gateway says that its officers call these people.
CALLS_INSTEAD_OF_SMS = flag("CALLS_INSTEAD_OF_SMS")
SMS_WITHOUT_ACCENTS = flag("SMS_WITHOUT_ACCENTS")
GATEWAYS = {name: value for name, value in os.environ.items() if name.endswith(("_GATEWAY_URL", "_GATEWAY_TOKEN"))}

# Under which licence the figures are given to everybody; an authority may name another.
OPEN_DATA_LICENCE = os.environ.get("OPEN_DATA_LICENCE", "Creative Commons Ghi công 4.0 Quốc tế (CC BY 4.0)")

# --- tasks: the message is a nudge, the row is the guarantee --------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # without it a killed child loses its task in spite of acks_late
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # just above the longest task
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,  # kombu sweeps only every 10th round by default (100 s)
    "socket_connect_timeout": 1,
    "socket_timeout": 2,  # a page that sends a task waits no longer; workers wait by polling
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_ROUTES = {
    "dossiers.tasks.print_*": {"queue": "paper"},
    "dossiers.tasks.make_sheet*": {"queue": "export"},  # a long register keeps no receipt waiting
    "vault.tasks.*": {"queue": "scan"},
    "integrations.tasks.*": {"queue": "notify"},
    "reporting.tasks.make_export*": {"queue": "export"},  # before the next: a long list keeps no figure waiting
    "reporting.tasks.*": {"queue": "kpi"},
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

LOGGING = logging_config(json=flag("LOG_JSON", default=PRODUCTION), level=os.environ.get("LOG_LEVEL", "INFO"))
