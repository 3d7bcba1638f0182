#!/usr/bin/env bash
# Proves the editor's .deb in systems of their own: chroot.sh [SUITE...]
#
# SUITE is a Debian; bookworm and trixie if none is given. debootstrap makes it, and apt brings what the
# package depends on and nothing that it recommends. There an older version is installed and
# written with, upgraded, tried by smoke.py, removed and purged; from the upgrade on without any network.
#
# Needs root, dist/inkstand_*.deb, and git's history (for the older version). The mirror is
# $DEBIAN_MIRROR, or the first that this machine's apt has. Takes some minutes a suite.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
    printf 'chroot.sh: %s\n' "$*" >&2
    exit 1
}
say() { printf 'chroot.sh: %s\n' "$*"; }

# The last commit before documents belonged to accounts: its profiles have an older schema.
old_commit=43c2ead
old_version=0.0.1

[ "$(id -u)" = 0 ] || fail "this takes root: it makes whole systems"
# All that is mounted and that runs is gone when the script ends, however it ends.
[ -n "${INKSTAND_APART:-}" ] || INKSTAND_APART=yes exec unshare --mount --propagation private \
    --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" "$@"

architecture=$(dpkg --print-architecture)
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' sync/__init__.py)
package=$PWD/dist/inkstand_${version}_$architecture.deb
[ -f "$package" ] || fail "there is no $package; make packages makes it"
# The relay's package, if it was made: the program syncs with that too.
relay=$PWD/dist/inkstand-relay_${version}_$architecture.deb
# shellcheck disable=SC2016 # apt fills these in
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    sed -n '/security\|updates/!s/ .*//p' | head -n 1)}
[ -n "$mirror" ] || fail "apt names no mirror; say one in DEBIAN_MIRROR"

kept=$PWD/build/check
mkdir -p "$kept"
# Short, and seen by programs in the chroot under the same name.
work=$(mktemp -d /tmp/inkstand-check.XXXXXX)
chmod 755 "$work"
screen=
end() {
    # It takes its socket and its lock away.
    [ -z "$screen" ] || { kill "$screen" 2>/dev/null && wait "$screen"; } || true
    # What is mounted below must not be emptied.
    sed -n "s#^[^ ]* \($work/[^ ]*\) .*#\1#p" /proc/mounts | sort --reverse | xargs --no-run-if-empty umount
    rm -rf --one-file-system "$work"
}
trap end EXIT

# old_package: the older commit, packaged as today's is. Kept, since it never changes.
old_package() {
    old=$kept/inkstand_${old_version}_$architecture.deb
    [ ! -f "$old" ] || return 0
    say "building the older version of commit $old_commit"
    local source=$work/old
    git worktree prune
    git worktree add --quiet --detach "$source" "$old_commit"
    cp -r packaging/app packaging/build packaging/licences "$source/packaging/"
    sed -i "s/^__version__ = .*/__version__ = \"$old_version\"/" "$source/sync/__init__.py"
    PYTHONPATH=$source build/venv/bin/python "$source/packaging/build/build_app.py" deb \
        >"$work/old.log" 2>&1 || { tail -n 20 "$work/old.log" >&2 && fail "that failed"; }
    mv "$source/dist/inkstand_${old_version}_$architecture.deb" "$old"
    git worktree remove --force "$source"
}

# own_services: a screen, a message bus and an unlocked keyring, of the person with the number 1000.
as_writer() { setpriv --reuid 1000 --regid 1000 --clear-groups env -i PATH="$PATH" "${home[@]}" "$@"; }
own_services() {
    home=(HOME="$work/home" XDG_RUNTIME_DIR="$work/home" DBUS_SESSION_BUS_ADDRESS="unix:path=$work/home/bus")
    mkdir "$work/home"
    chown 1000:1000 "$work/home"
    chmod 700 "$work/home"
    Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
    screen=$!
    as_writer dbus-daemon --session --nofork --address="unix:path=$work/home/bus" 2>/dev/null &
    until_true test -s "$work/display"
    until_true test -S "$work/home/bus"
    as_writer gnome-keyring-daemon --foreground --unlock --components=secrets \
        >/dev/null 2>&1 <<<"a password for the tests" &
    until_true keyring_is_there
    home+=(DISPLAY=":$(cat "$work/display")" LANG=C.UTF-8)
}

# Asking for the keyring before it is there would start another one, that nobody has unlocked; it is
# there some time before it has a collection to keep things in.
keyring_is_there() {
    bus_says true org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner \
        string:org.freedesktop.secrets &&
        bus_says false org.freedesktop.secrets /org/freedesktop/secrets/aliases/default \
            org.freedesktop.DBus.Properties.Get string:org.freedesktop.Secret.Collection string:Locked
}
bus_says() { as_writer dbus-send --session --print-reply --dest="$2" "${@:3}" | grep -q "boolean $1"; }

until_true() {
    local last=$((SECONDS + 60))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$last" ] || fail "this did not come true: $*"
    done
}

# system SUITE ROOT: the suite alone, and someone who will write.
system() {
    local suite=$1 root=$2 archive=$kept/$1.tar
    if [ ! -f "$archive" ]; then
        say "$suite: debootstrap"
        debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/log" 2>&1 || fail "$(tail -n 5 "$work/log")"
        tar --one-file-system -C "$root" -cf "$archive.new" .
        mv "$archive.new" "$archive"
    else
        mkdir "$root"
        tar -C "$root" -xf "$archive"
    fi
    mkdir -p "$root/$work" "$root/packages"
    mount --bind "$work" "$root/$work"
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mkdir -p "$root/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
    cp /etc/resolv.conf "$root/etc/"
    printf 'writer:x:1000:1000::%s/home:/bin/sh\n' "$work" >>"$root/etc/passwd"
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
quietly() { inside "$@" >"$work/log" 2>&1 || fail "$* failed: $(tail -n 20 "$work/log")"; }
# smoke ARGUMENT...: smoke.py outside, whose programs run inside as an ordinary person's; no network.
smoke() {
    # shellcheck disable=SC2016 # for the shell in there
    unshare --net -- sh -c 'ip link set lo up && exec "$@"' sh env "${home[@]}" PYTHONDONTWRITEBYTECODE=1 \
        python3 packaging/check/smoke.py /usr/bin/inkstand --folder "$work" \
        --through "chroot --userspec=1000:1000 $root /usr/bin/env -i PATH=/usr/bin:/bin ${home[*]}" "$@"
}
# All files but apt's and dpkg's own memory, and what is not of this system.
listing() {
    inside find / -xdev \( -path /proc -o -path /tmp -o -path /packages -o -path /var/lib/apt \
        -o -path /var/lib/dpkg -o -path /var/cache -o -path /var/log \) -prune -o -print | sort
}

check() {
    local suite=$1 root=$work/$1 profile=$work/home/.local/share/inkstand before missing with_relay=()
    system "$suite" "$root"
    cp "$package" "$root/packages/new.deb"
    cp "$old" "$root/packages/old.deb"
    quietly apt-get update
    for each in "$old" "$package"; do
        quietly apt-get satisfy --yes --no-install-recommends "$(dpkg-deb --field "$each" Depends)"
    done
    before=$(listing)

    # From here on there is no network.
    quietly unshare --net dpkg --install /packages/old.deb
    rm -rf "$profile"
    smoke --profile "$profile" --only-type "words of an older version"
    [ -s "$profile/inkstand.db" ] || fail "$suite: the older version has saved nothing"
    say "$suite: version $old_version is installed and written with"

    quietly unshare --net dpkg --install /packages/new.deb
    # shellcheck disable=SC2016 # dpkg fills this in
    [ "$(inside dpkg-query --show --showformat '${db:Status-Status} ${Version}' inkstand)" = "installed $version" ] ||
        fail "$suite: it is not upgraded"
    missing=$(inside sh -c 'find /usr/lib/inkstand -name "*.so*" -o -path /usr/lib/inkstand/inkstand |
        LD_LIBRARY_PATH=/usr/lib/inkstand/_internal xargs ldd 2>/dev/null | grep "not found" | sort -u' || true)
    [ -z "$missing" ] || fail "$suite: libraries are missing: $missing"
    if [ -f "$relay" ]; then
        # Unpacked: how it is installed, relay-in-chroot.sh proves.
        dpkg-deb --extract "$relay" "$root/packages/relay"
        with_relay=(--relay /packages/relay/usr/lib/inkstand-relay/inkstand-relay)
    fi
    smoke --profile "$profile" --expect "of an older version" --version "$version" --keyring "${with_relay[@]}"
    say "$suite: upgraded to $version, with what was written"

    quietly dpkg --remove inkstand
    quietly dpkg --purge inkstand
    missing=$(diff <(printf '%s\n' "$before") <(listing) || true)
    [ -z "$missing" ] || fail "$suite: this is left, or gone: $missing"
    [ -s "$profile/inkstand.db" ] || fail "$suite: purging has taken what was written"
    say "$suite: removed and purged; what was written stays"
    umount "$root/tmp/.X11-unix" "$root/proc" "$root/dev" "$root/$work"
    rm -rf --one-file-system "$root"
}

for needed in debootstrap Xvfb xdotool dbus-daemon gnome-keyring-daemon; do
    command -v "$needed" >/dev/null || fail "$needed is missing; packaging/setup/set-up.sh packages brings it"
done
old_package
own_services
suites=("$@")
[ "$#" -gt 0 ] || suites=(bookworm trixie)
for suite in "${suites[@]}"; do
    check "$suite"
done
