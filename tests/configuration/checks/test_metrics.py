"""Metrics that are measured or derived, never both, and never from themselves."""

import pytest

BASE = "logins: {source: usage, measure: acme.touched}\n"


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("{}", ": expected a measure of a source, or sql over other metrics"),
        ("{source: usage}", ": expected a measure of a source, or sql over other metrics"),
        ("{source: usage, measure: null}", ": expected a measure of a source, or sql over other metrics"),
        ("{source: usage, measure: none}", ": expected a measure of a source, or sql over other metrics"),
        ("{source: null, measure: acme.touched}", ": missing setting 'source': the table that is measured"),
        ("{measure: acme.touched}", ": missing setting 'source': the table that is measured"),
        ("{source: usage, measure: acme.touched, sql: seats}", ".sql: expected either measure or sql, not both"),
        ("{source: usage, sql: seats}", ".source: 'source' goes with a measure; sql derives from other metrics"),
        ("{window: 3d, sql: seats}", ".window: 'window' goes with a measure; sql derives from other metrics"),
        ("{where: a > 1, sql: seats}", ".where: 'where' goes with a measure; sql derives from other metrics"),
        ("{min_rows: 2, sql: seats}", ".min_rows: 'min_rows' goes with a measure; sql derives from other metrics"),
        ("{source: usgae, measure: acme.touched}", ".source: unknown source 'usgae', did you mean 'usage'?"),
        ("{source: desk.tikets, measure: acme.touched}", ".source: unknown table 'desk.tikets', did you mean "),
        ("{source: desk, measure: acme.touched}", ".source: unknown table 'desk'"),
        ("{source: lone, measure: acme.touched}", ".source: table lone does not name its customer: write customer: "),
        (
            "{source: usage, measure: acme.touched, window: 36h}",
            ".window: a window is whole days, as 30d or 6w, not 36h",
        ),
        (
            "{source: crm, measure: acme.touched, window: 3d}",
            ".window: table crm declares no time, so it can have no window: write time: COLUMN there",
        ),
        (
            "{source: usage, measure: {acme.versus: {of: acme.touched}}}",
            ": missing setting 'window': the measure versus needs one, as 30d",
        ),
        ("{source: usage, measure: acme.touched, min_rows: -1}", ".min_rows: expected 0 or more rows, got -1"),
        ("{sql: odd}", ".sql: the metric is derived from itself: odd → odd"),
        (
            "{source: usage, measure: acme.touched, better: less}",
            ".better: expected one of higher, lower, got the text",
        ),
    ],
)
def test_a_mistaken_metric_is_told(said, metric, told):
    sources = """
crm: {plugin: acme.rows, customer: id}
usage: {plugin: acme.rows, customer: account, time: day}
lone: {plugin: acme.rows}
desk: {plugin: acme.desk}
"""
    (found,) = said(sources=sources, metrics=f"\n{BASE}odd: {metric}")
    assert found.startswith(f"metrics.odd{told}")


def test_a_circle_of_metrics_is_told_once_with_its_way(said):
    metrics = f"\n{BASE}a: {{sql: b + 1}}\nb: {{sql: c + logins}}\nc: {{sql: a * 2}}\nd: {{sql: a + 1}}"
    assert said(metrics=metrics) == ["metrics.a.sql: the metric is derived from itself: a → b → c → a"]


def test_a_long_chain_of_metrics_is_no_circle(said):
    chain = "".join(f"m{n}: {{sql: m{n + 1} + 1}}\n" for n in range(300))
    assert said(metrics=f"\n{BASE}{chain}m300: {{sql: logins}}") == []


@pytest.mark.parametrize("name", ["log-ins", "1st", "log ins", "a.b"])
def test_a_metrics_name_is_an_identifier(said, name):
    (told,) = said(metrics=f"\n{BASE}{name}: {{sql: seats}}")
    assert told == (f"metrics.{name}: the name of a metric is letters, digits and underscores, not {name!r}")


def test_a_metric_of_a_mistaken_source_is_no_second_mistake(said):
    sources = "\ncrm: {plugin: acme.rows, customer: id}\nusage: {plugin: acme.rows, customer: a, tme: day}"
    (told,) = said(sources=sources)
    assert told.startswith("sources.usage: unknown setting 'tme'")
