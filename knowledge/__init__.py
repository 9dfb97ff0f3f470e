"""The articles' facts and quotes: built once (build), kept (store), found (index), cited (answer)."""
