#!/usr/bin/env bash
# Builds the relay's packages of the last commit twice, in two folders, and compares: relay-twice.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/inkstand-relay-twice.XXXXXX")
trap 'rm -rf "$work"' EXIT

for folder in one another/folder; do
    git clone --quiet --shared . "$work/$folder"
done
for folder in one another/folder; do
    "$work/$folder/packaging/build/build-relay.sh"
done
sums() { (cd "$work/$1/dist" && sha256sum -- *); }
if ! diff <(sums one) <(sums another/folder); then
    for folder in one another/folder; do
        dpkg-deb --raw-extract "$work/$folder"/dist/*.deb "$work/$folder/unpacked"
    done
    diff --brief --recursive "$work/one/unpacked" "$work/another/folder/unpacked" || true
    echo "relay-twice: two builds of one commit differ" >&2
    exit 1
fi
sums one
