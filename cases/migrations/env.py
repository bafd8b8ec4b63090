"""How does Alembic reach the database: through the connection `cases.schema` hands over."""

from __future__ import annotations

from alembic import context

from cases.records import Record

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Record.metadata,
    # The caller's transaction holds all steps, on SQLite too.
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
