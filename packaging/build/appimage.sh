#!/usr/bin/env bash
# Makes dist/Inkstand-VERSION-ARCH.AppImage of dist/inkstand: appimage.sh
#
# An AppImage is a small program, the runtime, with a squashfs behind it. The runtime is in no package
# registry: download runtime-ARCH of https://github.com/AppImage/type2-runtime, compare its SHA-256
# with what its release says, and name the file in APPIMAGE_RUNTIME. Without it, build/appimage holds
# all the rest, and no AppImage is made.
#
# make packages has to have been run. What other packages depend on for a window on X11 comes along,
# since not every system has it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' sync/__init__.py)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
folder=build/appimage/Inkstand.AppDir
umask 022
rm -rf build/appimage
mkdir -p "$folder/usr/lib" "$folder/usr/share"

cp -a dist/inkstand "$folder/usr/lib/inkstand"
cp -a build/app/share/. "$folder/usr/share/"
ln -s usr/lib/inkstand/inkstand "$folder/AppRun"
ln -s usr/share/applications/inkstand.desktop "$folder/inkstand.desktop"
ln -s usr/share/icons/hicolor/256x256/apps/inkstand.png "$folder/inkstand.png"
ln -s inkstand.png "$folder/.DirIcon"
# Those that AppImages may not take for granted; the program looks for libraries beside itself first.
for name in libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 \
    libxcb-render-util.so.0 libxcb-util.so.1 libxkbcommon-x11.so.0; do
    path=$(PATH="$PATH:/sbin" ldconfig -p | sed -n "s/^\t$name (.*64.*=> //p" | head -n 1)
    [ -n "$path" ] || { printf 'appimage.sh: %s is not here\n' "$name" >&2 && exit 1; }
    cp -L "$path" "$folder/usr/lib/inkstand/_internal/$name"
done

image=build/appimage/inkstand.squashfs
mksquashfs "$folder" "$image" -root-owned -noappend -comp zstd -quiet -no-progress
if [ -z "${APPIMAGE_RUNTIME:-}" ]; then
    printf 'appimage.sh: APPIMAGE_RUNTIME names no runtime, so there is no AppImage\n'
    exit 0
fi
result=dist/Inkstand-$version-$(uname -m).AppImage
cat "$APPIMAGE_RUNTIME" "$image" >"$result"
chmod 755 "$result"
printf 'appimage.sh: %s\n' "$result"
