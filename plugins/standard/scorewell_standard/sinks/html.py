"""The sink ``html``: a page for each customer, and for internal readers the portfolio."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Self

from scorewell.api.v1 import (
    Appearance,
    Audience,
    Forgotten,
    Location,
    Receipt,
    Run,
    ScorewellError,
    Sink,
    frozen,
    setting,
)
from scorewell_standard.sinks.placing import left_behind, obstacles_to

__all__ = ["Brand", "Html"]

_WAITING = 64
"""How many files may wait to be written: more would only fill the memory."""
_MANIFEST = ".scorewell-pages.json"
_UNFINISHED = ".scorewell-unfinished-"
_SHORT = 3


@frozen
class Brand:
    """Whose report it is."""

    name: str | None = setting("the name at the head of each page; default the project's", default=None)
    logo: Location | None = setting("an image file, at most 60 kB, that is put into each page", default=None)
    color: str | None = setting("the accent colour as #rrggbb", default=None)
    intro: str | None = setting("a paragraph at the head of customers' pages", default=None)
    footer: str | None = setting("a line at the foot of each page", default=None)


@frozen
class Html(Sink):
    """Reports as self-contained HTML files: no network, no script, readable in any browser and on paper.

    ``path`` gets ``customers/<id>.html`` for each customer, and for internal readers ``index.html``, the portfolio,
    and ``customers.html``, everybody in a list. A customer's own page rests on what is marked ``audience: customer``
    and on nothing else; a customer for whom nothing is marked gets no page.

    A delivery that is limited to some customers has a folder of its own inside, ``only-enterprise``.
    The same run again writes the same bytes. Pages of customers that are no longer there are removed; files that this
    sink did not write are left alone, and pages for one audience are never mixed with those for the other.
    """

    name = "html"

    path: Location = setting("the folder")
    audience: Audience = setting("who will read the pages: internal or customer", default="internal")
    theme: str | None = setting("a plugin's theme, or a folder of templates as ./theme", default=None)
    brand: Brand = setting("name, logo, colour and texts", factory=Brand)
    locale: str | None = setting("how numbers and dates are written, as en_GB or de; default en", default=None)
    models: bool = setting("also write what each page is made from beside it, as JSON", default=False)

    def problems(self) -> Iterator[str]:
        if "://" in self.path:
            yield f"path is {self.path}: pages are written into a local folder"
        color = self.brand.color
        if color is not None and re.fullmatch("#[0-9a-fA-F]{6}", color) is None:
            yield f"brand: color is {color!r}: expected a colour as #1f5fbf"
        if self.locale is not None and not _is_locale(self.locale):
            yield f"locale {self.locale!r} is not known: expected one such as en_GB or de"

    def appearance(self) -> Appearance:
        """The theme, the brand and the locale."""
        brand = self.brand
        texts = {
            "name": brand.name,
            "logo": brand.logo,
            "color": brand.color,
            "intro": brand.intro,
            "footer": brand.footer,
            "locale": self.locale,
        }
        return Appearance(theme=self.theme, settings={name: text for name, text in texts.items() if text is not None})

    def deliver(self, run: Run) -> Receipt:
        """Render all pages, then put each in its place; a page that fails to render leaves the folder as it was."""
        folder = Path(self.path, run.selection)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            before = self._written_before(folder)
            for left in left_behind(folder, _UNFINISHED):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=f"{_UNFINISHED}{os.getpid()}-", dir=folder) as temporary:
                pages, files = self._render(run, temporary)
                # Should this process die on the way, the next run still knows every file that may be there.
                self._remember(folder, {*before, *files})
                for inside in {file.rpartition("/")[0] for file in files}:
                    (folder / inside).mkdir(parents=True, exist_ok=True)
                for file in files:
                    os.replace(f"{temporary}/{file}", f"{folder}/{file}")  # noqa: PTH105 - see _write
            for file in sorted({*before}.difference(files)):
                (folder / file).unlink(missing_ok=True)
            self._remember(folder, files)
        except OSError as error:
            raise ScorewellError(f"{_place(error, folder)} cannot be written: {error.strerror}") from error
        return Receipt(location=str(folder), count=pages, what="pages")

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """A file where a folder is needed."""
        return obstacles_to(self.path)

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Remove every page that names the customer or the person; the next run makes again what others are to see."""
        named, count = _naming(forgotten), 0
        for folder in (Path(self.path), *sorted(Path(self.path).glob("only-*"))):
            try:
                files = self._written_before(folder)
                gone = [
                    file for file in files if (folder / file).is_file() and named((folder / file).read_text("utf-8"))
                ]
                for file in gone:
                    (folder / file).unlink()
                if gone:
                    self._remember(folder, {*files}.difference(gone))
            except OSError as error:
                raise ScorewellError(f"{_place(error, folder)} cannot be removed: {error.strerror}") from error
            count += sum(file.endswith(".html") for file in gone)
        return Receipt(location=self.path, count=count, what="pages")

    def _render(self, run: Run, temporary: str) -> tuple[int, list[str]]:
        """Write all pages below ``temporary``: how many there are, and the files, models included."""
        look = self.appearance()
        pages, files = 0, []
        with _Writing(temporary) as written:
            for page in run.reports(self.audience, look.theme, look.settings):
                pages += 1
                files.append(page.path)
                written.write(page.path, page.content)
                if self.models and page.model is not None:
                    beside = str(PurePosixPath(page.path).with_suffix(".json"))
                    files.append(beside)
                    written.write(beside, page.model())
        return pages, files

    def _written_before(self, folder: Path) -> list[str]:
        """The files of earlier runs. Raises ScorewellError where they are for other readers."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            audience, files = manifest["audience"], [str(file) for file in manifest["files"]]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError):
            return []  # not ours: then nothing is known of earlier files, and none is removed
        if audience != self.audience:
            raise ScorewellError(
                f"{folder} holds pages for the audience {audience!r}, and these are for {self.audience!r}",
                hint="give each audience a folder of its own",
            )
        return [
            file for file in files if ".." not in PurePosixPath(file).parts and not PurePosixPath(file).is_absolute()
        ]

    def _remember(self, folder: Path, files: Iterable[str]) -> None:
        text = json.dumps({"audience": self.audience, "files": sorted(files)}, indent=1)
        part = folder / f"{_MANIFEST}.part"
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(folder / _MANIFEST)


class _Writing:
    """Writes files below a folder while the next are rendered: a sixth of the time that pages take is the disk's."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._waiting: deque[Future[None]] = deque()

    def write(self, path: str, text: str) -> None:
        """Have a file written. Raises OSError of one that was to be written before."""
        if len(self._waiting) == _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._writer.submit(_write, f"{self._folder}/{path}", text))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._writer.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for file in self._waiting:
                file.result()


def _naming(forgotten: Forgotten) -> Callable[[str], bool]:
    """Whether a page, or what it was made from, holds one of the names as a word of its own: A-1 is not in A-10.

    An id of one or two letters is looked for where it stands alone, as in a cell: as a word it is everywhere.
    """
    patterns = []
    for text in filter(None, (forgotten.id, *forgotten.names)):
        in_page = html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")  # as Jinja escapes
        forms = {text, in_page, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        either = "|".join(map(re.escape, sorted(forms)))
        is_short = text == forgotten.id and len(text) < _SHORT
        patterns.append(rf"(?<=[>\"/(])(?:{either})(?=[<\".)])" if is_short else rf"(?<![\w-])(?:{either})(?![\w-])")
    pattern = re.compile("|".join(patterns))
    return lambda page: pattern.search(page) is not None


def _place(error: OSError, folder: Path) -> Path:
    """What could not be written, as the reader knows it: a page's own place, not where it waits for the others."""
    place = Path(error.filename2 or error.filename or folder)
    inside = place.relative_to(folder).parts if place.is_relative_to(folder) else ()
    return folder.joinpath(*inside[1:]) if inside and inside[0].startswith(_UNFINISHED) else place


def _write(path: str, text: str) -> None:
    encoded = text.encode("utf-8")
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - a Path for each page takes as long as to make the file
            file.write(encoded)
    except FileNotFoundError:  # the first in its folder; not to ask before each file saves a tenth of the writing
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(encoded)


def _is_locale(name: str) -> bool:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - Babel takes a while to import

    try:
        Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return False
    return True
