"""The portal's addresses with the yardstick's beside them, so that both are served by the same processes."""

from django.urls import include, path

from bench.reference import views
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401  Django looks them up here

urlpatterns = [
    path("bench/bare/", views.bare),
    path("bench/anonymous/<int:pk>/", views.anonymous),
    path("bench/detail/<int:pk>/", views.detail),
    path("bench/list50/", views.list50),
    path("", include("portal.urls")),
]
