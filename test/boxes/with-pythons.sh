#!/bin/sh
# A hook of fleet.sh (HOOK): what with-node.sh brings, sick programs in Python, the interpreters of pyenv where this machine has it, and perf where it has that, all read only.
set -eu
here=$(readlink -f "$(dirname "$0")")
"$here/with-node.sh" "$@"
cp "$here"/../sick/*.py "$1/usr/local/bin/"
readonly_bind() {
  mkdir -p "$2"
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}
for folder in "$HOME"/.pyenv/versions/3.*; do
  [ ! -d "$folder" ] || readonly_bind "$folder" "$1$folder"
done
# perf with the libraries that it needs: the boxes have few. Gathered once a machine.
perf=${XDG_CACHE_HOME:-$HOME/.cache}/halligan-test/perf
if command -v perf >/dev/null; then
  if [ ! -d "$perf" ]; then
    gathered=$(mktemp -d "$perf.XXXXXX")
    cp "$(readlink -f "$(command -v perf)")" "$gathered/perf"
    # shellcheck disable=SC2046 # one word a library
    cp $(ldd "$gathered/perf" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p') "$gathered"
    chmod 755 "$gathered"
    mv -T "$gathered" "$perf" 2>/dev/null || rm -rf "$gathered"
  fi
  readonly_bind "$perf" "$1/usr/local/lib/perf"
  # Libraries of the box itself come first where it has them: its C library is not ours.
  printf '#!/bin/sh\nLD_LIBRARY_PATH=/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/usr/local/lib/perf exec /usr/local/lib/perf/perf "$@"\n' >"$1/usr/local/bin/perf"
  chmod 755 "$1/usr/local/bin/perf"
fi
