"""The system of record: articles, their revisions, and everything derived from them, in one database."""
