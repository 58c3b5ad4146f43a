"""Addresses of the reporting room."""

from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.board, name="board"),
    path("don-vi/<int:unit_id>/", views.unit, name="unit"),
    path("danh-sach/<str:month>/<slug:indicator>/<slug:basis>/<slug:scope>/<slug:part>/", views.cases, name="cases"),
    path("cong-khai/", views.public_summary, name="public"),
]
