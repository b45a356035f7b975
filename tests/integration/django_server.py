"""Django REST framework with its three paginations, on a database that it makes."""

from __future__ import annotations

import sys

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "PAGE_SIZE": 10,
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF=__name__,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
)
django.setup()

# what follows can be imported only now
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402

from .rows import ROWS  # noqa: E402
from .serving import serve  # noqa: E402


class Item(models.Model):
    id = models.IntegerField(primary_key=True)
    colour = models.CharField(max_length=10)

    class Meta:
        app_label = "shop"


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = "__all__"


class Pages(pagination.PageNumberPagination):
    page_size_query_param = "page_size"


class Cursors(pagination.CursorPagination):
    page_size_query_param = "page_size"
    ordering = "id"


class Items(generics.ListAPIView):
    serializer_class = ItemSerializer

    def get_queryset(self):
        items = Item.objects.order_by("id")
        colour = self.request.query_params.get("colour")
        return items.filter(colour=colour) if colour else items


urlpatterns = [
    path("pages/", Items.as_view(pagination_class=Pages)),
    path("offsets/", Items.as_view(pagination_class=pagination.LimitOffsetPagination)),
    path("cursors/", Items.as_view(pagination_class=Cursors)),
]

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Item)
    Item.objects.bulk_create(Item(**row) for row in ROWS)
    serve(get_asgi_application())
