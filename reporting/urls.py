"""Addresses of the reporting room."""

from django.urls import include, path

from reporting import closing_views, forecast_views, target_views, views
from reporting.comparing import span_views
from reporting.comparing import views as comparing_views
from reporting.exports import public_views
from reporting.exports import views as export_views
from reporting.index import views as index_views
from reporting.lasting import views as lasting_views
from reporting.monthly import progress_views
from reporting.monthly import views as monthly_views

app_name = "reporting"
urlpatterns = [
    path("", views.board, name="board"),
    path("don-vi/<int:unit_id>/", views.unit, name="unit"),
    path("danh-sach/<str:month>/<slug:indicator>/<slug:basis>/<slug:scope>/<slug:part>/", views.cases, name="cases"),
    path("thay-doi/<str:month>/<slug:indicator>/<slug:basis>/<slug:scope>/<slug:part>/", views.changed, name="changed"),
    path("du-kien/<str:month>/<slug:indicator>/<slug:scope>/", forecast_views.outlook, name="outlook"),
    path("bao-lau/", lasting_views.durations, name="durations"),
    path("tre-hen/", lasting_views.lateness, name="lateness"),
    path("toi-dau/", lasting_views.funnel, name="funnel"),
    path("thu-tuc/", lasting_views.procedures, name="procedures"),
    path("du-ho-so/", lasting_views.completeness, name="completeness"),
    path("can-bo/", lasting_views.officers, name="officers"),
    path("cua-toi/", lasting_views.own, name="own"),
    path("cua-toi/<str:month>/<slug:basis>/<slug:code>/", lasting_views.own_slice, name="own_slice"),
    path("ho-so/<str:month>/<slug:basis>/<slug:scope>/<slug:code>/", lasting_views.slice_list, name="slice"),
    path("so-sanh/", comparing_views.compare, name="compare"),
    path("so-sanh/xep-hang/", comparing_views.ranking, name="ranking"),
    path("so-sanh/co-cau/", comparing_views.mix, name="mix"),
    path("khoang-ngay/", span_views.span, name="span"),
    path("khoang-ngay/danh-sach/<slug:part>/", span_views.span_cases, name="span_cases"),
    path("chi-tieu/", target_views.targets, name="targets"),
    path("chi-tieu/moi/", target_views.add_plan, name="add_plan"),
    path("chi-tieu/<int:plan_id>/", target_views.plan, name="plan"),
    path("chi-tieu/<int:plan_id>/ap-dung/", target_views.put_in_force, name="put_in_force"),
    path("chi-tieu/<int:plan_id>/bo/", target_views.drop_plan, name="drop_plan"),
    path("qd-766/", index_views.index, name="index"),
    path("chi-so/", views.indicators, name="indicators"),
    path("chot/", closing_views.months, name="months"),
    path("chot/yeu-cau/", closing_views.close, name="close_month"),
    path("chot/khoa/", closing_views.public_key, name="month_key"),
    path("chot/<int:run_id>/tep/", closing_views.month_file, name="month_file"),
    path("theo-doi/", include("reporting.follow_up.urls")),
    path("xuat/", export_views.exports, name="exports"),
    path("xuat/danh-sach/", export_views.export_list, name="export_list"),
    path("xuat/<int:export_id>/tep/", export_views.export_file, name="export_file"),
    path("bieu-ii-06a/", progress_views.progress, name="progress"),
    path(
        "bieu-ii-06a/<str:month>/<slug:period>/<slug:scope>/<slug:column>/",
        progress_views.progress_list,
        name="progress_list",
    ),
    path("cac-thang/", monthly_views.versions, name="versions"),
    path("cac-thang/<str:month>/<int:version>/<slug:slug>.<slug:form>", monthly_views.paper, name="month_paper"),
    path("cong-khai/", public_views.public_summary, name="public"),
    path("mo/", public_views.open_data, name="open_data"),
    path("mo/<str:name>", public_views.open_file, name="open_file"),
]
