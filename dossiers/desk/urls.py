"""Addresses of the desk's screens."""

from django.urls import path

from dossiers.desk import (
    books,
    calling,
    consultation,
    counter,
    drafting,
    moving,
    names,
    paper_check,
    reopening,
    search,
    views,
    visit,
)

app_name = "desk"
urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("tim/", search.search, name="search"),
    path("tai-quay/", counter.counter, name="counter"),
    path("doi-ho-ten/", names.name_change, name="name_change"),
    path("mo-lai-tai-khoan/", reopening.reopen, name="reopen"),
    path("so-van-ban/", books.shelf, name="books"),
    path("so-van-ban/xem/", books.book, name="book"),
    path("so-van-ban/csv/", books.book_csv, name="book_csv"),
    path("can-goi/", calling.call_list, name="calls"),
    path("nguoi-giu/", moving.holders, name="holders"),
    path("nguoi-giu/giao/", moving.move, name="move"),
    path("nhan-viec/", moving.take, name="take"),
    path("y-kien/<int:item_id>/", consultation.consultation, name="consultation"),
    path("y-kien/<int:item_id>/tra-loi/", consultation.answer, name="answer_consultation"),
    path("y-kien/<int:item_id>/du-thao/<str:what>/", consultation.answer_draft, name="answer_draft"),
    path("y-kien/<int:item_id>/tep/<int:attachment_id>/", consultation.consultation_file, name="consultation_file"),
    path("y-kien/<int:item_id>/van-ban/", consultation.consultation_print, name="consultation_print"),
    path("<int:dossier_id>/y-kien/<int:item_id>/rut/", consultation.end_consultation, name="end_consultation"),
    path("<int:dossier_id>/", views.dossier, name="dossier"),
    path("<int:dossier_id>/so-dinh-danh/", views.identity, name="identity"),
    path("<int:dossier_id>/tep/<int:attachment_id>/", views.file, name="file"),
    path("<int:dossier_id>/phieu/<int:form_id>/", views.print_form, name="print_form"),
    path("<int:dossier_id>/phieu/<int:form_id>/in/", views.print_now, name="print_now"),
    path("<int:dossier_id>/du-thao/moi/<str:kind>/", drafting.new_draft, name="new_draft"),
    path("<int:dossier_id>/du-thao/<int:draft_id>/", drafting.draft, name="draft"),
    path("<int:dossier_id>/du-thao/<int:draft_id>/ban-in/", drafting.draft_print, name="draft_print"),
    path("<int:dossier_id>/bo-sung/", visit.visit, name="visit"),
    path("<int:dossier_id>/goi-dien/<int:call_id>/", calling.call, name="call"),
    path("<int:dossier_id>/kiem-tra-du-thao/", paper_check.check, name="paper_check"),
    path("<int:dossier_id>/viec/<str:action>/", views.act, name="act"),
]
