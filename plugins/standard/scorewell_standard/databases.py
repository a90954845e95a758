"""Databases by their URL: what the sources and the sinks that speak to one have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from scorewell.api.v1 import ScorewellError, Secret

__all__ = ["engine", "parsed", "told"]

_DIALECTS = {
    "bigquery": "sqlalchemy-bigquery",
    "databricks": "databricks-sqlalchemy",
    "duckdb": "duckdb-engine",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "trino": "'trino[sqlalchemy]'",
}
"""Warehouses that SQLAlchemy reaches by a package of their makers or users."""
_EXTRAS = {"postgresql": "pip install 'scorewell[postgresql]'"}


def parsed(url: Secret, place: str, failure: type[ScorewellError]) -> sa.URL:
    """The URL's parts; PostgreSQL's with the driver that we bring. Raises ``failure``."""
    try:
        address = sa.make_url(url.reveal())
    except ArgumentError as error:
        raise failure(f"{place}: url is not a database URL: expected one such as postgresql://host/database") from error
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    return address


def engine(address: sa.URL, place: str, failure: type[ScorewellError], **options: Any) -> sa.Engine:
    """An engine that keeps no connection open. Raises ``failure`` for an unknown database and a missing driver."""
    try:
        return sa.create_engine(address, poolclass=sa.NullPool, **options)
    except NoSuchModuleError as error:
        backend = address.get_backend_name()
        package = _DIALECTS.get(backend, "the package that brings it to SQLAlchemy")
        hint = f"pip install {package}" + ("" if backend in _DIALECTS else ", or look how it is written")
        raise failure(f"{place}: SQLAlchemy knows no database called {address.drivername!r}", hint=hint) from error
    except ModuleNotFoundError as error:
        backend = address.get_backend_name()
        hint = _EXTRAS.get(backend, f"pip install the driver that SQLAlchemy's page on {backend} names")
        raise failure(f"{place}: the driver {error.name} is not installed", hint=hint) from error


@contextmanager
def told(what: str, url: Secret, failure: type[ScorewellError]) -> Iterator[None]:
    """Raise ``failure`` with one line, ``what`` first and never the password, for what a driver says in several."""
    try:
        yield
    except (SQLAlchemyError, pl.exceptions.PolarsError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
        password = sa.make_url(url.reveal()).password
        if password:
            reason = reason.replace(password, "***")
        raise failure(f"{what}: {reason}") from error
