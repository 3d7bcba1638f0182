#!/usr/bin/env bash
# Proves the relay's .deb in systems of its own: relay-in-chroot.sh [PACKAGE [SUITE...]]
#
# PACKAGE is dist/inkstand-relay_*.deb, SUITE Debian 12 and 13 (bookworm trixie) if not given. Each is
# made by debootstrap with what the package depends on and nothing more, and boots its own systemd
# without any network. In there an older package is installed, serves two devices of this checkout's
# headless editor, backs up and restores, is upgraded with its data, removed, and purged.
#
# Needs root. The mirror is $DEBIAN_MIRROR, or the first of this machine's apt. Takes two minutes a suite.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
    printf 'relay-in-chroot: %s\n' "$*" >&2
    false
}
say() { printf '  %s\n' "$*"; }

[ "$(id -u)" = 0 ] || fail "this takes root: it makes systems and boots them"
for needed in debootstrap lintian systemd-nspawn nsenter; do
    command -v "$needed" >/dev/null || fail "$needed is missing; packaging/setup/set-up.sh packages brings it"
done
packages=("${1:-dist}"/inkstand-relay_*.deb)
[ -f "${1:-}" ] && packages=("$1")
[ "${#packages[@]}" = 1 ] && [ -f "${packages[0]}" ] ||
    fail "there is not exactly one package; name it, or make it with packaging/build/build-relay.sh"
package=$(realpath "${packages[0]}")
shift || true
suites=("${@:-bookworm}")
[ "$#" -gt 0 ] || suites=(bookworm trixie)
# shellcheck disable=SC2016 # apt and dpkg put something for these
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    sed -n '/security\|updates/!s/ .*//p' | head -n 1)}
[ -n "$mirror" ] || fail "apt names no mirror; say one in DEBIAN_MIRROR"

editor=$PWD/.venv/bin/inkstand
[ -x "$editor" ] || fail "$editor is missing; packaging/setup/set-up.sh run brings it"
version=$(dpkg-deb --field "$package" Version)
password='correct horse battery'

work=$(mktemp -d "${TMPDIR:-/tmp}/inkstand-relay-check.XXXXXX")
machine= # process of systemd-nspawn
leader=  # the systemd in there
shut_down() {
    [ -n "$machine" ] || return 0
    kill -TERM "$machine" 2>/dev/null || true # a clean poweroff; nspawn unmounts all that it mounted
    wait "$machine" || true
    machine=
}
# What went wrong is in the relay's log, or the machine has not come so far.
trap '[ -z "$machine" ] || inside journalctl --no-pager --lines 40 --unit "inkstand-relay*" >&2 ||
    tail --lines 40 "$work/console" >&2' ERR
trap 'shut_down; rm -rf --one-file-system "$work"' EXIT

# inside COMMAND...: run it in the machine, as its root.
inside() {
    nsenter --target "$leader" --all --root --wd -- /usr/bin/env -i \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}
# beside COMMAND...: run it here, in the machine's network, which is nothing but its loopback.
beside() { nsenter --target "$leader" --net -- "$@"; }

# until_true COMMAND...: wait for it, for half a minute.
until_true() {
    local end=$((SECONDS + 30))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "this did not come true: $*"
    done
}

boot() {
    local options=(--quiet --register=no --private-network --boot --console=passive)
    # Where systemd does not run, there is nobody to give the machine a unit.
    [ -d /run/systemd/system ] || options+=(--keep-unit)
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn "${options[@]}" --directory="$1" \
        >"$work/console" 2>&1 &
    machine=$!
    until_true find_leader
    until_true inside systemctl is-system-running --wait
}
find_leader() { leader=$(pgrep --parent "$machine" --exact systemd) && inside systemctl list-jobs; }

# answer PATH [PORT]: what the relay says there, over HTTP.
answer() {
    beside /usr/bin/python3 -c 'import sys, urllib.request as u
print(u.urlopen(f"http://127.0.0.1:{sys.argv[2]}{sys.argv[1]}", timeout=10).read().decode())' "$1" "${2:-8100}"
}

# seconds_to_start: from the start of the relay's process until it listened.
seconds_to_start() {
    inside journalctl --unit inkstand-relay --output short-monotonic --no-pager |
        awk -F '[][]' -v from="$(inside systemctl show -P ExecMainStartTimestampMonotonic inkstand-relay)" \
            '/listening on/ { last = $2 } END { printf "%.1f\n", last - from / 1e6 }'
}

# device NAME VERB...: the headless editor of a device.
device() {
    local home=$work/devices/$1
    shift
    beside env HOME="$home" XDG_DATA_HOME="$home" PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring \
        "$editor" --data-dir "$home" "$@"
}
synchronise() { device "$1" sync --user ada --password-stdin --timeout 60 <<<"$password" >/dev/null; }
as_relay() { inside runuser -u inkstand-relay -- inkstand-relay "$@" --data-dir /var/lib/inkstand-relay; }
# shellcheck disable=SC2016
installed() { inside dpkg-query --show --showformat '${db:Status-Status} ${Version}' inkstand-relay; }
is() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }

# Everything in the system that is neither running state nor dpkg's and systemd's own memory.
listing() {
    inside find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \
        -o -path /var/log -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/apt \
        -o -path /var/lib/systemd -o -path /etc/group- -o -path /etc/gshadow- -o -path /etc/passwd- \
        -o -path /etc/shadow- \) -prune -o -print | sort
}

older_package() {
    # The same program with a lower version, since there is no release before the first.
    dpkg-deb --raw-extract "$package" "$work/older"
    sed -i 's/^Version: .*/Version: 0.0.1/' "$work/older/DEBIAN/control"
    dpkg-deb --root-owner-group --build -Znone "$work/older" "$work/older.deb" >/dev/null
    rm -rf "$work/older"
}

check() {
    local suite=$1 root=$work/$1 document pid before text='Words that must not be lost.'
    printf '%s\n' "$suite"
    # systemd is all that the package depends on, beside the C library.
    debootstrap --variant=minbase --include=systemd,systemd-sysv "$suite" "$root" "$mirror" \
        >"$work/debootstrap" 2>&1 || fail "debootstrap: $(tail -n 5 "$work/debootstrap")"
    mkdir "$root/packages"
    cp "$package" "$root/packages/new.deb"
    cp "$work/older.deb" "$root/packages/old.deb"
    boot "$root"
    before=$(listing)

    inside dpkg --install /packages/old.deb >"$work/install" 2>&1 || fail "$(cat "$work/install")"
    is "installed" "$(installed)" "installed 0.0.1"
    until_true answer /readyz
    is "enabled" "$(inside systemctl is-enabled inkstand-relay)" enabled
    is "the timer" "$(inside systemctl is-enabled inkstand-relay-backup.timer || true)" disabled
    say "installed without a network; listens after $(seconds_to_start) s"

    # What the kernel says of the running process: no privileges, a system call filter, its own user.
    pid=$(inside systemctl show -P MainPID inkstand-relay)
    is "rights" "$(inside sed -n 's/^\(NoNewPrivs\|Seccomp\|CapEff\):\t/\1=/p' "/proc/$pid/status" | paste -sd ' ')" \
        "CapEff=0000000000000400 NoNewPrivs=1 Seccomp=2"
    is "user" "$(inside stat -c %U "/proc/$pid")" inkstand-relay
    is "folder" "$(inside stat -c '%U %a' /var/lib/inkstand-relay)" "inkstand-relay 700"
    if inside nsenter --target "$pid" --mount touch /usr/written 2>/dev/null; then fail "it may write to /usr"; fi
    say "$(inside env SYSTEMD_PAGER='' systemd-analyze security inkstand-relay.service | sed -n 's/^→ //p')"

    # People, on two devices.
    as_relay user add ada --password-stdin <<<"$password"
    mkdir -p "$work/devices/one" "$work/devices/two"
    printf '%s\n' "$text" >"$work/devices/text.md"
    document=$(device one import "$work/devices/text.md" --title Proof)
    for each in one two; do
        device "$each" sign-in ws://127.0.0.1:8100 --user ada --password-stdin <<<"$password" >/dev/null 2>&1 || true
        synchronise "$each"
    done
    is "the other device" "$(device two export "$document")" "$text"
    inside sh -c 'cat /proc/[0-9]*/cmdline' | tr '\0' '\n' | grep -qx sync.relay.decoded ||
        fail "nothing decodes beside the relay"
    is "check" "$(as_relay check 2>/dev/null)" "Everything can be read."
    say "an account, signed in over HTTP, a document on two devices"

    inside systemctl start inkstand-relay-backup.service
    inside systemctl stop inkstand-relay
    inside rm -rf /var/lib/inkstand-relay/relay.sqlite3
    as_relay restore /var/backups/inkstand-relay --replace >/dev/null
    inside systemctl start inkstand-relay
    until_true answer /readyz
    rm -rf "$work/devices/two"
    mkdir "$work/devices/two"
    device two sign-in ws://127.0.0.1:8100 --user ada --password-stdin <<<"$password" >/dev/null 2>&1 || true
    synchronise two
    is "after the restore" "$(device two export "$document")" "$text"
    say "backed up by its service, restored"

    # A node is a unit with a name; without a database to share it serves alone.
    printf 'INKSTAND_RELAY_DRAIN_SECONDS=2\n' >>"$root/etc/inkstand-relay/relay.env"
    printf 'INKSTAND_RELAY_DRAIN_SECONDS=1\n' >"$root/etc/inkstand-relay/cluster.env"
    inside systemctl enable --quiet --now inkstand-relay@one
    until_true answer /readyz 8101
    inside dpkg --install /packages/new.deb >"$work/install" 2>&1 || fail "$(cat "$work/install")"
    is "upgraded" "$(installed)" "installed $version"
    until_true answer /readyz
    inside grep -q DRAIN_SECONDS=2 /etc/inkstand-relay/relay.env || fail "the upgrade has forgotten a setting"
    until_true answer /readyz 8101
    synchronise one
    is "check" "$(as_relay check 2>/dev/null)" "Everything can be read."
    as_relay audit | grep -q signed_in || fail "the upgrade has forgotten who signed in"
    say "upgraded from 0.0.1, with its data, settings and a node"

    inside dpkg --remove inkstand-relay >/dev/null 2>&1
    if answer /healthz 2>/dev/null || answer /healthz 8101 2>/dev/null; then fail "it serves although it is removed"; fi
    inside test -s /var/lib/inkstand-relay/relay.sqlite3 || fail "removing has taken the data away"
    inside test -f /etc/inkstand-relay/relay.env || fail "removing has taken the settings away"
    inside dpkg --install /packages/new.deb >/dev/null 2>&1
    until_true answer /readyz
    synchronise two
    inside dpkg --remove inkstand-relay >/dev/null 2>&1
    say "removed, which keeps the data, and installed again"

    inside dpkg --purge inkstand-relay >"$work/purge" 2>&1 || fail "$(cat "$work/purge")"
    grep -q "backups in .* stay" "$work/purge" || fail "purging does not say that backups stay"
    is "left after the purge" "$(comm -13 <(printf '%s\n' "$before") <(listing) |
        grep -v '^/var/backups/inkstand-relay' | paste -sd ' ')" \
        "/etc/inkstand-relay /etc/inkstand-relay/cluster.env"
    say "purged; backups and what the administrator made stay"
    shut_down
    rm -rf --one-file-system "$root" "$work/devices"
}

lintian --fail-on error,warning "$package" 2>/dev/null || fail "lintian does not like the package"
older_package
for suite in "${suites[@]}"; do
    check "$suite"
done
