#!/usr/bin/env bash
# The relay's manual page and shell completions, made from its command line: relay-manuals.sh FOLDER
# argparse-manpage and shtab come from $BIN, or .venv. A test holds them against the command line.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=${BIN:-.venv/bin}
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' sync/__init__.py)
# What is shown must not depend on who builds, nor on how wide the window is.
export PYTHONPATH=$PWD COLUMNS=80

"$bin/argparse-manpage" --module sync.relay.__main__ --function build_parser \
    --prog inkstand-relay --project-name Inkstand --version "$version" --manual-title Inkstand \
    --description "keep a team's documents in step" --output "$folder/inkstand-relay.1"
for shell in bash zsh; do
    "$bin/shtab" --shell "$shell" --prog inkstand-relay sync.relay.__main__.build_parser \
        >"$folder/completion.$shell"
done
