#!/bin/sh
# A hook for startFleet: sick programs as with-sick-programs.sh, and what this machine has to run others: MOUNTED is `HERE=IN_THE_BOX`, several with `:` between,
# each a folder or a file that is bound into the box.
set -eu
root=$1
"$(dirname "$0")/../with-sick-programs.sh" "$@"
IFS=:
for each in ${MOUNTED:-}; do
  here=${each%%=*} there=$root${each#*=}
  mkdir -p "${there%/*}"
  if [ -d "$here" ]; then mkdir -p "$there"; else : >"$there"; fi
  mount --bind "$here" "$there"
done
