#!/usr/bin/env bash
# Checks infra/terraform: format, validity, tests. Nothing is created, and no account is needed.
#   test_infra.sh CHECK    CHECK runs it all against a stub of the AWS provider; where there is no CHECK, the real
#                          provider is downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
source scripts/debian.sh

readonly TREE=infra/terraform
readonly CHECK=$1

if ! command -v terraform >/dev/null; then
    echo "*** NOT RUN: tests of $TREE, because terraform (1.11 or later) is not installed" >&2
    exit 0
fi
if [[ -x $CHECK ]]; then exec "$CHECK" "$TREE"; fi

terraform fmt -check -recursive "$TREE" || fail "run: terraform fmt -recursive $TREE"
# In a copy, since init writes beside the sources.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$TREE/." "$copy"
export TF_IN_AUTOMATION=1 TF_PLUGIN_CACHE_DIR="$copy/.plugins"
mkdir "$TF_PLUGIN_CACHE_DIR"
find "$copy" -name '*.tf' -printf '%h\n' | sort -u | while read -r folder; do
    echo "test_infra: ${folder#"$copy/"}"
    terraform -chdir="$folder" init -backend=false -input=false >"$copy/log" || {
        cat "$copy/log" >&2
        fail "terraform init failed"
    }
    terraform -chdir="$folder" validate
    if compgen -G "$folder/tests/*.tftest.hcl" >/dev/null; then terraform -chdir="$folder" test; fi
done
