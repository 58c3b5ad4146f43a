"""The address book of the house: each room brings its own urls; included by string so that portal imports none."""

from django.contrib import admin
from django.urls import include, path

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler429 = "portal.views.too_many"  # asked for by the sign-in library
handler500 = "portal.views.server_error"

urlpatterns = [
    path("", include("procedures.urls")),
    path("", include("accounts.urls")),
    path("tai-khoan/", include("allauth.urls")),
    path("ho-so/", include("dossiers.citizen.urls")),
    path("mot-cua/", include("dossiers.desk.urls")),
    path("kho/", include("vault.urls")),
    path("so-lieu/", include("reporting.urls")),
    path("he-thong/", admin.site.urls),
]
