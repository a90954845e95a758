"""A proposal is a whole project, or some sections that are laid over one."""

import textwrap

import pytest

from scorewell.configuration import ConfigurationError, load_over

TWO_PARTS = """
main:
  label: Health
  dimensions:
    use: {weight: 3, metrics: {logins: {normalizer: acme.flat}}}
    rest: {weight: 1, metrics: {per_seat: {normalizer: acme.flat}}}
"""


@pytest.fixture
def proposed(folder):
    """The small project with the text of a proposal laid over it."""

    def of(text, name="proposal.yaml"):
        folder.project(scorecards=TWO_PARTS)
        folder.write(name, textwrap.dedent(text))
        return load_over(
            folder.path / "scorewell.yaml", folder.path / name, plugins=folder.plugins, environment=folder.environment
        )

    return of


@pytest.fixture
def refused(proposed):
    def of(text):
        with pytest.raises(ConfigurationError) as caught:
            proposed(text)
        return [str(problem) for problem in caught.value.problems]

    return of


def test_a_scorecard_takes_the_place_of_the_one_of_its_name(proposed):
    project = proposed("scorecards: {main: {metrics: {logins: {normalizer: acme.flat}}}}")
    assert list(project.scorecards["main"].metrics) == ["logins"]
    assert (project.name, list(project.metrics), list(project.segments)) == (
        "Acme",
        ["logins", "per_seat"],
        ["everyone"],
    )


def test_a_scorecard_that_extends_its_own_name_is_the_projects_with_the_changes_made(proposed):
    main = proposed("scorecards: {main: {extends: main, dimensions: {rest: {weight: 5}}}}").scorecards["main"]
    assert (main.label, main.dimensions["use"].weight, main.dimensions["rest"].weight) == ("Health", 3, 5)


def test_a_part_can_be_taken_away(proposed):
    main = proposed("scorecards: {main: {extends: main, dimensions: {rest: none}}}").scorecards["main"]
    assert list(main.dimensions) == ["use"]


def test_what_others_extend_changes_them_too(folder):
    folder.project(scorecards=TWO_PARTS + "small: {extends: main, label: Small}\n")
    folder.write("proposal.yaml", "scorecards: {main: {extends: main, dimensions: {rest: {weight: 5}}}}")
    project = load_over(
        folder.path / "scorewell.yaml", folder.path / "proposal.yaml", plugins=folder.plugins, environment={}
    )
    assert project.scorecards["small"].dimensions["rest"].weight == 5


def test_a_new_scorecard_may_extend_one_of_the_project(proposed):
    project = proposed("""
        scorecards: {candidate: {extends: main, label: Candidate}}
        segments: {everyone: {scorecard: candidate}}
        """)
    assert set(project.scorecards) == {"main", "candidate"}
    assert project.segments["everyone"].scorecard == "candidate"


def test_segments_are_replaced_as_a_whole(proposed):
    assert list(proposed("segments: {all: {scorecard: main}}").segments) == ["all"]


def test_scores_take_the_place_of_segments(proposed):
    project = proposed("scores: {health: {scorecard: main}}")
    assert (list(project.scores), dict(project.segments)) == (["health"], {})


def test_a_metric_can_be_added(proposed):
    assert set(proposed("metrics: {more: {sql: logins * 2}}").metrics) == {"logins", "per_seat", "more"}


def test_paths_of_data_stay_relative_to_the_project(proposed, folder):
    assert proposed("segments: {all: {scorecard: main}}", "proposals/one.yaml").folder == folder.path


def test_a_file_with_sources_is_a_project_of_its_own(folder):
    folder.project()
    text = (folder.path / "scorewell.yaml").read_text().replace("name: Acme", "name: Other")
    folder.write("other/scorewell.yaml", text)
    project = load_over(
        folder.path / "scorewell.yaml", folder.path / "other/scorewell.yaml", plugins=folder.plugins, environment={}
    )
    assert (project.name, project.folder) == ("Other", folder.path / "other")


def test_another_proposal_is_another_configuration(proposed):
    one = proposed("scorecards: {main: {extends: main, dimensions: {rest: {weight: 5}}}}")
    other = proposed("scorecards: {main: {extends: main, dimensions: {rest: {weight: 6}}}}")
    assert one.fingerprint != other.fingerprint


def test_a_mistake_is_told_in_the_file_that_says_it(refused):
    assert refused("scorecards:\n  main:\n    extends: main\n    dimensions: {rest: {wieght: 5}}\n") == [
        "proposal.yaml:4:25 scorecards.main.dimensions.rest: unknown setting 'wieght', did you mean 'weight'?"
    ]


def test_a_part_that_is_not_there_cannot_be_taken_away(refused):
    assert refused("scorecards: {main: {extends: main, dimensions: {rset: none}}}") == [
        "proposal.yaml:1:49 scorecards.main.dimensions.rset: main has no 'rset' here to take away, did you mean 'rest'?"
    ]


def test_a_missing_proposal_is_told(folder):
    folder.project()
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml: no such file"):
        load_over(folder.path / "scorewell.yaml", folder.path / "nowhere.yaml", plugins=folder.plugins)


@pytest.mark.parametrize(
    "text",
    [
        "scorecards: 3",
        "scorecards: [main]",
        "scorecards: {main: 5}",
        "scorecards: {main: {extends: main, dimensions: 7}}",
        "scorecards: {main: {extends: main, dimensions: {use: {metrics: [1]}}}}",
        "scorecards: {main: {extends: [main]}}",
        "scorecards: {other: {extends: other}}",
        "metrics: none",
        "segments: {}",
        "scores: 1",
        "include: nowhere.yaml",
        "sources: {}",
        "sourecs: {}",
        "version: 2",
        "- a list",
        "",
        "{",
    ],
)
def test_whatever_a_proposal_holds_a_mistake_is_told_as_one(refused, text):
    assert refused(text)


def test_a_project_whose_own_scorecards_are_broken_is_told_at_their_place(folder):
    folder.project(scorecards="\nmain: {extends: nobody, metrics: {logins: {normalizer: acme.flat}}}")
    folder.write("proposal.yaml", "scorecards: {main: {extends: main, label: Other}}")
    with pytest.raises(ConfigurationError, match="unknown scorecard 'nobody'"):
        load_over(folder.path / "scorewell.yaml", folder.path / "proposal.yaml", plugins=folder.plugins, environment={})
