#!/usr/bin/env bash
# Runs the slow tests; installs the S3 server that some of them run against.
# pytest exits with 5 when there are none; that is said, and is no failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
source scripts/debian.sh

# Each package brings the program of its name.
missing=()
for name in radosgw ceph-mon ceph-osd ceph-mgr; do
    command -v "$name" >/dev/null || missing+=("$name")
done
if ((${#missing[@]})); then install_packages "${missing[@]}"; fi

status=0
.venv/bin/pytest -m slow "$@" || status=$?
if ((status == 5)); then
    echo "*** There are no slow tests in: $*" >&2
    exit 0
fi
exit "$status"
