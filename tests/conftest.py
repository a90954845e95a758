"""What all tests share: where the test data is, and what a skip means where everything is expected to be there."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import hypothesis
import pytest
from tests.support import postgresql

CHECKOUT = Path(__file__).parents[1]
TEST_DATA = Path(os.environ.get("SCOREWELL_TEST_DATA", CHECKOUT.parent / "shared" / "data"))

# How long an example takes says more of the machine and its other guests than of the code.
hypothesis.settings.register_profile("scorewell", deadline=None)
hypothesis.settings.load_profile("scorewell")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real and simulated data; a test that asks for it is skipped where it is absent."""
    if not TEST_DATA.is_dir():
        pytest.skip(f"no test data at {TEST_DATA}: set SCOREWELL_TEST_DATA")
    return TEST_DATA


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A running PostgreSQL server; a test that asks for it is skipped, with the reason, where there can be none."""
    reason = postgresql.why_absent()
    if reason is not None:
        pytest.skip(reason)
    with postgresql.running() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.Server) -> str:
    """The URL of an empty PostgreSQL database, with user and password."""
    return postgresql_server.emptied()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet: each test that asks for one runs on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@attrs.frozen
class Environment:
    """A virtual environment outside the checkout, without pip; what is in it was installed from built wheels."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, wheels: Sequence[Path]) -> Environment:
        """A new environment with ``wheels`` and, from the registry, what they depend on."""
        venv.create(folder)
        pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(folder), "install", *map(str, wheels)]
        subprocess.run(pip, check=True, cwd=folder)
        return cls(folder)

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")

    def run(
        self, *command: str, cwd: Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs; nothing of this checkout or of the user's settings is in reach."""
        return subprocess.run(
            [str(self.scripts / command[0]), *command[1:]],
            cwd=cwd,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(cwd),
                "LANG": "C.UTF-8",
                "COLUMNS": "200",
                **(environment or {}),
            },
            capture_output=True,
            text=True,
        )


def built(source: Path, into: Path) -> Path:
    """The wheel of a distribution's folder. Built without isolation: hatchling is among the tests' own packages."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(into), "."]
    subprocess.run(pip, check=True, cwd=source)
    [wheel] = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def core_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel of Scorewell itself."""
    return built(CHECKOUT, tmp_path_factory.mktemp("core-wheel"))


@pytest.fixture(scope="session")
def installed(core_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the built wheel and nothing else."""
    return Environment.made(tmp_path_factory.mktemp("installed"), [core_wheel])


@pytest.fixture(scope="session")
def with_strangers(core_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the built wheel and, from wheels of their own, a stranger's plugin and a broken one."""
    strangers = [
        built(CHECKOUT / "tests/stranger" / name, tmp_path_factory.mktemp(name))
        for name in ("scorewell-stranger", "scorewell-broken")
    ]
    return Environment.made(tmp_path_factory.mktemp("with-strangers"), [core_wheel, *strangers])


@pytest.fixture(scope="session")
def duplicate_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``PYTHONPATH`` with a distribution that takes the stranger's name for its own plugin."""
    wheel = built(CHECKOUT / "tests/stranger/scorewell-duplicate", tmp_path_factory.mktemp("duplicate-wheel"))
    folder = tmp_path_factory.mktemp("duplicate")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run(pip, check=True)
    return folder


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Under ``CI=true`` a skip for want of a part is a failure: there, everything but the test data is installed. The
    right to mount a disk nobody can install."""
    if not report.skipped or os.environ.get("CI") != "true" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "cannot be mounted" in reason:
        return
    if TEST_DATA.is_dir() or "SCOREWELL_TEST_DATA" not in reason:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped where nothing may be missing: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _refuse_skip(report)
    return report
