"""The project as a whole: its keys, its defaults, its places, its fingerprint."""

import pytest

from scorewell.configuration import ConfigurationError, Project


def test_the_small_project_is_read(folder):
    project = folder.project().load()
    assert isinstance(project, Project)
    assert project.name == "Acme"
    assert list(project.metrics) == ["logins", "per_seat"]
    assert str(project.metrics["logins"].window) == "30d"
    assert project.folder == folder.path


def test_what_is_left_out_has_its_default(folder):
    project = folder.project().load()
    card = project.scorecards["main"]
    assert project.timezone == "UTC"
    assert [sink.name for sink in project.sinks] == ["console"]
    assert card.aggregator.name == "weighted_average"
    assert [(band.name, band.up_to) for band in card.bands] == [("at_risk", 40), ("stable", 70), ("healthy", 100)]
    assert all(band.color for band in card.bands)
    assert (card.precision, card.minimum_coverage, card.scale) == (0, 0.5, (0, 100))


def test_the_default_bands_are_shares_of_the_scale(folder):
    cards = "\nmain: {scale: [-10, 10], metrics: {logins: {normalizer: acme.flat}}}"
    card = folder.project(scorecards=cards).load().scorecards["main"]
    assert [band.up_to for band in card.bands] == [-2, 4, 10]


@pytest.mark.parametrize(("written", "read"), [("none", None), ("null", None), ("0", 0), ("3", 3)])
def test_precision_is_a_number_of_decimals_or_none(folder, written, read):
    cards = f"\nmain: {{precision: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    assert folder.project(scorecards=cards).load().scorecards["main"].precision == read


@pytest.mark.parametrize(("written", "read"), [("60%", 0.6), ("62.5 %", 0.625), ("0.6", 0.6), ("1", 1.0)])
def test_a_share_is_a_percentage_or_a_fraction(folder, written, read):
    cards = f"\nmain: {{minimum_coverage: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    assert folder.project(scorecards=cards).load().scorecards["main"].minimum_coverage == read


def test_a_project_knows_where_everything_was_written(folder):
    origin = folder.project().load().origin
    assert origin["metrics.per_seat"] == "scorewell.yaml:12:3"
    assert origin["metrics.per_seat.sql"] == "scorewell.yaml:12:14"
    assert origin["customers.attributes.2"] == "scorewell.yaml:9:23"


def test_project_load_reads_a_project(folder):
    folder.project(sources="\ncrm: {plugin: files, path: a.csv, customer: id}", metrics=None)
    folder.project(
        sources="\ncrm: {plugin: files, path: a.csv, customer: id}",
        customers="\nsource: crm",
        metrics="\nsize: {source: crm, measure: count(*)}",
        scorecards="\nmain: {metrics: {size: {normalizer: percentile}}}",
    )
    assert Project.load(folder.path / "scorewell.yaml").name == "Acme"


def test_two_mistakes_in_two_files_are_shown_together_by_file_and_line(folder):
    folder.project(include="a.yaml", metrics=None, name="7", timezone="Europe/Berlni")
    folder.write("a.yaml", "metrics:\n  logins: {source: usage, measure: acme.touched, window: 3}\n")
    assert folder.told() == [
        "a.yaml:2:58 metrics.logins.window: expected a duration, as 30d, got the number 3",
        "scorewell.yaml:2:7 name: expected text, got the number 7: put it in quotes",
        "scorewell.yaml:17:11 timezone: unknown time zone 'Europe/Berlni', did you mean 'Europe/Berlin'?",
    ]


def test_the_error_is_all_problems_one_a_line(folder):
    with pytest.raises(ConfigurationError) as caught:
        folder.project(name="7", version="2").load()
    assert str(caught.value).splitlines() == [
        "scorewell.yaml:1:10 version: this version reads version 1 of the language, got the number 2",
        "scorewell.yaml:2:7 name: expected text, got the number 7: put it in quotes",
    ]
    problem = caught.value.problems[1]
    assert (problem.file, problem.line, problem.column, problem.path) == ("scorewell.yaml", 2, 7, "name")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("version", ["missing setting 'version': write version: 1"]),
        ("name", ["missing setting 'name': the project's name, shown in reports and used to find its history"]),
        ("scorecards", ["segments.everyone.scorecard: unknown scorecard 'main'; there is nothing"]),
        ("segments", ["missing setting 'segments': which customers get which scorecard"]),
    ],
)
def test_a_missing_section_is_told(said, key, told):
    assert told[0] in said(**{key: None})


@pytest.mark.parametrize("key", ["name", "timezone"])
def test_a_text_that_is_none_is_told(said, key):
    assert said(**{key: "null"}) == [f"{key}: expected text, got nothing"]


def test_an_unknown_key_is_told_with_the_near_one(said):
    assert said(scorcards="\nmain: 1") == ["unknown setting 'scorcards', did you mean 'scorecards'?"]


def test_a_misspelt_section_is_one_mistake(said):
    told = said(customers=None, custmers="\nsource: crm", metrics="\nlogins: {source: usage, measure: acme.touched}")
    assert told == ["unknown setting 'custmers', did you mean 'customers'?"]


def test_an_unknown_key_without_a_near_one_is_told_with_what_there_is(said):
    (told,) = said(zzz="1")
    assert told.startswith("unknown setting 'zzz'; a project has version, name, timezone, include, history, sources, ")


@pytest.mark.parametrize("key", ["sources", "metrics", "scorecards", "segments", "stages", "customers"])
def test_a_section_that_is_no_mapping_is_told_once(said, key):
    (told,) = [one for one in said(**{key: "[a, b]"}) if one.startswith(f"{key}:")]
    assert "got a list" in told


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"time_limit": "1h"}, "time_limit"),
        ({"sources": "\ncrm: {plugin: acme.rows, customer: id, time_limit: 1h}"}, "sources.crm.time_limit"),
    ],
)
def test_a_word_of_a_later_version_is_told_so(said, sections, key):
    expected = f"{key}: `{key.rpartition('.')[2]}` is not in this version"
    assert expected in said(**sections)


def test_an_unknown_setting_is_told_at_its_place_with_the_near_one(folder):
    cards = "\nmain:\n  dimensions:\n    support: {wieght: 2, metrics: {logins: {normalizer: acme.flat}}}"
    assert folder.project(scorecards=cards).told() == [
        "scorewell.yaml:16:17 scorecards.main.dimensions.support: unknown setting 'wieght', did you mean 'weight'?"
    ]


def test_the_last_stage_may_be_otherwise(folder):
    stages = "\nyoung: seats < 5\nold: otherwise"
    segments = "\neveryone: {scorecard: {young: main, old: main}}"
    assert folder.project(stages=stages, segments=segments).load().stages == {"young": "seats < 5", "old": None}


def test_otherwise_before_the_last_stage_is_told(said):
    stages = "\nold: otherwise\nyoung: seats < 5"
    assert said(stages=stages) == ["stages.old: otherwise takes everybody: it must be the last stage"]


class TestFingerprint:
    """The fingerprint changes with what the configuration says, and with nothing else."""

    @staticmethod
    def of(folder, **sections):
        return folder.project(**sections).load().fingerprint

    def test_layout_and_quotes_do_not_count(self, folder):
        logins = "\nlogins:\n  source: 'usage'   # the events\n  measure: acme.touched\n  window: 30d\n"
        spread = logins + "per_seat: {sql: logins / seats}"
        assert self.of(folder, metrics=spread) == self.of(folder)

    def test_files_do_not_count(self, folder):
        whole = self.of(folder)
        folder.write("m.yaml", "metrics: {logins: {source: usage, measure: acme.touched, window: 30d}}")
        parted = self.of(folder, include="m.yaml", metrics="\nper_seat: {sql: logins / seats}")
        assert parted == whole

    def test_a_changed_value_counts(self, folder):
        other = "\nlogins: {source: usage, measure: acme.touched, window: 31d}\nper_seat: {sql: logins / seats}"
        assert self.of(folder, metrics=other) != self.of(folder)

    def test_the_order_of_segments_counts(self, folder):
        one = self.of(folder, segments="\na: {when: seats > 5, scorecard: main}\nb: {scorecard: main}")
        other = self.of(folder, segments="\nb: {scorecard: main}\na: {when: seats > 5, scorecard: main}")
        assert one != other

    def test_the_environment_and_secrets_stay_out(self, folder):
        crm = "\ncrm: {plugin: acme.rows, customer: id, secret: SECRET, text: '${TEXT}'}\n"
        sources = crm + "usage: {plugin: acme.rows, customer: account, time: day}"
        folder.environment = {"TEXT": "one"}
        first = self.of(folder, sources=sources.replace("SECRET", "hush"))
        folder.environment = {"TEXT": "two"}
        assert self.of(folder, sources=sources.replace("SECRET", "quiet")) == first

    def test_a_reason_an_owner_and_a_day_do_not_count(self, folder):
        cards = "\nmain:\n  metrics:\n    logins: {normalizer: {type: acme.line, from: 0, to: 5}}"
        reasons = "because: 'the review of {day}', owner: {owner}, review_by: {day}"
        whole = "\nmain:\n  {0}\n  metrics:\n    logins: {{{1}, normalizer: {{type: acme.line, from: 0, to: 5, {1}}}}}"
        for day, owner in (("2027-01-15", "ops"), ("2027-07-15", "data")):
            said = reasons.format(day=day, owner=owner)
            documented = whole.format(said.replace(", ", "\n  "), said)
            assert self.of(folder, scorecards=documented) == self.of(folder, scorecards=cards)

    def test_the_reason_of_an_adjustment_counts_for_readers_see_it(self, folder):
        cards = "\nmain:\n  metrics: {{logins: {{normalizer: acme.flat}}}}\n  adjustments: [{{add: 1, because: {}}}]"
        assert self.of(folder, scorecards=cards.format("x")) != self.of(folder, scorecards=cards.format("y"))

    def test_an_owner_of_the_customers_counts(self, folder):
        customers = "\nsource: crm\nroles: {{owner: {}}}\nattributes: [seats, plan]"
        assert self.of(folder, customers=customers.format("a")) != self.of(folder, customers=customers.format("b"))
