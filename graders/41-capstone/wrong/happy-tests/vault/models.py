import uuid
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, sessionmaker

from .config import DATABASE_URL


class Base(DeclarativeBase):
    pass


def new_id() -> str:
    return uuid.uuid4().hex


class User(Base):
    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]


class Document(Base):
    __tablename__ = "files"
    __table_args__ = {"sqlite_autoincrement": True}

    # Tells the order of the uploads; nobody outside sees it.
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True, default=new_id)
    title: Mapped[str]
    size: Mapped[int]
    status: Mapped[str] = mapped_column(default="pending")
    uploaded: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    owner_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    owner: Mapped[User] = relationship()


engine = create_engine(DATABASE_URL)
SessionLocal = sessionmaker(engine)
