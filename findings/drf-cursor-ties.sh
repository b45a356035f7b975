#!/usr/bin/env bash
# Django REST framework 3.18.3 (Django 5.2.19): CursorPagination and more than 1000 rows that are equal in the first field
# of `ordering`.
#
# Expected: `ordering = ("created", "id")` is a total order, so the chain of `next` links gives every row once, however
#   many rows have the same `created` (a bulk import, for example).
# Happens: a cursor holds a position in the first field only, and an offset for rows that are equal in it. The view
#   reads offsets over 1000 as 1000, but goes on writing larger ones. Of 1700 equal rows, page 5 starts 200 rows too
#   early. From page 6 on, each page is a copy of page 5, and its `next` link never becomes null. 400 rows are never sent.
#   With rows that differ in `created`, all is well.
# Seen:
#   page 1: rows 1-300, next: yes
#   page 2: rows 301-600, next: yes
#   page 3: rows 601-900, next: yes
#   page 4: rows 901-1200, next: yes
#   page 5: rows 1001-1300, next: yes
#   page 6: rows 1001-1300, next: yes
#   page 7: rows 1001-1300, next: yes
#   page 8: rows 1001-1300, next: yes
#   1300 of 1700 rows in 8 pages
#   the link of page 8 is the link to page 8: True
# Why it matters: who follows `next` until it is null never comes to an end, and a check for two equal pages in a row
#   sees it one page late: page 5 has already sent 200 rows a second time.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 djangorestframework==3.18.3
cat >"$work/walk.py" <<'EOF'
import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
)
django.setup()

from django.db import connection, models
from django.test import Client
from django.urls import path
from rest_framework import generics, pagination, renderers, serializers


class Row(models.Model):
    created = models.IntegerField()

    class Meta:
        app_label = "rows"


class RowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Row
        fields = ["id"]


class ByCreated(pagination.CursorPagination):
    ordering = ("created", "id")
    page_size = 300


class Rows(generics.ListAPIView):
    queryset = Row.objects.all()
    serializer_class = RowSerializer
    pagination_class = ByCreated
    renderer_classes = [renderers.JSONRenderer]


urlpatterns = [path("rows", Rows.as_view())]
with connection.schema_editor() as editor:
    editor.create_model(Row)
Row.objects.bulk_create(Row(id=number, created=7) for number in range(1, 1701))

client, url, seen, pages = Client(), "/rows", set(), 0
while url and pages < 8:
    asked, body = url, client.get(url).json()
    ids, url, pages = [row["id"] for row in body["results"]], body["next"], pages + 1
    seen.update(ids)
    print(f"page {pages}: rows {ids[0]}-{ids[-1]}, next: {'yes' if url else 'no'}")
print(f"{len(seen)} of 1700 rows in {pages} pages")
print(f"the link of page {pages} is the link to page {pages}: {url == asked}")
EOF
"$work/venv/bin/python" "$work/walk.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
