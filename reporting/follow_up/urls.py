"""Addresses of what follows a figure, below those of reporting."""

from django.urls import path

from reporting.follow_up import views

urlpatterns = [
    path("", views.overview, name="follow_up"),
    path("chi-tieu/<int:unit_id>/", views.targets_of_unit, name="unit_targets"),
    path("giai-trinh/<int:shortfall_id>/", views.shortfall, name="shortfall"),
    path("giai-trinh/<int:shortfall_id>/xem-xet/", views.decide, name="decide_shortfall"),
    path("viec/<int:remedy_id>/", views.remedy, name="remedy"),
]
