"""Addresses of what follows a figure, below those of reporting."""

from django.urls import path

from reporting.follow_up import effect_views, letter_views, meeting_views, sample_views, views

urlpatterns = [
    path("", views.overview, name="follow_up"),
    path("chi-tieu/<int:unit_id>/", views.targets_of_unit, name="unit_targets"),
    path("giai-trinh/<int:shortfall_id>/", views.shortfall, name="shortfall"),
    path("giai-trinh/<int:shortfall_id>/xem-xet/", views.decide, name="decide_shortfall"),
    path("giai-trinh/<int:shortfall_id>/nhac/", letter_views.add_letter, name="add_letter"),
    path("van-ban/<int:letter_id>/", letter_views.letter, name="letter"),
    path("van-ban/<int:letter_id>/tep/", letter_views.letter_file, name="letter_file"),
    path("bien-ban/", meeting_views.meetings, name="meetings"),
    path("bien-ban/moi/", meeting_views.add_minutes, name="add_minutes"),
    path("bien-ban/<int:minutes_id>/", meeting_views.minutes, name="minutes"),
    path("tac-dung/", effect_views.measures_and_figures, name="effects"),
    path("mau/", sample_views.sample, name="sample"),
    path("mau/<int:sample_id>/thuoc-dien/", sample_views.reach, name="sample_reach"),
    path("mau/ho-so/<int:case_id>/", sample_views.case, name="sample_case"),
    path("viec/<int:remedy_id>/", views.remedy, name="remedy"),
]
