# Shell functions that bin/run, bin/test and bin/bench share. Sourced, never run.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$@" >&2; } # one line each
die() { say "$@"; exit 1; }

# The first Python that is new enough; a pyenv shim may exist and still not start, so each is tried.
find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "KIM Web needs Python 3.11 or newer; this machine has $(python3 --version 2>/dev/null || echo none)." \
        "On Debian 12, Ubuntu 24.04 or newer:  sudo apt-get install python3 python3-venv"
}

# environment NAME: makes ROOT/.venv-style NAME ready from requirements/FILE, quickly when nothing changed.
#   environment .venv run       environment .venv-test test
# NAME is a link to .venvs/<kind>-<key>. The key covers the lock file, the Python and the place, so a changed one is built
# beside the old one, and the link moves only when the new one is complete: an interrupted or failed install changes nothing.
environment() {
    local name=$1 kind=$2 python key home
    python=$(find_python) || exit 1
    key=$({ cat "$ROOT/requirements/$kind.txt"; "$python" -VV; echo "$ROOT"; } | sha256sum | cut -c1-12)
    home="$ROOT/.venvs/$kind-$key"
    if [[ ! -e $home/complete ]] || ! "$home/bin/python" -c '' 2>/dev/null; then
        mkdir -p "$ROOT/.venvs"
        ( lock 8; [[ -e $home/complete ]] && "$home/bin/python" -c '' 2>/dev/null || build "$kind" "$python" "$home" ) \
            8>"$ROOT/.venvs/lock" || exit 1
    fi
    if [[ $(readlink "$ROOT/$name" 2>/dev/null) != ".venvs/$kind-$key" ]]; then
        if [[ -d $ROOT/$name && ! -L $ROOT/$name ]]; then
            say "$name was made by hand; it is kept as $name.old."
            mv -T "$ROOT/$name" "$ROOT/$name.old"
        fi
        ln -s ".venvs/$kind-$key" "$ROOT/$name.$$" && mv -fT "$ROOT/$name.$$" "$ROOT/$name"
    fi
}

build() { # build KIND PYTHON HOME
    local kind=$1 python=$2 home=$3 file="$ROOT/requirements/$1.txt"
    say "Installing what requirements/$kind.txt lists (once; again only when it changes) …"
    rm -rf "$home"
    if command -v uv >/dev/null; then
        uv venv --quiet --no-project --no-python-downloads --python "$python" "$home" &&
            uv pip install --quiet --python "$home/bin/python" --require-hashes --no-deps -r "$file" || return 1
    else
        has_venv "$python"
        "$python" -m venv "$home" &&
            "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
                --require-hashes --no-deps -r "$file" || return 1
    fi
    touch "$home/complete"
    discard_old "$kind" "$home"
}

# Debian and Ubuntu leave ensurepip out of python3; without it `venv` fails with a page of text.
has_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    local version sudo=sudo
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    [[ $(id -u) == 0 ]] && sudo=
    die "Python's venv module is missing here. Install it, then start again:" "" \
        "    ${sudo:+$sudo }apt-get install python$version-venv"
}

# Keeps the newest two of a kind: the one just made, and the one that a running server may still be using.
discard_old() {
    local old
    find "$ROOT/.venvs" -maxdepth 1 -name "$1-*" ! -path "$2" -printf '%T@ %p\n' | sort -rn | tail -n +2 | cut -d' ' -f2- |
        while read -r old; do rm -rf "$old"; done
}

# lock FD: waits for whoever holds it. Where flock is missing (not on Debian) we go on without.
lock() {
    command -v flock >/dev/null || return 0
    flock --nonblock "$1" || { say "Waiting for another start in this folder …"; flock "$1"; }
}
