#!/bin/sh
# A hook for `up --hook` and startFleet: the box shows a load of its own. A file is bound over that of the kernel; to change it
# later, write into it (`>`): a file that is moved over it is not seen.
set -eu
root=$1
echo '42.00 41.00 40.00 43/512 4242' >"$root/run/loadavg"
mount --bind "$root/run/loadavg" "$root/proc/loadavg"
