#!/bin/sh
# A hook of fleet.sh (HOOK): the box has this project's own Node, read only, and no kernel log: that of this machine tells of the cables of all
# test boxes.
set -eu
node=$(readlink -f "$(dirname "$0")/../../node_modules/.bin/node")
: >"$1/usr/local/bin/node"
mount --bind "$node" "$1/usr/local/bin/node"
mount -o remount,bind,ro "$1/usr/local/bin/node"
mount --bind /dev/null "$1/dev/kmsg"
