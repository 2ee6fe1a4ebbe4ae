"""How Alembic runs the migrations: always on the connection and in the transaction ``proxy.store.migrate`` holds."""

from __future__ import annotations

from alembic import context

from proxy.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
