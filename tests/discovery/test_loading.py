"""A plugin that does not load is told with its distribution, its version and the real cause."""

import pytest

from scorewell.api.v1 import Source
from scorewell.discovery import BrokenPlugin

FAILED = "plugin 'acme' (scorewell-acme 0.3.1) failed to load: "
REGISTER = "\n@hookimpl\ndef scorewell_register(registry):\n"


def test_a_missing_module_is_told_with_what_to_install(problem):
    assert problem("import acme_client.session") == (
        f"{FAILED}ModuleNotFoundError: No module named 'acme_client'\n    try: pip install acme-client"
    )


def test_an_edition_that_this_core_lacks_asks_for_a_newer_core(problem):
    assert problem("import scorewell.api.v2") == (
        f"{FAILED}ModuleNotFoundError: No module named 'scorewell.api.v2'\n    try: pip install -U scorewell"
    )


def test_a_name_that_this_edition_lacks_asks_for_a_newer_core(problem):
    told = problem("from scorewell.api.v1 import Oracle")
    assert told.startswith(f"{FAILED}ImportError: cannot import name 'Oracle'")
    assert told.endswith("try: pip install -U scorewell")


def test_a_plugin_whose_own_module_is_missing_is_to_be_installed_again(site):
    site.install("scorewell-acme", "0.3.1", "acme", "acme_plugin")
    (site.folder / "acme_plugin.py").unlink()
    assert site.plugins.overview()[0].problem == (
        f"{FAILED}ModuleNotFoundError: No module named 'acme_plugin'\n"
        "    try: pip install --force-reinstall scorewell-acme"
    )


def test_the_cause_is_kept(site):
    site.install("scorewell-acme", "0.3.1", "acme", "acme_plugin", "1 / 0")
    with pytest.raises(BrokenPlugin) as caught:
        site.plugins.component(Source, "acme.x")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_entry_point_is_named_as_a_prefix(site):
    site.install("scorewell-acme", "0.3.1", "My.Acme", "acme_plugin", "")
    assert site.plugins.overview()[0].problem == (
        "plugin 'My.Acme' (scorewell-acme 0.3.1) failed to load: "
        "the entry point's name is the prefix: lower case letters, digits and underscores"
    )


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import sys; sys.exit('bye')", "SystemExit: bye"),
        ("x = (", "SyntaxError: '(' was never closed"),
        (f"{REGISTER}    raise KeyError('url')", "KeyError: 'url'"),
        ("def scorewell_register(registry): pass", "it implements no hook: mark scorewell_register with @hookimpl"),
        (
            "@hookimpl\ndef scorewell_registr(registry): pass",
            "unknown hook 'scorewell_registr', did you mean 'scorewell_register'?",
        ),
        ("@hookimpl\ndef shipped(registry): pass", "unknown hook 'shipped'"),
        (
            "@hookimpl\ndef scorewell_register(register): pass",
            "Plugin 'acme' for hook 'scorewell_register' hookimpl definition: scorewell_register(register) Argument",
        ),
    ],
)
def test_whatever_a_plugin_does_is_told_as_its_own(problem, code, cause):
    assert problem(code).startswith(FAILED + cause)
