#!/usr/bin/env bash
# Makes this checkout ready to run: Debian packages, .venv, and everything that requirements.txt locks.
# A stamp makes the next call do nothing, until one of its inputs changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
source scripts/debian.sh

readonly VENV=.venv
readonly STAMP=$VENV/.ready

stamp() {
    # Console scripts hold the absolute path of their interpreter, so a moved checkout has to be set up anew.
    echo "$PWD"
    sha256sum requirements.txt pyproject.toml client/pyproject.toml scripts/uv-requirements.txt scripts/setup.sh
}

if [[ -x $VENV/bin/python && -f $STAMP && "$(<"$STAMP")" == "$(stamp)" ]] && command -v tesseract >/dev/null; then
    exit 0
fi

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

missing=()
command -v tesseract >/dev/null || missing+=(tesseract-ocr)
if ! python=$(find_python); then
    missing+=(python3 python3-venv)
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=(python3-venv)
fi
if ((${#missing[@]})); then
    install_packages "${missing[@]}"
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 is needed; this system has $(python3 --version 2>&1)"
    # Debian's python3-venv serves only Debian's own interpreter.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then python=/usr/bin/python3; fi
fi

moved=$([[ -f $STAMP && "$(head -n 1 "$STAMP")" != "$PWD" ]] && echo yes || true)
if [[ -n $moved ]] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
    echo "setup: making $VENV with $("$python" --version)"
    "$python" -m venv --clear "$VENV"
fi

echo "setup: installing what requirements.txt locks"
"$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r scripts/uv-requirements.txt
"$VENV/bin/uv" pip install -q --python "$VENV/bin/python" --require-hashes -r requirements.txt
"$VENV/bin/uv" pip install -q --python "$VENV/bin/python" --no-build-isolation --no-deps -e . -e client
stamp >"$STAMP"
echo "setup: ready"
