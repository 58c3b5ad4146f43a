"""Addresses of the accounts room; sign-in itself is the library's, under /tai-khoan/."""

from django.urls import path

from accounts import leave, manage_calendars, manage_closing, manage_staff, manage_stuck, manage_units, views

app_name = "accounts"
urlpatterns = [
    path("di-tiep/", views.onward, name="onward"),
    path("dong-vai/", views.demo_sign_in, name="demo_sign_in"),
    path("hop-thu-demo/", views.mailbox, name="mailbox"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/doc-het/", views.read_all_notices, name="read_all_notices"),
    path("thong-bao/<int:notice_id>/", views.open_notice, name="open_notice"),
    path("toi/", views.profile, name="profile"),
    path("toi/sua/", views.edit_profile, name="edit_profile"),
    path("toi/nghi-phep/", leave.own, name="leave"),
    path("toi/nghi-phep/<int:user_id>/", leave.of_person, name="leave_of"),
    path("toi/nghi-phep/ket-thuc/<int:cover_id>/", leave.end, name="end_leave"),
    path("quan-tri/", manage_staff.index, name="manage"),
    path("quan-tri/nhan-su/", manage_staff.staff, name="staff"),
    path("quan-tri/nhan-su/them/", manage_staff.add, name="add_staff"),
    path("quan-tri/nhan-su/<int:user_id>/", manage_staff.person, name="staff_member"),
    path("quan-tri/nhan-su/<int:user_id>/cap-vai-tro/", manage_staff.grant, name="grant_role"),
    path("quan-tri/nhan-su/<int:user_id>/thu-hoi/<int:membership_id>/", manage_staff.revoke, name="revoke_role"),
    path("quan-tri/nhan-su/<int:user_id>/chuc-danh/<int:membership_id>/", manage_staff.office, name="office"),
    path("quan-tri/nhan-su/<int:user_id>/khoa/", manage_staff.lock, name="lock_account"),
    path("quan-tri/nhan-su/<int:user_id>/<slug:what>/", manage_staff.act, name="staff_act"),
    path("quan-tri/don-vi/", manage_units.units, name="units"),
    path("quan-tri/don-vi/them/", manage_units.add, name="add_unit"),
    path("quan-tri/don-vi/<int:unit_id>/", manage_units.edit, name="edit_unit"),
    path("quan-tri/don-vi/<int:unit_id>/ket-thuc/", manage_closing.close, name="close_unit"),
    path("quan-tri/don-vi/<int:unit_id>/ket-thuc/quyet-dinh/", manage_closing.order, name="order_closing"),
    path("quan-tri/viec-bi-ket/", manage_stuck.stuck, name="stuck"),
    path("quan-tri/viec-bi-ket/lam-lai/", manage_stuck.try_again, name="try_again"),
    path("quan-tri/lich/", manage_calendars.common, name="common_calendar"),
    path("quan-tri/lich/<int:unit_id>/", manage_calendars.of_unit, name="unit_calendar"),
    path("quan-tri/lich/<int:unit_id>/bo/", manage_calendars.drop, name="drop_calendar"),
    path("quan-tri/lich/ngay/<int:day_id>/bo/", manage_calendars.remove, name="remove_day"),
]
