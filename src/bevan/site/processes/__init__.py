"""The processes of an installation: a supervisor, web workers, a worker and the demo's loader."""
