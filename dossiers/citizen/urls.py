"""Addresses of the citizen's screens; fixed words come before references."""

from django.urls import path

from dossiers.citizen import filling, paper_check, paying, views

app_name = "my"
urlpatterns = [
    path("", views.dossiers, name="list"),
    path("tra-cuu/", views.track, name="track"),
    path("nop/<str:code>/", filling.start, name="start"),
    path("<slug:reference>/", views.dossier, name="dossier"),
    path("<slug:reference>/buoc/<slug:step_key>/", filling.step, name="step"),
    path("<slug:reference>/giay-to/", filling.files, name="files"),
    path("<slug:reference>/giay-to/<int:attachment_id>/bo/", filling.remove_file, name="remove_file"),
    path("<slug:reference>/kiem-tra/", filling.check, name="check"),
    path("<slug:reference>/gui/", filling.submit, name="submit"),
    path("<slug:reference>/da-gui/", filling.done, name="done"),
    path("<slug:reference>/bo-nhap/", filling.discard, name="discard"),
    path("<slug:reference>/bo-sung/", views.supplement, name="supplement"),
    path("<slug:reference>/du-thao/", paper_check.check, name="paper_check"),
    path("<slug:reference>/nop-tien/", paying.pay, name="pay"),
    path("<slug:reference>/rut/", views.withdraw, name="withdraw"),
    path("<slug:reference>/tep/<int:attachment_id>/", views.file, name="file"),
    path("<slug:reference>/phieu/<int:form_id>/", views.print_form, name="print_form"),
]
