"""A new table takes the rows of the old one, and its place."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE users_new (
            id INTEGER NOT NULL PRIMARY KEY,
            first_name VARCHAR NOT NULL,
            last_name VARCHAR NOT NULL,
            email VARCHAR NOT NULL,
            email_key VARCHAR NOT NULL
        )
    """)
    op.execute("""
        INSERT INTO users_new (id, first_name, last_name, email, email_key)
        SELECT id, substr(full_name, 1, instr(full_name || ' ', ' ') - 1),
               substr(full_name, instr(full_name || ' ', ' ') + 1), email, lower(email)
        FROM users
    """)
    op.execute("DROP TABLE users")
    op.execute("ALTER TABLE users_new RENAME TO users")
    op.execute("CREATE UNIQUE INDEX ix_users_email_key ON users (email_key)")


def downgrade() -> None:
    op.execute("CREATE TABLE users_old (id INTEGER NOT NULL PRIMARY KEY, full_name VARCHAR NOT NULL, email VARCHAR NOT NULL)")
    op.execute("INSERT INTO users_old SELECT id, first_name || ' ' || last_name, email FROM users")
    op.execute("DROP TABLE users")
    op.execute("ALTER TABLE users_old RENAME TO users")
