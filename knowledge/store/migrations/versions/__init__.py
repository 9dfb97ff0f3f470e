"""One module a version; the newest is ``SCHEMA_VERSION``."""
