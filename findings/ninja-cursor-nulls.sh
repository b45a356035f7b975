#!/usr/bin/env bash
# django-ninja 1.7.1 (Django 5.2.19, pydantic 2.14.4): CursorPagination over a field that may be null.
#
# Expected: every row, because `ordering = ("name", "id")` puts all rows in order, also those without a name; or an
#   error that says that this field will not do.
# Happens: a cursor holds `str(value)` for the first row that is left, so a missing name becomes the text "None". The next
#   page has the names from "None" on in the alphabet (Nora, Olga), and of these it skips as many as the rows without
#   a name that were sent. So page 2 is empty, and says that nothing follows. Every status is 200.
#   With descending names, page 2 asks for `name <= "Mia"`. In SQL no null fulfils this, so the listing ends before the
#   rows without a name.
# Seen:
#   ascending, page 1: [None, None, None], next: yes
#   ascending, page 2: [], next: no
#   ascending: 3 of 9 rows
#   descending, page 1: ['Olga', 'Nora', 'Mia'], next: yes
#   descending, page 2: ['Bob', 'Alice'], next: no
#   descending: 5 of 9 rows
# Why it matters: such a listing has no total, and its last page is a good last page. Only in one of the two cases does
#   something tell that rows are missing: a page is empty although the page before it announced one more row.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 django-ninja==1.7.1 pydantic==2.14.4
cat >"$work/walk.py" <<'EOF'
import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()

from django.db import connection, models
from django.test import Client
from django.urls import path
from ninja import ModelSchema, NinjaAPI
from ninja.pagination import CursorPagination, paginate


class Row(models.Model):
    name = models.CharField(max_length=9, null=True)

    class Meta:
        app_label = "rows"


class RowSchema(ModelSchema):
    class Meta:
        model = Row
        fields = ["name"]


api = NinjaAPI()


@api.get("/ascending", response=list[RowSchema])
@paginate(CursorPagination, ordering=("name", "id"), page_size=3)
def ascending(request):
    return Row.objects.all()


@api.get("/descending", response=list[RowSchema])
@paginate(CursorPagination, ordering=("-name", "id"), page_size=3)
def descending(request):
    return Row.objects.all()


urlpatterns = [path("", api.urls)]
with connection.schema_editor() as editor:
    editor.create_model(Row)
names = [None, "Mia", None, "Alice", "Olga", None, "Bob", "Nora", None]
Row.objects.bulk_create(Row(name=name) for name in names)
client = Client()
for order in "ascending", "descending":
    url, count, page = "/" + order, 0, 0
    while url and page < 8:
        body, page = client.get(url).json(), page + 1
        rows, url = [row["name"] for row in body["results"]], body["next"]
        count += len(rows)
        print(f"{order}, page {page}: {rows}, next: {'yes' if url else 'no'}")
    print(f"{order}: {count} of {len(names)} rows")
EOF
"$work/venv/bin/python" "$work/walk.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
