from sqlalchemy import Engine, ForeignKey, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.pool import NullPool

from vault.config import settings


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    password_hash: Mapped[str]


class Document(Base):
    __tablename__ = "documents"
    # A deleted document's id must never come back: cursors and the embedding thread rely on it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10), default="pending", index=True)
    size: Mapped[int]
    stored_as: Mapped[str] = mapped_column(String(40), unique=True)


def make_engine() -> Engine:
    # One file, one process: opening it costs next to nothing, and nothing is held between requests.
    return create_engine(settings.database_url, poolclass=NullPool, connect_args={"check_same_thread": False, "timeout": 10})


engine = make_engine()
SessionLocal = sessionmaker(engine, expire_on_commit=False)
