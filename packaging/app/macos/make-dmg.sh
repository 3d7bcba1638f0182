#!/usr/bin/env bash
# Makes a disk image of the app: make-dmg.sh Inkstand.app OUTPUT.dmg
#
# Nothing is signed unless SIGNING_IDENTITY names a certificate "Developer ID Application: …" of the
# keychain; then the app and the image are. With NOTARY_PROFILE, a profile of `xcrun notarytool
# store-credentials`, Apple is asked to notarise the image, and its ticket is stapled to it.
# An unsigned app starts after "Open Anyway" in the system's privacy settings.
set -euo pipefail

app=$1
output=$2
identity=${SIGNING_IDENTITY:-}
profile=${NOTARY_PROFILE:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ -n "$profile" ] && [ -z "$identity" ]; then
    echo 'make-dmg: Apple notarises only what is signed: SIGNING_IDENTITY is missing.' >&2
    exit 1
fi

# sign THING...: with the hardened runtime and a time stamp, which notarisation asks for.
sign() {
    codesign --force --options runtime --timestamp --sign "$identity" "$@"
}

if [ -n "$identity" ]; then
    # From the inside out: a signature covers what is signed within it. --deep would give the
    # entitlements to every library.
    find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' \) -print0 |
        while IFS= read -r -d '' library; do sign "$library"; done
    find "$app/Contents" -type d -name '*.framework' -print0 |
        while IFS= read -r -d '' framework; do sign "$framework"; done
    sign --entitlements "$here/entitlements.plist" "$app"
    codesign --verify --deep --strict "$app"
fi

stage=$(mktemp -d "${TMPDIR:-/tmp}/inkstand-dmg.XXXXXX")
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
ln -s /Applications "$stage/Applications"
hdiutil create -volname Inkstand -srcfolder "$stage" -fs HFS+ -format UDZO -ov "$output"

if [ -n "$identity" ]; then
    codesign --force --timestamp --sign "$identity" "$output"
fi
if [ -n "$profile" ]; then
    xcrun notarytool submit "$output" --keychain-profile "$profile" --wait
    xcrun stapler staple "$output"
    spctl --assess --type open --context context:primary-signature "$output"
fi
