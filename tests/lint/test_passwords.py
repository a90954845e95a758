"""A password in the file itself."""

from __future__ import annotations

import pytest

TOLD = "written-password {}: a password is written here for everybody who can read the file"


def crm(settings: str) -> str:
    return f"""
        crm: {{plugin: {settings}, customer: id}}
        usage: {{plugin: files, path: usage.csv, customer: account, time: day}}
        """


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ('sql, table: accounts, url: "postgresql://scores:s3cret@db/crm"', "sources.crm.url"),
        ('files, path: "https://example.com/crm.csv?token=s3cret"', "sources.crm.path"),
        ('files, path: "${NO_SUCH:-https://reader:s3cret@example.com/crm.csv}"', "sources.crm.path"),
        (
            "files, path: s3://b/crm.csv, storage_options: {aws_region: eu, aws_secret_access_key: s3cret}",
            "sources.crm.storage_options.aws_secret_access_key",
        ),
    ],
)
def test_a_password_in_a_source_is_told_at_its_setting_and_not_shown(linted, settings, where):
    assert linted(sources=crm(settings)) == [TOLD.format(where)]


@pytest.mark.parametrize(
    "settings",
    [
        'sql, table: accounts, url: "postgresql://scores:${PASSWORD}@db/crm"',
        'sql, table: accounts, url: "postgresql://scores@db/crm"',
        'sql, table: accounts, url: "sqlite:///crm.db"',
        'sql, table: accounts, url: "${WAREHOUSE}"',
        'files, path: "https://${USER_NAME}:${PASSWORD}@example.com/crm.csv?token=${TOKEN}"',
        'files, path: s3://b/crm.csv, storage_options: {aws_region: eu, aws_secret_access_key: "${KEY}"}',
    ],
)
def test_a_password_from_a_variable_is_where_it_belongs(linted, monkeypatch, settings):
    for name in ("PASSWORD", "WAREHOUSE", "USER_NAME", "TOKEN", "KEY"):
        monkeypatch.setenv(name, "sqlite:///crm.db")
    assert linted(sources=crm(settings)) == []


def test_the_history_and_the_key_of_pseudonyms_are_looked_at_too(linted):
    sections = {
        "history": "postgresql://scores:s3cret@db/health",
        "sinks": "\n- {plugin: csv, path: out/, pseudonyms: s3cret}",
    }
    assert linted(**sections) == [TOLD.format("history"), TOLD.format("sinks.1.pseudonyms")]
