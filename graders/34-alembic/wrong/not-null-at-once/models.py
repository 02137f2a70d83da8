"""The tables as they should be. This file stays as it is; the database is still at revision 0001."""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    #: The e-mail in small letters. Its index is called ix_users_email_key.
    email_key: Mapped[str] = mapped_column(unique=True, index=True)
