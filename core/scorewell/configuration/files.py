"""The files of a project: the main one and what it includes, merged into one tree."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from scorewell.configuration.documents import Document
from scorewell.configuration.interpolation import Environment
from scorewell.configuration.nodes import Entry, Mapping, Node, Scalar, Sequence, spelled
from scorewell.configuration.problems import ConfigurationError, Mark, Problem
from scorewell.messages import near_miss

__all__ = ["read_files"]


def read_files(path: Path, environment: Environment, *, seen_from: Path | None = None) -> Mapping:
    """The merged tree of a main file and its includes: included files first, in the order listed.

    Sections (``metrics``, ``sources`` …) may be spread over files; the same name in two files is a mistake.
    Messages name files as they are seen from the folder ``seen_from``, default the main file's own.
    Raises ConfigurationError with every mistake that reading shows.
    """
    reading = _Reading(path, environment, seen_from)
    root = reading.merged()
    if reading.problems or root is None:
        raise ConfigurationError(reading.problems)
    return root


class _Reading:
    def __init__(self, given: Path, environment: Environment, seen_from: Path | None) -> None:
        self._given, self._is_proposal = given, seen_from is not None
        self._main = main = given.absolute()
        self._seen_from = main.parent if seen_from is None else seen_from
        self._environment = environment
        self._read: set[Path] = set()
        self.problems: list[Problem] = []

    def merged(self) -> Mapping | None:
        documents = self._documents(self._main, (), None)
        return self._merge(documents) if documents else None

    def _documents(self, path: Path, chain: tuple[Path, ...], at: Scalar | None) -> list[Mapping]:
        """The file's own tree after those of its includes."""
        self._read.add(path)
        text = self._text(path, at)
        if text is None:
            return []
        document = Document(text, self._shown(path), self._environment)
        self.problems += document.problems
        if document.root is None:
            return []
        documents: list[Mapping] = []
        for item in self._included(document.root):
            documents += self._include(item, path, (*chain, path))
        return [*documents, document.root]

    def _included(self, root: Mapping) -> tuple[Scalar, ...]:
        include = root.get("include")
        items = include.items if isinstance(include, Sequence) else () if include is None else (include,)
        texts = []
        for item in items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                texts.append(item)
            else:
                self._problem(item, f"expected a file, as sources.yaml or scorecards/*.yaml, got {spelled(item)}")
        return tuple(texts)

    def _include(self, item: Scalar, including: Path, chain: tuple[Path, ...]) -> list[Mapping]:
        pattern = os.path.expanduser(item.raw)  # noqa: PTH111 - a pattern, not yet a path
        found = [Path(os.path.normpath(including.parent / pattern))]
        if glob.has_magic(pattern):
            # Not Path.glob, which refuses an absolute pattern and one that begins with "..".
            matches = sorted(glob.glob(pattern, root_dir=including.parent, recursive=True))  # noqa: PTH207 - it may be absolute
            # A pattern often matches the file that holds it, or one that is listed by name: those are read once.
            found = [Path(os.path.normpath(including.parent / match)) for match in matches]
            if not found:
                self._problem(item, f"{item.text} matches no file")
            found = [path for path in found if path not in self._read and path.is_file()]
        documents: list[Mapping] = []
        for path in found:
            if path in chain:
                circle = " → ".join(self._shown(one) for one in (*chain[chain.index(path) :], path))
                self._problem(item, f"the files include each other: {circle}")
            elif path not in self._read:
                documents += self._documents(path, chain, item)
        return documents

    def _text(self, path: Path, at: Scalar | None) -> str | None:
        where = at or Scalar(value=None, text="", mark=Mark(self._shown(path)), at=Mark(self._shown(path)), keys=())
        named = f"{self._shown(path)}: " if at else ""
        is_main = at is None
        try:
            return path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            folder = f" in {self._given.parent.as_posix()}" if is_main and self._given.parent != Path() else ""
            hint = _in_place_of(self._given, is_project=not self._is_proposal) if is_main else self._beside(path)
            self._problem(where, f"{named}no such file{folder}", hint)
        except IsADirectoryError:
            inside = self._given / "scorewell.yaml"
            hint = f"-c {inside.as_posix()}" if is_main and inside.is_file() else None
            self._problem(where, f"{named}expected a file, this is a folder", hint)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            what = f"not UTF-8 text (byte 0x{error.object[error.start]:02x} on line {line})"
            self._problem(where, f"{named}{what}: save the file as UTF-8")
        except OSError as error:
            self._problem(where, f"{named}cannot be read: {error.strerror or error}")
        return None

    def _beside(self, path: Path) -> str | None:
        """A file that nobody includes yet and that is called almost like one that is not there."""
        there = path.parent.glob("*.y*ml") if path.parent.is_dir() else ()
        return near_miss(path.name, [each.name for each in there if each not in self._read])

    def _merge(self, documents: list[Mapping]) -> Mapping:
        merged: dict[str, Entry] = {}
        for document in documents:
            for entry in document.without(frozenset(("include",))).entries:
                known = merged.get(entry.key)
                # Each file may say in which version of the language it is written.
                if known is None or (entry.key == "version" and _same(known.value, entry.value)):
                    merged[entry.key] = entry
                elif isinstance(known.value, Mapping) and isinstance(entry.value, Mapping):
                    merged[entry.key] = Entry(entry.key, entry.mark, self._section(known.value, entry.value))
                else:
                    self._twice(entry, known)
        main = documents[-1]
        return Mapping(entries=tuple(merged.values()), mark=main.mark, at=main.at, keys=())

    def _section(self, first: Mapping, second: Mapping) -> Mapping:
        entries = {entry.key: entry for entry in first.entries}
        for entry in second.entries:
            if entry.key in entries:
                self._twice(entry, entries[entry.key])
            else:
                entries[entry.key] = entry
        return Mapping(entries=tuple(entries.values()), mark=second.mark, at=second.at, keys=second.keys)

    def _twice(self, entry: Entry, known: Entry) -> None:
        message = f"{entry.key!r} is already in {known.mark.file} on line {known.mark.line}"
        self._problem(entry.value, message, at=entry.mark)

    def _shown(self, path: Path) -> str:
        return Path(os.path.relpath(path, self._seen_from)).as_posix()

    def _problem(self, node: Node, message: str, hint: str | None = None, *, at: Mark | None = None) -> None:
        mark = at or node.mark
        self.problems.append(
            Problem(
                file=mark.file,
                line=mark.line,
                column=mark.column,
                path=".".join(node.keys),
                message=message,
                hint=hint,
            )
        )


def _in_place_of(given: Path, *, is_project: bool) -> str | None:
    """What to try where there is no such main file: one that is called nearly so, or stands further up."""
    beside = [each.name for each in given.absolute().parent.glob("*.y*ml")]
    near = near_miss(given.name, beside)
    if near is not None:
        return f"{'-c ' if is_project else ''}{given.with_name(near).as_posix()}"
    if not is_project:
        return None
    above = next((folder for folder in given.absolute().parents[1:] if (folder / given.name).is_file()), None)
    if above is not None:
        return f"-c {Path(os.path.relpath(above / given.name)).as_posix()}"
    return "scorewell init" if given.parent == Path() else f"scorewell init {given.parent.as_posix()}"


def _same(first: Node, second: Node) -> bool:
    return isinstance(first, Scalar) and isinstance(second, Scalar) and first.value == second.value
