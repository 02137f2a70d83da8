"""First and last name in the place of the full name, and a unique key for the e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

users = sa.table("users", *(sa.column(name) for name in ("id", "full_name", "first_name", "last_name", "email", "email_key")))


def upgrade() -> None:
    for name in ("first_name", "last_name", "email_key"):
        op.add_column("users", sa.Column(name, sa.String()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(users.c.id, users.c.full_name, users.c.email)).all():
        first, _space, last = row.full_name.partition(" ")
        values = {"first_name": first, "last_name": last, "email_key": row.email.lower()}
        connection.execute(users.update().where(users.c.id == row.id).values(values))
    with op.batch_alter_table("users") as batch:
        for name in ("first_name", "last_name", "email_key"):
            batch.alter_column(name, nullable=False)
        batch.drop_column("full_name")
        batch.create_index("ix_users_email_key", ["email_key"], unique=True)


def downgrade() -> None:
    op.add_column("users", sa.Column("full_name", sa.String()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(users.c.id, users.c.first_name, users.c.last_name)).all():
        name = f"{row.first_name} {row.last_name}" if row.last_name else row.first_name
        connection.execute(users.update().where(users.c.id == row.id).values(full_name=name))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("full_name", nullable=False)
        batch.drop_index("ix_users_email_key")
        for name in ("first_name", "last_name", "email_key"):
            batch.drop_column(name)
