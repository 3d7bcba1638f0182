#!/usr/bin/env bash
# Installs what Inkstand needs and nothing twice: set-up.sh run|relay|lint|test|bench|packages
#
#   run    the system libraries of Qt, and the Python packages of the editor
#   relay  the Python packages of the editor and the relay
#   lint   those and the developers' tools
#   test   all of that, a window system, a Secret Service, PostgreSQL, nginx, Caddy and Redis without
#          starting them, and the npm packages of tests/interop
#   bench  all of that, and the npm packages of tests/benchmarks/peers
#   packages  what builds and proves the packages, and in build/venv the Python packages that go into
#          them and no others: PyInstaller takes what it finds
#
# Every Python package comes at the version and hash of requirements.lock, into .venv beside it.
# When nothing is missing it says nothing and takes a fraction of a second.
# Plain bash 3.2, which is what macOS has.
set -euo pipefail

here=packaging/setup
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
log=$(mktemp "${TMPDIR:-/tmp}/inkstand-set-up.XXXXXX")
keep_log=
trap '[ -n "$keep_log" ] || rm -f "$log"' EXIT

say() { printf 'set-up: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# logged SENTENCE COMMAND...: runs the command quietly; if it fails, says why in one sentence.
logged() {
    local what=$1 status=0
    shift
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    [ "$status" = 0 ] && return
    keep_log=yes
    # The words of apt, pip, uv and npm for a network that is not there.
    if grep -qiE 'temporary failure (in name )?resol|could not resolve|could not connect|failed to establish a new connection|dns error|tcp connect error|error sending request|connect ?timeout|network is unreachable|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|ETIMEDOUT' "$log"; then
        fail "$what needs the network, and it cannot be reached; run the same command again when it can (details: $log)."
    fi
    tail -n 20 "$log" >&2
    fail "$what failed; the lines above say why, and $log has them all."
}

# --- the system -----------------------------------------------------------------------------------

libraries=
have() {
    local kind=${1%%:*} name=${1#*:}
    case $kind in
        lib)
            # ldconfig is often not on an ordinary user's path.
            [ -n "$libraries" ] || libraries=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || echo none)
            case $libraries in *"	$name "*) return 0 ;; esac
            return 1
            ;;
        command) command -v "$name" >/dev/null ;;
        module) "$python" -c "import $name" 2>/dev/null ;;
        path) compgen -G "$name" >/dev/null ;;
        *) fail "$here/system.txt has a check that this script does not know: $1." ;;
    esac
}

# install_system GROUPS: installs the Debian packages whose checks fail; on macOS nothing is needed.
install_system() {
    [ "$(uname -s)" = Linux ] || return 0
    local group check package why missing='' names='' reasons=''
    while read -r group check package why; do
        case " $1 " in *" $group "*) ;; *) continue ;; esac
        have "$check" && continue
        names="$names ${check#*:}"
        case " $missing " in *" $package "*) continue ;; esac
        missing="$missing $package"
        reasons="$reasons$(printf '    %-20s %s' "$package" "$why")"$'\n'
    done < <(grep -v '^#' "$here/system.txt")
    [ -n "$missing" ] || return 0

    need_apt "$names"
    become_root "$missing"
    say "installing these Debian packages${sudo:+ with sudo}:"
    printf '%s' "$reasons" >&2
    update_lists
    # shellcheck disable=SC2086 # $missing is a list of words
    logged "Installing Debian packages" $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $missing
    libraries=
}

# install_database: PostgreSQL's programs. Debian's package would make a database of its own, run it
# at once and at each boot; the tests run theirs, which is gone with them.
install_database() {
    [ "$(uname -s)" = Linux ] || return 0
    have 'path:/usr/lib/postgresql/*/bin/postgres' && return
    install_system cluster
    become_root ' postgresql'
    logged "Telling Debian to make no database" $sudo sed -i \
        's/^#* *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    install_system database
}

# unpack_debian PROGRAM[:PACKAGE...]...: the program, of the package of its name and what else it
# takes, in .venv/debian, where the tests look for it.
# Installed in the ordinary way it would be a service: running at once, and at each boot.
unpack_debian() {
    [ "$(uname -s)" = Linux ] || return 0
    local wanted name packages folder file
    for wanted in "$@"; do
        name=${wanted%%:*}
        PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null && continue
        compgen -G ".venv/debian/usr/*bin/$name" >/dev/null && continue
        packages=${wanted//:/ }
        need_apt " $packages"
        say "unpacking the Debian package $name into .venv/debian, for the tests alone"
        folder=$(mktemp -d "${TMPDIR:-/tmp}/inkstand-set-up.XXXXXX")
        # The list of packages may be empty, or name one that is no longer there.
        # shellcheck disable=SC2086 # $packages is a list of words
        if ! download "$folder" $packages >>"$log" 2>&1 </dev/null; then
            become_root " $packages"
            update_lists
            logged "Fetching the Debian package $name" download "$folder" $packages
        fi
        # The program last: where it is, all of it is.
        for file in "$folder"/*.deb; do
            case $file in
                "$folder/$name"_*) ;;
                *) logged "Unpacking $file" dpkg-deb --extract "$file" .venv/debian ;;
            esac
        done
        logged "Unpacking the Debian package $name" dpkg-deb --extract "$folder/$name"_*.deb .venv/debian
        rm -rf "$folder"
    done
}

download() { (cd "$1" && shift && apt-get -o APT::Sandbox::User=root download "$@"); }

need_apt() {
    command -v apt-get >/dev/null ||
        fail "these are missing, and there is no apt-get to install them with:$1. Please install them with your package manager, then run the same command again."
}

sudo=
become_root() {
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null ||
        fail "these Debian packages are missing, and installing them takes root or sudo:$1."
    sudo=sudo
}

# A lock held by another apt is waited for; a list that cannot be fetched is an error, not a warning.
update_lists() {
    logged "Installing Debian packages" $sudo apt-get -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update
}

# --- Python ---------------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local names='python3 python3.14 python3.13 python3.12 python3.11'
    for python in ${PYTHON:-$names}; do
        new_enough "$python" && return
    done
    python=${PYTHON:-python3}
    command -v "$python" >/dev/null ||
        fail "Inkstand needs Python 3.11 or newer, and there is no $python here."
    fail "Inkstand needs Python 3.11 or newer, and $python is $("$python" -c 'import sys; print(sys.version.split()[0])'); install a newer one, or name it: make run PYTHON=/path/to/python3."
}

# The stamp says for which place, with which level of packages and from which files .venv was made.
stamp=.venv/inkstand-set-up

# install_python LEVEL: 1 = the editor, 2 = and the relay, 3 = and the developers' tools.
install_python() {
    local level=$1 digest uv made_for='' made_level=0 made_digest=''
    uv=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' "$here/uv.txt")
    digest=$(cat pyproject.toml requirements.lock "$here/uv.txt" | cksum | tr ' ' -)
    if [ -f "$stamp" ]; then
        { read -r made_for && read -r made_level made_digest; } <"$stamp" || true
        if [ "$made_for" != "$root" ]; then
            say "this folder was moved or copied: making .venv anew, since its programs name the old place"
            rm -rf .venv
            made_level=0
        fi
    fi
    if [ -d .venv/bin ] && ! new_enough .venv/bin/python; then
        say "the Python that .venv was made with is gone or too old: making .venv anew"
        rm -rf .venv
        made_level=0
    fi
    # Never take packages away that a larger set-up put there.
    [ "$made_level" -gt "$level" ] && level=$made_level
    [ "$made_level $made_digest" = "$level $digest" ] && [ -x .venv/bin/inkstand ] && return

    if ! [ -x .venv/bin/pip ]; then
        find_python
        install_system python
        say "making the virtual environment .venv with Python $("$python" -c 'import sys; print(sys.version.split()[0])')"
        logged "Making the virtual environment" "$python" -m venv .venv
    fi
    if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv" ]; then
        say "installing uv $uv, which reads the lock file"
        logged "Installing uv" .venv/bin/python -m pip install --no-input --disable-pip-version-check \
            --retries 2 --require-hashes -r "$here/uv.txt"
    fi
    # uv checks the hashes of a constraints file; the lock never decides what is installed, only
    # which version and which bytes. docs/decisions/0001-lock-file.md says why it is done this way.
    local what
    case $level in
        1) what='--editable .' ;;
        2) what='--editable .[relay]' ;;
        *) what='--editable .[cluster,updates] --group dev' ;;
    esac
    say "installing the Python packages of requirements.lock into .venv"
    # shellcheck disable=SC2086 # $what is a list of words
    logged "Installing Python packages" .venv/bin/uv pip install --python .venv/bin/python \
        --constraints requirements.lock $what
    printf '%s\n%s %s\n' "$root" "$level" "$digest" >"$stamp"
}

# install_build: build/venv, for the packages alone, from the same lock.
install_build() {
    local digest
    digest="$root $(cat pyproject.toml requirements.lock | cksum | tr ' ' -) $(.venv/bin/python -V)"
    [ "$(cat build/venv/inkstand-set-up 2>/dev/null)" = "$digest" ] && return
    say "installing what goes into the packages into build/venv"
    rm -rf build/venv
    logged "Making build/venv" .venv/bin/uv venv --quiet --python .venv/bin/python build/venv
    logged "Installing Python packages" .venv/bin/uv pip install --python build/venv/bin/python \
        --constraints requirements.lock --editable '.[relay]' --group packages
    printf '%s\n' "$digest" >build/venv/inkstand-set-up
}

# --- Node -----------------------------------------------------------------------------------------

# install_npm FOLDER: an unmodified provider from npm is a client that the relay supports, and the
# tests run it under Node; what the relay is measured against comes from npm too.
install_npm() {
    local digest folder=$1
    [ -f "$folder/package-lock.json" ] || return 0
    digest=$(cksum <"$folder/package-lock.json" | tr ' ' -)
    [ "$(cat "$folder/node_modules/.inkstand-set-up" 2>/dev/null)" = "$digest" ] && return
    say "installing the npm packages of $folder"
    PATH="$root/.venv/bin:$PATH" logged "Installing npm packages" \
        npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-update-notifier \
        --fetch-retries=1 --fetch-retry-mintimeout=2000
    printf '%s\n' "$digest" >"$folder/node_modules/.inkstand-set-up"
}

install_for_tests() {
    install_python 3
    install_system 'qt window secrets spelling units windows flatpak desktop'
    install_database
    unpack_debian nginx caddy redis-server:redis-tools:libatomic1:libjemalloc2:liblzf1
    install_npm tests/interop
}

case ${1:-} in
    run)
        install_python 1
        install_system 'qt'
        ;;
    relay) install_python 2 ;;
    lint) install_python 3 ;;
    test) install_for_tests ;;
    bench)
        install_for_tests
        install_npm tests/benchmarks/peers
        ;;
    packages)
        install_python 2
        install_system 'qt window secrets desktop packages'
        install_build
        ;;
    *) fail "usage: set-up.sh run|relay|lint|test|bench|packages" ;;
esac
