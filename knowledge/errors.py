"""Every error this package raises on purpose.

    OnRecordError
    |-- InputError        an input (file, line, address) that cannot be taken; names it and what to do
    |-- StoreError        the database cannot be opened, is of another version, or is not one of ours
    |-- SearchIndexError  the derived index cannot be opened; ``onrecord reindex`` rebuilds it
    `-- SettingsError     a setting has a value that cannot be used; names the setting

``str(error)`` is one line fit for an operator's terminal; nothing here is shown to a reader in a chat.
"""

__all__ = ["InputError", "OnRecordError", "SearchIndexError", "SettingsError", "StoreError"]


class OnRecordError(Exception):
    """The root: anything expected that stops a command."""


class InputError(OnRecordError):
    """An input that was refused.

    ``name`` says which input (path, ``path:line``, address); ``reason`` says what is wrong and what to do.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class StoreError(OnRecordError):
    """The database cannot be used as it is."""


class SearchIndexError(OnRecordError):
    """The derived index cannot be used as it is."""


class SettingsError(OnRecordError):
    """A setting holds a value that cannot be used."""
