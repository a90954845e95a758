"""Themes: folders of Jinja templates over the default one, and the environment they are rendered in."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
import markupsafe
from jinja2.loaders import split_template_path

from scorewell.api.v1 import ScorewellError
from scorewell.discovery import Plugins
from scorewell.messages import did_you_mean
from scorewell.reporting.model import Branding
from scorewell.templates_folder import templates_folder

__all__ = ["Theme", "theme"]

PAGES = ("customer.html", "internal.html", "portfolio.html", "customers.html")
"""The templates that are pages; a theme may override any template of the default one."""

_DEFAULT = "default/"
# Control characters are not allowed in HTML, and a reversal of direction would go on behind the text that has it.
_DISRUPTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_REMEMBERED = 16_384  # texts that recur are numbers and what the configuration says: some thousand


class _Escaped(dict[str, str]):
    """Each text as it may stand in a page. Most texts of a page stand in others too, and are escaped once."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        escaped = self[text] = str(markupsafe.escape(_DISRUPTIVE.sub("", text)))
        return escaped


class _Environment(jinja2.Environment):
    """Escapes as Jinja does, without the characters that disrupt a page, and remembers."""

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.clear()
        self._escaped = _Escaped()

    def escape(self, value: Any) -> str:
        """What a template prints in place of ``value``."""
        if type(value) is str:  # not a Markup, which is one too
            return self._escaped[value]
        if hasattr(value, "__html__"):
            return value if type(value) is markupsafe.Markup else markupsafe.escape(value)
        return self._escaped[str(value)]

    def _generate(
        self, source: jinja2.nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        # A compiled template is a module, and all that it prints goes through its function of this name.
        return super()._generate(source, name, filename, defer_init) + "\nescape = environment.escape\n"


class _Folders(jinja2.BaseLoader):
    """Looks a template up in the theme first; ``default/…`` always is the default theme's."""

    def __init__(self, folder: Traversable | None, default: Traversable) -> None:
        self._folder = folder
        self._default = default

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        parts = split_template_path(template.removeprefix(_DEFAULT))  # refuses to leave the folder
        folders = (
            [self._default] if self._folder is None or template.startswith(_DEFAULT) else [self._folder, self._default]
        )
        for folder in folders:
            found = folder.joinpath(*parts)
            if found.is_file():
                return found.read_text(encoding="utf-8"), str(found), None
        raise jinja2.TemplateNotFound(template)


class Theme:
    """Compiled templates. What a template can reach is the model and the branding, nothing else."""

    def __init__(self, name: str, folder: Traversable | None) -> None:
        """Raises ScorewellError where the folder overrides nothing, or a template does not compile."""
        self._name = name
        default = templates_folder("report")
        if folder is not None and not any(folder.joinpath(each.name).is_file() for each in default.iterdir()):
            known = ", ".join(sorted(each.name for each in default.iterdir()))
            raise ScorewellError(f"theme {name!r}: {folder} has none of the templates that a theme may hold: {known}")
        self._environment = _Environment(_Folders(folder, default))
        self._pages: dict[str, jinja2.Template] = {}
        # Somebody's own templates are compiled at once, to tell of a mistake before the first page; ours when needed.
        for page in () if folder is None else PAGES:
            self._compiled(page)
        if folder is not None:
            for file in sorted(each.name for each in default.iterdir() if each.name.endswith(".html")):
                if folder.joinpath(file).is_file():
                    self._check_blocks(file)

    def render(self, page: str, model: object, branding: Branding) -> str:
        """One page; ``model`` holds text and numbers. Raises ScorewellError for a mistake in a theme's template."""
        try:
            return self._compiled(page).render(page=model, brand=branding)
        except jinja2.TemplateError as error:
            raise self._mistake(page, error) from error

    def _compiled(self, page: str) -> jinja2.Template:
        if page not in self._pages:
            try:
                self._pages[page] = self._environment.get_template(page)
            except jinja2.TemplateError as error:
                raise self._mistake(page, error) from error
        return self._pages[page]

    def _check_blocks(self, template: str) -> None:
        """Raises ScorewellError for a block that nothing which the template extends has: Jinja would drop it unsaid."""
        parsed = self._parsed(template)
        above = self._parent(parsed)
        known, seen = set[str](), set[str]()
        while above is not None and above not in seen:  # one that extends itself is told when it is rendered
            seen.add(above)
            parent = self._parsed(above)
            known |= {block.name for block in parent.find_all(jinja2.nodes.Block)}
            above = self._parent(parent)
        for block in parsed.body if self._parent(parsed) is not None else ():
            if isinstance(block, jinja2.nodes.Block) and block.name not in known:
                raise ScorewellError(
                    f"theme {self._name!r}, {template} line {block.lineno}: nothing that it extends has a block"
                    f" {block.name!r}{did_you_mean(block.name, known)}"
                )

    def _parsed(self, template: str) -> jinja2.nodes.Template:
        assert self._environment.loader is not None  # noqa: S101 - it was made with one
        try:
            source, *_ = self._environment.loader.get_source(self._environment, template)
            return self._environment.parse(source, template)
        except jinja2.TemplateError as error:
            raise self._mistake(template, error) from error

    @staticmethod
    def _parent(parsed: jinja2.nodes.Template) -> str | None:
        """What a template extends, where it says so by its name."""
        extends = parsed.find(jinja2.nodes.Extends)
        named = None if extends is None else extends.template
        return str(named.value) if isinstance(named, jinja2.nodes.Const) else None

    def _mistake(self, page: str, error: jinja2.TemplateError) -> ScorewellError:
        place = f"{error.name or page} line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else page
        return ScorewellError(f"theme {self._name!r}, {place}: {error.message or type(error).__name__}")


def theme(name: str | None, *, plugins: Plugins, folder: Path) -> Theme:
    """The default theme for None; a folder for a name with a slash, relative to ``folder``; else a plugin's theme.

    Raises ScorewellError for a folder that is not there or overrides nothing, UnknownComponent for an unknown name.
    """
    if name is None:
        return _default()
    if "/" not in name and "\\" not in name:
        if (folder / name).is_dir():
            raise ScorewellError(
                f"theme {name!r} is the name of a plugin's theme", hint=f"for the folder write './{name}'"
            )
        return Theme(name, plugins.theme(name))
    path = folder / Path(name).expanduser()
    if not path.is_dir():
        raise ScorewellError(f"theme {name!r}: there is no folder {path}")
    return Theme(name, path)


@functools.cache
def _default() -> Theme:
    """To compile its templates takes longer than to render some customers, and each sink of a run asks for it."""
    return Theme("default", None)
