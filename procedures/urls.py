"""Addresses of the procedures room; fixed words come before codes."""

from django.urls import path

from procedures import manage_views, postal_views, views

app_name = "procedures"
urlpatterns = [
    path("", views.home, name="home"),
    path("tim/", views.search, name="search"),
    path("tim/goi-y/", views.suggest, name="suggest"),
    path("huong-dan/", views.guidance, name="help"),
    path("kha-nang-tiep-can/", views.accessibility, name="accessibility"),
    path("su-kien/<slug:slug>/", views.life_event, name="life_event"),
    path("thu-tuc/", views.catalogue, name="catalogue"),
    path("thu-tuc/linh-vuc/<int:field_id>/", views.field, name="field"),
    path("thu-tuc/<str:code>/", views.procedure, name="procedure"),
    path("danh-muc/", manage_views.manage, name="manage"),
    path("danh-muc/mau-ket-qua/", manage_views.papers, name="papers"),
    path("danh-muc/buu-dien/", postal_views.postal_listings, name="postal_listings"),
    path("danh-muc/buu-dien/<int:listing_id>/ket-thuc/", postal_views.end_listing, name="end_listing"),
    path("danh-muc/<int:revision_id>/", manage_views.preview, name="preview"),
    path("danh-muc/<int:revision_id>/cong-bo/", manage_views.publish, name="publish"),
]
