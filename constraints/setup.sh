#!/bin/sh
# Makes .venv with everything a developer and the demo need, from nothing but git, make and a Python.
# Run by `make setup`. PYTHON=/path/to/python3.X chooses the interpreter; otherwise the newest supported one is taken.
set -eu

cd "$(dirname "$0")/.."
venv=${1:-.venv}
python_in_venv=$venv/bin/python

say() { printf '%s\n' "$*" >&2; }

# The constraints file is what says that a Python is supported.
supported() { "$1" -c 'import pathlib, sys; sys.exit(not pathlib.Path("constraints/py%d%d.txt" % sys.version_info[:2]).exists())' 2>/dev/null; }
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

candidates() {
    if [ -n "${PYTHON:-}" ]; then echo "$PYTHON"; return; fi
    for name in python3.13 python3.12 python3.11 python3; do
        command -v "$name" 2>/dev/null || true
        if [ -x "/usr/bin/$name" ]; then echo "/usr/bin/$name"; fi
        if [ -x "/usr/local/bin/$name" ]; then echo "/usr/local/bin/$name"; fi
    done
}

choose() {
    without_venv=
    for candidate in $(candidates); do
        supported "$candidate" || continue
        if has_venv "$candidate"; then echo "$candidate"; return; fi
        without_venv=${without_venv:-$candidate}
    done
    [ -n "$without_venv" ] || { say "webnet needs Python 3.11, 3.12 or 3.13 (apt-get install python3 on Debian)."; return 1; }
    add_venv_module "$without_venv"
    echo "$without_venv"
}

# Debian keeps ensurepip in a package of its own.
add_venv_module() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing python$version-venv ..."
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "python$version-venv" >&2
    fi
    has_venv "$1" || { say "Python $version lacks its venv module. Type: sudo apt-get install python$version-venv"; return 1; }
}

if ! { [ -x "$python_in_venv" ] && supported "$python_in_venv"; }; then
    python=$(choose)
    say "Making $venv with $("$python" -V) ..."
    "$python" -m venv --clear "$venv"
fi

pins=constraints/$("$python_in_venv" -c 'import sys; print("py%d%d.txt" % sys.version_info[:2])')
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK=1
# uv leaves compiling to the first import, which never keeps it where PYTHONDONTWRITEBYTECODE is set: then every process
# that starts would compile Django again.
export UV_COMPILE_BYTECODE=1
# Trust what the machine trusts, as pip does, where the machine keeps certificates.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS=1; fi

uv() { "$python_in_venv" -m uv "$@"; }
pip() { "$python_in_venv" -m pip "$@"; }

"$python_in_venv" -m ensurepip >/dev/null 2>&1 || true
say "Installing what $pins pins (a minute the first time) ..."
pip install --quiet --require-hashes -r constraints/uv.txt
uv pip install --quiet --python "$python_in_venv" --require-hashes -r "$pins" || {
    say "uv could not install (it does not read pip's configuration): installing with pip, which takes longer ..."
    pip install --quiet --require-hashes -r "$pins"
}

set --
for package in packages/*/ plugins/webnet-*/; do set -- "$@" -e "$package"; done
uv pip install --quiet --python "$python_in_venv" --no-deps --no-build-isolation --offline "$@"
touch "$venv/.webnet-ready"
