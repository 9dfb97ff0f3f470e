"""Tasks that never end unheard."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

__all__ = ["begin"]

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def begin(work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    """Have ``work`` done in a task of that name. Should it fail, that is logged, whoever awaits the task or not."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    return task


def _tell(task: "asyncio.Task[Any]") -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _log.error("bug: task died", task=task.get_name(), error=type(error).__name__)
