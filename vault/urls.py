"""Addresses of the vault room."""

from django.urls import path

from vault import views

app_name = "vault"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:item_id>/", views.item, name="item"),
]
