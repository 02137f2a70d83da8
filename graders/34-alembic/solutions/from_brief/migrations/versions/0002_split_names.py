"""First and last names in columns of their own, and a key for e-mails."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INDEX = "ix_users_email_key"


def upgrade() -> None:
    for name in ("first_name", "last_name", "email_key"):
        op.add_column("users", sa.Column(name, sa.String(), nullable=True))
    connection = op.get_bind()
    users = sa.table("users", *(sa.column(name) for name in ("id", "full_name", "email", "first_name", "last_name", "email_key")))
    for user in connection.execute(sa.select(users.c.id, users.c.full_name, users.c.email)).all():
        first, _space, last = user.full_name.partition(" ")
        changed = {"first_name": first, "last_name": last, "email_key": user.email.lower()}
        connection.execute(users.update().where(users.c.id == user.id).values(**changed))
    with op.batch_alter_table("users") as table:
        for name in ("first_name", "last_name", "email_key"):
            table.alter_column(name, existing_type=sa.String(), nullable=False)
        table.drop_column("full_name")
    op.create_index(INDEX, "users", ["email_key"], unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="users")
    op.add_column("users", sa.Column("full_name", sa.String(), nullable=True))
    op.execute("UPDATE users SET full_name = rtrim(first_name || ' ' || last_name)")
    with op.batch_alter_table("users") as table:
        table.alter_column("full_name", existing_type=sa.String(), nullable=False)
        for name in ("first_name", "last_name", "email_key"):
            table.drop_column(name)
