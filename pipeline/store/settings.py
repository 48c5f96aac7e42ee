"""Settings and secrets of the database."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from pipeline.store import schema
from pipeline.store.base import Base

_G = schema.settings.c


class Settings(Base):
    """What is kept under a name."""

    def secret(self, name: str) -> bytes:
        """256 random bits, made on first use and kept; one secret for each purpose."""
        value = self.known_setting(name)
        return self.setting(name, secrets.token_bytes(32)) if value is None else value

    def setting(self, name: str, first: bytes, *, replace: bool = False) -> bytes:
        """The value of a setting; `first` is kept when it has none (or, with `replace`, in any case)."""
        with self._write("keep setting") as connection:
            statement = self._insert(schema.settings).values(name=name, value=first)
            if replace:
                statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": first})
            else:
                statement = statement.on_conflict_do_nothing()
            connection.execute(statement)
            return bytes(connection.execute(select(_G.value).where(_G.name == name)).scalar_one())

    def known_setting(self, name: str) -> bytes | None:
        """The value of a setting or secret when it has one; makes none."""
        with self._read() as connection:
            value = connection.execute(select(_G.value).where(_G.name == name)).scalar_one_or_none()
        return None if value is None else bytes(value)
