"""fastapi-pagination with its three pages, on a database that it makes."""

from __future__ import annotations

import sys

from fastapi import FastAPI
from fastapi_pagination import LimitOffsetPage, Page, add_pagination
from fastapi_pagination.cursor import CursorPage
from fastapi_pagination.ext.sqlalchemy import paginate
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from .rows import ROWS
from .serving import serve


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[str]


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    colour: str


engine = create_engine(f"sqlite:///{sys.argv[1]}")
application = FastAPI()


# The three differ in nothing but the type of the page, from which the library does the rest.
@application.get("/pages", response_model=Page[ItemOut])
@application.get("/offsets", response_model=LimitOffsetPage[ItemOut])
@application.get("/cursors", response_model=CursorPage[ItemOut])
def items(colour: str | None = None):
    query = select(Item).order_by(Item.id)
    with Session(engine) as session:
        return paginate(session, query.where(Item.colour == colour) if colour else query)


if __name__ == "__main__":
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Item(**row) for row in ROWS)
    add_pagination(application)
    serve(application)
