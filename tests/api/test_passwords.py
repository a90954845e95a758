"""Passwords in addresses: left out of what is said and kept, and the address still known by the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.api.v1 import Finding, Level, ReadError, Receipt, without_passwords


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql+psycopg://u:pw@host:5432/db", "postgresql+psycopg://u:***@host:5432/db"),
        ("postgresql://u:p@ss@host/db", "postgresql://u:***@host/db"),
        ("mysql://u:p/w@host/db", "mysql://u:***@host/db"),
        ("redis://:pw@host/0", "redis://:***@host/0"),
        ("https://token@example.com/a", "https://***@example.com/a"),
        ("https://u:pw@example.com/a@b.csv", "https://***@example.com/a@b.csv"),
        ("https://example.com/?page=3&api_key=pw&x=1", "https://example.com/?page=3&api_key=***&x=1"),
        ("az://c/x?sv=1&sig=pw", "az://c/x?sv=1&sig=***"),
        ("Protocol=https;AccountName=x;AccountKey=pw==", "Protocol=https;AccountName=x;AccountKey=***"),
        ("host=db user=x password=pw dbname=y", "host=db user=x password=*** dbname=y"),
        ("crm (https://h/x?token=pw): gone", "crm (https://h/x?token=***): gone"),
    ],
)
def test_a_password_is_left_out_and_the_rest_is_as_it_was(address: str, told: str) -> None:
    assert without_passwords(address) == told


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:8080/a@b.csv",
        "http://[::1]:8080/a@b.csv",
        "abfss://container@account.dfs.core.windows.net/x",
        "postgresql://u@host/db?sslmode=require",
        "https://example.com/?keyword=a&design=b&monkey=c",
        "where token = 'x'",
        "jane@example.com",
        "",
    ],
)
def test_what_has_no_password_stays(text: str) -> None:
    assert without_passwords(text) == text


parts = st.sampled_from(
    ["https://", "s3://", "u", ":", "@", "/", "?", "&", "token", "=", "***", "pw", " ", "'", "host"]
)


@given(st.lists(parts | st.text(max_size=3), max_size=12).map("".join))
def test_what_was_left_out_once_has_nothing_more_to_leave_out(text: str) -> None:
    assert without_passwords(without_passwords(text)) == without_passwords(text)


def test_what_is_kept_of_a_run_has_no_passwords() -> None:
    address = "https://u:s3cret@example.com/x"
    finding = Finding(
        id="x", level=Level.ERROR, where=f"crm ({address})", message=f"{address}: 404", examples=(address,)
    )
    receipt = Receipt(location=address, count=1, what="rows")
    assert "s3cret" not in f"{finding} {receipt} {ReadError(address)}"
