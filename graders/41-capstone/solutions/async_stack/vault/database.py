from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vault.settings import settings

engine = create_async_engine(settings.async_url)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Document(Base):
    __tablename__ = "documents"
    # An id is never used again: work that is queued for a deleted document must not find another one.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - what SQLAlchemy wants

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    size: Mapped[int]
    file: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
