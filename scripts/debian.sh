# Sourced by the scripts that need Debian packages: how they say that they fail, and how they install.

fail() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

# Installs the packages named, as root or through sudo; CI is never asked for a password.
install_packages() {
    echo "$(basename "$0" .sh): installing Debian packages: $*"
    if ! command -v apt-get >/dev/null; then
        fail "please install: $* (or what your system calls them), then run it again"
    fi
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "as root, run: apt-get install $* - then run this again"
        as_root=(sudo)
        if [[ -n ${CI:-} ]]; then as_root=(sudo -n); fi
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}
