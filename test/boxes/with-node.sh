#!/bin/sh
# A hook of fleet.sh (HOOK): the compiled sick programs, this project's own Node, read only, and the sick programs for it in /srv/shop.
set -eu
here=$(readlink -f "$(dirname "$0")")
"$here/with-sick-programs.sh" "$@"
: >"$1/usr/local/bin/node"
mount --bind "$(readlink -f "$here/../../node_modules/.bin/node")" "$1/usr/local/bin/node"
mount -o remount,bind,ro "$1/usr/local/bin/node"
mkdir -p "$1/srv/shop"
cp "$here"/../sick/*.cjs "$1/srv/shop/"
