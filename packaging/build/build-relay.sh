#!/usr/bin/env bash
# The relay's packages: build-relay.sh
#
# Leaves in dist/ inkstand-relay_VERSION_ARCH.deb, inkstand-relay-VERSION-1.ARCH.rpm and the wheel
# inkstand-VERSION-py3-none-any.whl. VERSION is that of sync/__init__.py, and all times are those of the
# last commit, so two builds of one commit on one system are the same bytes. The packages run on this
# system and newer ones: they bring this one's Python, and ask for its C library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD

VERSION=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' sync/__init__.py)
case $(uname -m) in
    x86_64) ARCH=amd64 ;;
    aarch64) ARCH=arm64 ;;
    *) ARCH=$(uname -m) ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
# PyInstaller writes sets; Python orders them by hashes.
PYTHONHASHSEED=0
export VERSION ARCH SOURCE_DATE_EPOCH PYTHONHASHSEED
export PYTHONPATH=$root
# Files are as readable as in the repository, whoever builds.
umask 022

packaging/setup/set-up.sh packages
uv=$root/.venv/bin/uv
made=build/relay
rm -rf "$made"
mkdir -p "$made" dist

# An environment of its own, since PyInstaller takes what it finds; with the system's Python, which has
# its security updates.
"$uv" venv --quiet --python "${PYTHON:-/usr/bin/python3}" "$made/venv"
"$uv" pip install --quiet --python "$made/venv/bin/python" --require-hashes \
    -r packaging/relay/cluster/requirements.lock
"$uv" pip install --quiet --python "$made/venv/bin/python" --constraints requirements.lock --group packages
bin=$made/venv/bin

"$bin/pyinstaller" --noconfirm --log-level WARN --distpath "$made" --workpath "$made/work" \
    packaging/relay/package/inkstand-relay.spec
# What is executable is the program; Python's wheels are of several minds.
find "$made/inkstand-relay" -type f -exec chmod 644 {} +
chmod 755 "$made/inkstand-relay/inkstand-relay"

# The newest C library that any of its files asks for.
GLIBC=$(find "$made/inkstand-relay" -type f \( -name '*.so*' -o -name inkstand-relay \) -exec objdump -T {} + |
    sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -Vu | tail -n 1)
export GLIBC

BIN=$bin packaging/build/relay-manuals.sh "$made"
gzip -9n "$made/inkstand-relay.1"

"$bin/python" packaging/build/notices.py --output "$made/notices" --bundle "$made/inkstand-relay" \
    --lock packaging/relay/cluster/requirements.lock
gzip -9n "$made/notices/THIRD-PARTY-NOTICES.txt" "$made/notices/inkstand.cdx.json"

{
    printf 'inkstand-relay (%s) unstable; urgency=medium\n\n' "$VERSION"
    printf '  * What is new in Inkstand, the relay with it, is in its CHANGELOG.md.\n\n'
    printf ' -- %s  %s\n' "$(sed -n 's/^maintainer: //p' packaging/relay/nfpm.yaml)" \
        "$(LC_ALL=C date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$made/changelog.gz"

find "$made/inkstand-relay" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
for packager in deb rpm; do
    "$bin/nfpm" package --config packaging/relay/nfpm.yaml --packager "$packager" --target dist/
done
"$uv" build --quiet --wheel --no-create-gitignore --out-dir dist
