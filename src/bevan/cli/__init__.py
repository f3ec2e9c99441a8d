"""The command line: `bevan up`, `bevan import`, `bevan backup` and the rest."""
