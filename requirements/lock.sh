#!/bin/sh
# Writes the locked requirements anew; run from the project's folder by `make lock`.
set -eu
lock() {
    target=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "requirements/$target.txt" "$@"
}
lock run pyproject.toml
lock dev pyproject.toml requirements/build.in --extra s3 --group dev
lock node requirements/node.in
