"""Tables of events with several times and nothing that says when cells become known."""

from __future__ import annotations

import polars as pl
import pytest
from tests.lint.conftest import project_with

from scorewell.lint import unknown_times

TIMES = {"account": pl.String(), "day": pl.Date(), "closed": pl.Datetime("us"), "rating": pl.Int64()}
CRM = "\ncrm: {plugin: files, path: crm.csv, customer: id}\n"


def told(folder, usage, columns=TIMES, measure="avg(rating)"):
    project = project_with(
        folder,
        sources=f"{CRM}usage: {{plugin: files, path: u.csv, customer: account, {usage}}}",
        metrics=f"\nlogins: {{source: usage, measure: {measure}}}",
    )
    return [
        f"{finding.id} {finding.where}: {finding.message}" for finding in unknown_times(project, {"usage": columns})
    ]


SAYS = "unknown-times sources.usage: day and closed hold times, but known does not say when rating became known"


@pytest.mark.parametrize("measure", ["avg(rating)", "{type: latest, column: rating}", "open, where: rating > 3"])
def test_two_times_and_a_cell_that_may_have_been_filled_in_later_are_told(tmp_path, measure):
    assert told(tmp_path, "time: day, until: closed", measure=measure) == [SAYS]


def test_a_declared_time_counts_though_the_file_holds_text(tmp_path):
    texts = {"day": pl.String(), "closed": pl.String(), "rating": pl.Int64()}
    assert told(tmp_path, "time: day, until: closed", texts) == [SAYS]


@pytest.mark.parametrize("measure", ["count(*)", "open", "count(*), where: closed > day"])
def test_who_reads_nothing_but_times_is_not_told(tmp_path, measure):
    assert told(tmp_path, "time: day, until: closed", measure=measure) == []


@pytest.mark.parametrize("usage", ["time: day, known: {rating: closed}", "time: day, known: {}"])
def test_known_says_it_even_if_there_is_nothing(tmp_path, usage):
    assert told(tmp_path, usage) == []


def test_one_time_is_enough(tmp_path):
    assert told(tmp_path, "time: day", {"day": pl.Date(), "rating": pl.Int64()}) == []


def test_a_snapshot_may_have_many_times(tmp_path):
    metrics = "\nlogins: {source: usage, measure: avg(rating)}"
    usage = "usage: {plugin: files, path: u.csv, customer: account}"
    project = project_with(tmp_path, sources=f"{CRM}{usage}", metrics=metrics)
    assert list(unknown_times(project, {"usage": TIMES})) == []
