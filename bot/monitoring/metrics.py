"""The bot's figures as Prometheus takes them; docs/monitoring.md says what each is for."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.monitoring.health import Missing
from bot.monitoring.observer import Asked, Course, Observer, SendError, Told, UpdateKind
from bot.monitoring.standing import DigestsStanding, IndexStanding, StoreStanding

__all__ = ["Metrics", "Snapshot"]

_ANSWERING = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1)
_HANDLING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read for one scrape; None what gave no answer."""

    missing: tuple[Missing, ...] = ()
    index: IndexStanding | None = None
    store: StoreStanding | None = None
    digests: DigestsStanding | None = None


class Metrics(Observer):
    """Counts in memory what it is told, in ``registry``, with labels of a few fixed words only."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.unexpected = Counter(
            "onrecord_unexpected_errors", "Updates whose handling failed unexpectedly.", registry=registry
        )
        self._answers = Counter(
            "onrecord_answers",
            "What those who asked were told.",
            ("asked", "outcome", "kind", "reason"),
            registry=registry,
        )
        self._answering = Histogram(
            "onrecord_answer_seconds",
            "The time in which an answer was found.",
            ("asked",),
            buckets=_ANSWERING,
            registry=registry,
        )
        self._updates = Counter(
            "onrecord_updates", "Updates that came from Telegram.", ("kind", "course"), registry=registry
        )
        self._handling = Histogram(
            "onrecord_update_seconds",
            "The time from an update's coming to its end, sending and waiting included.",
            ("kind",),
            buckets=_HANDLING,
            registry=registry,
        )
        self._messages = Counter(
            "onrecord_messages", "Messages that are done with.", ("kind", "outcome"), registry=registry
        )
        self._errors = Counter(
            "onrecord_send_errors", "Requests to send or edit that failed.", ("error",), registry=registry
        )
        self._retries = Counter(
            "onrecord_send_retries", "Of these, those after which it was tried again.", ("error",), registry=registry
        )
        for error in get_args(SendError):  # so that the first of a kind is seen as a rise
            self._errors.labels(error)
            self._retries.labels(error)
        for kind in get_args(UpdateKind):
            for course in get_args(Course):
                self._updates.labels(kind, course)
        Gauge("onrecord_build_info", "What runs.", ("version", "python"), registry=registry).labels(
            version("on-the-record"), platform.python_version()
        ).set(1)
        ProcessCollector(registry=registry)
        self._standing = _Standing()
        registry.register(self._standing)

    # -- told ------------------------------------------------------------------------------------------------------

    def answered(self, asked: Asked, told: Told, seconds: float) -> None:
        """See ``Observer``."""
        self._answers.labels(asked, *told).inc()
        self._answering.labels(asked).observe(seconds)

    def update(self, kind: UpdateKind, course: Course) -> None:
        """See ``Observer``."""
        self._updates.labels(kind, course).inc()

    def handled(self, kind: UpdateKind, seconds: float) -> None:
        """See ``Observer``."""
        self._handling.labels(kind).observe(seconds)

    def message(self, kind: str, outcome: str) -> None:
        """See ``Observer``."""
        self._messages.labels(kind, outcome).inc()

    def send_error(self, error: SendError, *, again: bool) -> None:
        """See ``Observer``."""
        self._errors.labels(error).inc()
        if again:
            self._retries.labels(error).inc()

    # -- shown -----------------------------------------------------------------------------------------------------

    def show(self, snapshot: Snapshot) -> None:
        """Show this from now on as what was read."""
        self._standing.snapshot = snapshot


class _Standing(Collector):
    """Makes figures of what was read. Of what gave no answer there are none: an old figure would look like a new."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def collect(self) -> Iterator[Metric]:
        if self.snapshot is None:
            return
        missing = GaugeMetricFamily("onrecord_missing", "1 for what the bot lacks to be ready.", labels=("part",))
        for part in get_args(Missing):
            missing.add_metric((part,), part in self.snapshot.missing)
        yield missing
        if index := self.snapshot.index:
            yield _gauge("onrecord_index_articles", "Articles in the index.", index.sizes.articles)
            yield _gauge("onrecord_index_sentences", "Sentences in the index.", index.sizes.sentences)
        if store := self.snapshot.store:
            yield _gauge("onrecord_index_behind_changes", "Changes of the store that the index lacks.", store.behind)
            yield _gauge("onrecord_index_behind_seconds", "The age of the first change it lacks.", store.seconds)
        if digests := self.snapshot.digests:
            yield _gauge("onrecord_digests_due", "Subscriptions whose digest is due and not made.", digests.to_make)
            yield _gauge("onrecord_digest_lag_seconds", "Since when the first of them is due.", digests.make_seconds)
            yield _gauge("onrecord_deliveries_due", "Messages of digests, due and not sent.", digests.to_send)
            yield _gauge("onrecord_delivery_lag_seconds", "Since when the first of them is due.", digests.send_seconds)
            yield _gauge("onrecord_deliveries_waiting", "Messages of digests, due or not yet.", digests.waiting)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
