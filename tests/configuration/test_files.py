"""Several files are one project."""

from pathlib import Path

import pytest

from scorewell.configuration import ConfigurationError, load

METRICS = "metrics:\n  logins: {source: usage, measure: acme.touched, window: 30d}\n"


def test_sections_may_be_spread_over_files(folder):
    folder.project(include="[metrics.yaml]", metrics="\nper_seat: {sql: logins / seats}")
    folder.write("metrics.yaml", METRICS)
    assert list(folder.load().metrics) == ["logins", "per_seat"]


def test_a_pattern_includes_every_file_it_matches_in_order(folder):
    folder.project(include="[parts/*.yaml]", metrics=None)
    folder.write("parts/b.yaml", "metrics:\n  clicks: {source: usage, measure: acme.touched}\n")
    folder.write("parts/a.yaml", METRICS)
    assert list(folder.load().metrics) == ["logins", "clicks"]


def test_a_pattern_that_matches_the_main_file_or_a_listed_one_reads_them_once(folder):
    folder.project(include="[metrics.yaml, '*.yaml']", metrics=None)
    folder.write("metrics.yaml", METRICS)
    assert list(folder.load().metrics) == ["logins"]


def test_an_include_is_relative_to_the_file_that_includes(folder):
    folder.project(include="teams/data.yaml", metrics=None)
    folder.write("teams/data.yaml", "include: metrics.yaml\n")
    folder.write("teams/metrics.yaml", METRICS)
    assert folder.load().origin["metrics.logins"] == "teams/metrics.yaml:2:3"


def test_each_file_may_say_its_version(folder):
    folder.project(include="metrics.yaml", metrics=None)
    folder.write("metrics.yaml", f"version: 1\n{METRICS}")
    assert folder.told() == []


def test_paths_are_relative_to_the_main_file_wherever_they_are_written(folder):
    folder.project(include="deep/sources.yaml", sources=None)
    folder.write(
        "deep/sources.yaml",
        """
        sources:
          crm: {plugin: acme.rows, customer: id, path: data/a.csv}
          usage: {plugin: acme.rows, customer: account, time: day}
        """,
    )
    assert folder.load().sources["crm"].plugin.path == str(folder.path / "data/a.csv")


@pytest.mark.parametrize(
    ("main", "other", "told"),
    [
        (
            METRICS,
            METRICS,
            "scorewell.yaml:3:3 metrics.logins: 'logins' is already in other.yaml on line 2",
        ),
        ("name: a\n", "name: b\n", "scorewell.yaml:2:1 name: 'name' is already in other.yaml on line 1"),
        ("sinks: []\n", "sinks: []\n", "scorewell.yaml:2:1 sinks: 'sinks' is already in other.yaml on line 1"),
        ("version: 1\n", "version: 2\n", "scorewell.yaml:2:1 version: 'version' is already in other.yaml on line 1"),
    ],
)
def test_the_same_key_in_two_files_names_both(folder, main, other, told):
    folder.write("scorewell.yaml", f"include: [other.yaml]\n{main}")
    folder.write("other.yaml", other)
    assert folder.told() == [told]


@pytest.mark.parametrize(
    ("include", "told"),
    [
        ("nowhere.yaml", "scorewell.yaml:1:10 include: nowhere.yaml: no such file"),
        ("[nowhere.yaml]", "scorewell.yaml:1:11 include.1: nowhere.yaml: no such file"),
        ("nowhere/*.yaml", "scorewell.yaml:1:10 include: nowhere/*.yaml matches no file"),
        ("sub", "scorewell.yaml:1:10 include: sub: expected a file, this is a folder"),
        ("empty.yaml", "empty.yaml: the file is empty"),
        (
            "scorewell.yaml",
            "scorewell.yaml:1:10 include: the files include each other: scorewell.yaml → scorewell.yaml",
        ),
        (
            "a.yaml",
            "b.yaml:1:10 include: the files include each other: a.yaml → b.yaml → a.yaml",
        ),
        ("5", "scorewell.yaml:1:10 include: expected a file, as sources.yaml or scorecards/*.yaml, got the number 5"),
        (
            "[{a: b}]",
            "scorewell.yaml:1:11 include.1: expected a file, as sources.yaml or scorecards/*.yaml, got a mapping",
        ),
    ],
)
def test_an_include_that_cannot_be_read_is_told_where_it_stands(folder, include, told):
    folder.write("scorewell.yaml", f"include: {include}\n")
    folder.write("empty.yaml", "")
    folder.write("sub/x.yaml", "")
    folder.write("a.yaml", "include: b.yaml")
    folder.write("b.yaml", "include: a.yaml")
    assert folder.told() == [told]


def test_an_included_file_with_almost_that_name_is_what_to_try(folder):
    folder.write("scorewell.yaml", "include: [metric.yaml]\n")
    folder.write("metrics.yaml", "metrics: {}")
    assert folder.told() == ["scorewell.yaml:1:11 include.1: metric.yaml: no such file\n    try: metrics.yaml"]


def test_mistakes_of_reading_are_shown_for_all_files_at_once(folder):
    folder.write("scorewell.yaml", "include: [a.yaml, b.yaml, c.yaml]\n")
    folder.write("a.yaml", "x: [\n")
    folder.write("b.yaml", "x: 1\nx: 2")
    assert folder.told() == [
        "a.yaml:2:1: a value is missing here, or a bracket is not closed",
        "b.yaml:2:1 x: the key is already on line 1",
        "scorewell.yaml:1:27 include.3: c.yaml: no such file",
    ]


def told_of(path):
    """The mistakes of reading a project that is named as one does on the command line."""
    with pytest.raises(ConfigurationError) as refused:
        load(Path(path))
    return [str(problem) for problem in refused.value.problems]


def test_a_missing_main_file_is_one_line_and_says_in_which_folder(folder, monkeypatch):
    folder.write("deep/down/x.csv", "")
    monkeypatch.chdir(folder.path)
    assert told_of("scorewell.yaml") == ["scorewell.yaml: no such file\n    try: scorewell init"]
    assert told_of("deep/scorewell.yaml") == ["scorewell.yaml: no such file in deep\n    try: scorewell init deep"]


def test_a_main_file_further_up_or_with_nearly_that_name_is_what_was_meant(folder, monkeypatch):
    folder.write("scorewell.yml", "")
    monkeypatch.chdir(folder.path)
    assert told_of("scorewell.yaml") == ["scorewell.yaml: no such file\n    try: -c scorewell.yml"]
    folder.write("scorewell.yaml", "")
    folder.write("deep/down/x.csv", "")
    monkeypatch.chdir(folder.path / "deep/down")
    assert told_of("scorewell.yaml") == ["scorewell.yaml: no such file\n    try: -c ../../scorewell.yaml"]


def test_a_folder_is_no_main_file(folder, monkeypatch):
    folder.write("some/sub/scorewell.yaml", "")
    monkeypatch.chdir(folder.path)
    assert told_of("some/sub") == ["sub: expected a file, this is a folder\n    try: -c some/sub/scorewell.yaml"]
    assert told_of("some") == ["some: expected a file, this is a folder"]


def test_an_empty_main_file_is_one_line(folder):
    folder.write("scorewell.yaml", "")
    assert folder.told() == ["scorewell.yaml: the file is empty"]


def test_a_file_that_is_not_utf_8_is_told_with_its_line(folder):
    (folder.path / "scorewell.yaml").write_bytes(b"version: 1\nname: M\xfcller\n")
    assert folder.told() == ["scorewell.yaml: not UTF-8 text (byte 0xfc on line 2): save the file as UTF-8"]


def test_a_byte_order_mark_is_skipped(folder):
    folder.project()
    path = folder.path / "scorewell.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert folder.told() == []
