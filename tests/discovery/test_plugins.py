"""Names to classes, importing only what a name points to."""

import pytest

from scorewell.api.v1 import Aggregator, Measure, Normalizer, Sink, Source
from scorewell.discovery import BrokenPlugin, Plugins, UnknownComponent

TICKETS = """
@frozen
class Tickets(Source):
    name = "tickets"

@frozen
class Zendesk(Source):
    name = "zendesk"

@frozen
class Rating(Normalizer):
    name = "rating"

@hookimpl
def scorewell_register(registry):
    registry.component(Tickets)
    registry.component(Zendesk)
    registry.component(Rating)
"""
OWN = """
@frozen
class Linear(Normalizer):
    name = "linear"

@frozen
class Linear2(Measure):
    name = "steps"

@hookimpl
def scorewell_register(registry):
    registry.component(Linear)
    registry.component(Linear2)
"""


@pytest.fixture
def zendesk(site):
    site.install("scorewell-zendesk", "1.2.0", "zendesk", "zendesk_plugin", TICKETS)
    site.install("scorewell", "0.1.0", "standard", "own_plugin", OWN)
    return site


def test_a_component_is_found_by_its_prefix_and_name(zendesk):
    assert zendesk.plugins.component(Source, "zendesk.tickets").name == "tickets"


def test_a_bare_name_that_is_a_plugin_stands_for_its_component_of_that_name(zendesk):
    assert zendesk.plugins.component(Source, "zendesk").name == "zendesk"


def test_the_frameworks_own_plugins_need_no_prefix(zendesk):
    assert zendesk.plugins.component(Normalizer, "linear").name == "linear"
    assert zendesk.plugins.component(Normalizer, "standard.linear").name == "linear"


def test_a_strangers_component_needs_its_prefix(zendesk):
    with pytest.raises(UnknownComponent, match="unknown source 'tickets'"):
        zendesk.plugins.component(Source, "tickets")


def test_nothing_is_imported_before_a_name_asks_for_it(zendesk):
    plugins = zendesk.plugins
    plugins.component(Normalizer, "linear")
    assert zendesk.is_imported("own_plugin")
    assert not zendesk.is_imported("zendesk_plugin")


def test_versions_are_those_of_the_plugins_imported_so_far(zendesk):
    plugins = zendesk.plugins
    assert plugins.versions() == {}
    plugins.component(Source, "zendesk.tickets")
    assert plugins.versions() == {"scorewell-zendesk": "1.2.0"}


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (Normalizer, "linaer", "unknown normalizer 'linaer', did you mean 'linear'? The normalizers are linear"),
        (
            Aggregator,
            "median",
            "unknown aggregator 'median'; the aggregators are nothing",
        ),
        (
            Source,
            "zendesk.tikets",
            (
                "unknown source 'zendesk.tikets', did you mean 'zendesk.tickets'? "
                "The sources are zendesk.tickets, zendesk.zendesk"
            ),
        ),
        (Normalizer, "steps", "'steps' is a measure, not a normalizer; the normalizers are linear"),
        (Sink, "zendesk.rating", "'zendesk.rating' is a normalizer, not a sink; the sinks are nothing"),
        (
            Source,
            "zendesc.tickets",
            ("no plugin 'zendesc' is installed, did you mean 'zendesk'?"),
        ),
        (Normalizer, "0.5", "no plugin '0' is installed"),
        (
            Measure,
            "hub_spot.deals",
            "no plugin 'hub_spot' is installed\n    try: pip install scorewell-hub-spot may provide it",
        ),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(zendesk, kind, name, message):
    with pytest.raises(UnknownComponent) as caught:
        zendesk.plugins.component(kind, name)
    assert str(caught.value) == message


def test_the_overview_shows_each_plugin_with_its_components(zendesk):
    own, stranger = sorted(zendesk.plugins.overview(), key=lambda report: report.distribution)
    assert (stranger.name, stranger.distribution, stranger.version) == ("zendesk", "scorewell-zendesk", "1.2.0")
    assert (stranger.edition, stranger.problem) == ("v1", None)
    assert stranger.components == {"source": ("tickets", "zendesk"), "normalizer": ("rating",)}
    assert own.components == {"measure": ("steps",), "normalizer": ("linear",)}


def test_a_broken_plugin_harms_nobody_who_does_not_use_it(zendesk):
    zendesk.install("scorewell-acme", "0.3.1", "acme", "acme_plugin", "raise RuntimeError('no')")
    plugins = zendesk.plugins
    assert plugins.component(Source, "zendesk.tickets").name == "tickets"
    problems = {report.name: report.problem for report in plugins.overview()}
    assert problems["acme"] == "plugin 'acme' (scorewell-acme 0.3.1) failed to load: RuntimeError: no"
    assert problems["zendesk"] is None


def test_a_broken_plugin_fails_every_time_it_is_asked_for_and_is_imported_once(site):
    code = """
    import builtins
    builtins.scorewell_imports = getattr(builtins, "scorewell_imports", 0) + 1
    raise OSError("x")
    """
    site.install("scorewell-acme", "0.3.1", "acme", "acme_plugin", code)
    plugins = site.plugins
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match="OSError: x"):
            plugins.component(Source, "acme.x")
    import builtins

    assert vars(builtins).pop("scorewell_imports") == 1


def test_two_distributions_with_one_name_are_both_told(site):
    site.install("scorewell-crm", "1.0", "crm", "first_plugin", OWN)
    site.install("other-crm", "2.0", "crm", "second_plugin", OWN)
    plugins = site.plugins
    with pytest.raises(BrokenPlugin) as caught:
        plugins.component(Normalizer, "crm.linear")
    message = "plugin 'crm' is provided by other-crm 2.0 and scorewell-crm 1.0: a name must lead to one plugin"
    assert caught.value.message == message
    assert [report.distribution for report in plugins.overview()] == ["other-crm", "scorewell-crm"]
    assert {report.problem for report in plugins.overview()} == {str(caught.value)}


def test_a_theme_is_found_by_its_prefix_and_name(site):
    code = """
    from pathlib import Path

    @hookimpl
    def scorewell_register(registry):
        registry.theme("dark", Path(__file__).parent)
    """
    site.install("scorewell-acme", "0.3.1", "acme", "acme_plugin", code)
    assert site.plugins.theme("acme.dark") == site.folder
    assert site.plugins.overview()[0].themes == ("dark",)
    with pytest.raises(UnknownComponent) as caught:
        site.plugins.theme("acme.drak")
    assert caught.value.message == "unknown theme 'acme.drak'; the themes are dark"


def test_the_standard_plugins_are_installed():
    assert "standard" in {report.name for report in Plugins.installed().overview()}


def test_the_plugins_of_classes_at_hand_are_imported_and_no_others(zendesk):
    tickets = zendesk.plugins.component(Source, "zendesk.tickets")
    others = zendesk.plugins
    others.meet([tickets])
    assert others.versions() == {"scorewell-zendesk": "1.2.0"}
