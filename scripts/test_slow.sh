#!/usr/bin/env bash
# Runs the slow tests. pytest exits with 5 when there are none; that is said, and is no failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0
.venv/bin/pytest -m slow "$@" || status=$?
if ((status == 5)); then
    echo "*** There are no slow tests in: $*" >&2
    exit 0
fi
exit "$status"
