/** `guarded SECONDS COMMAND…` ends what hangs, with all that it started; what it had printed before stays. Needs `halligan_reap` of the session. */
export const GUARDED = `guarded() {
  seconds=$1; shift
  ( "$@" ) & task=$!
  ( sleep $seconds; halligan_reap $task ) >/dev/null 2>&1 & timer=$!
  wait $task; code=$?
  # Ended by a signal: the timer has begun to end what is below it, and may finish.
  [ $code -gt 128 ] || halligan_reap $timer
  wait $timer
  return $code
} 2>/dev/null`

/** A tool that has not answered by then hangs; even a box that swaps starts a small program faster. Seconds. */
const ANSWER_SECONDS = 3
/** Each tool that hangs costs that once; behind so many the others are taken as they are. */
const MOST_HANGING = 2

/**
 * `trust TOOL…` tries tools on what is known before anything is concluded from their silence: a grep that finds nothing and one that does not work print
 * the same. One that is wrong, ends with an error or hangs is replaced by that of busybox or toybox, or a like one, where there is such a one that works.
 * Else it is in `$broken`, and says so on standard error whenever it is called. A tool that is not there is left alone. Costs a process a tool, and three.
 *
 * Needs `have`, and `nl` (a line feed).
 */
export const TRUST = `
${GUARDED}
broken=
sound() {
  tool=$1; shift
  case $tool in
    awk) v=$("$@" 'BEGIN { print 6 * 7 }') && [ "$v" = 42 ];;
    grep) v=$("$@" -a -E -e '^Tg(i|x)d:' /proc/self/status) && case $v in Tgid:*) ;; *) false;; esac;;
    rg) v=$("$@" --no-config -a --no-unicode --color never -N -I -e '^Tg(i|x)d:' /proc/self/status) && case $v in Tgid:*) ;; *) false;; esac;;
    sed) v=$("$@" -n 's/^Tgid:.*/fine/p' /proc/self/status) && [ "$v" = fine ];;
    head) v=$("$@" -c 5 /proc/self/status) && [ "$v" = Name: ];;
    tail) v=$("$@" -n 1 /proc/self/limits) && case $v in 'Max realtime timeout'*) ;; *) false;; esac;;
    od) v=$("$@" -An -v -tx1 -N 4 /proc/self/status) && case $v in *'4e 61 6d 65'*) ;; *) false;; esac;;
    sort) v=$("$@" /proc/self/limits) && case $v in Limit*) ;; *) false;; esac;;
    stat) v=$("$@" -L -c %F /proc/self) && [ "$v" = directory ];;
    find) v=$("$@" -H /proc/self/status -maxdepth 0 -type f) && [ "$v" = /proc/self/status ];;
    ls) v=$("$@" -d /proc/self/status) && [ "$v" = /proc/self/status ];;
    dd) v=$("$@" bs=5 count=1 </proc/self/status) && [ "$v" = Name: ];;
    # That of busybox unpacks alone.
    xz) v=$(printf '\\375\\067\\172\\130\\132\\000\\000\\001\\151\\042\\336\\066\\002\\000\\041\\001\\014\\000\\000\\000\\217\\230\\101\\234\\001\\000\\007\\150\\141\\154\\154\\151\\147\\141\\156\\000\\316\\005\\103\\265\\000\\001\\034\\010\\104\\140\\052\\310\\220\\102\\231\\015\\001\\000\\000\\000\\000\\001\\131\\132' | "$@" -dc) && [ "$v" = halligan ];;
    bzip2) v=$(printf '\\102\\132\\150\\071\\061\\101\\131\\046\\123\\131\\254\\026\\221\\224\\000\\000\\001\\201\\000\\040\\345\\040\\000\\041\\223\\032\\203\\000\\222\\202\\027\\213\\271\\042\\234\\050\\110\\126\\013\\110\\312\\000' | "$@" -dc) && [ "$v" = halligan ];;
    *) v=$(printf 'halligan' | "$@" -1 -c | "$@" -dc) && [ "$v" = halligan ];;
  esac </dev/null 2>/dev/null
}
sound_ones() { for each do if sound $each $each; then echo "sound $each"; else echo "wrong $each"; fi; done; }
like() {
  case $1 in awk) echo mawk; echo gawk; echo original-awk;; gzip) echo pigz;; xz) echo pixz;; bzip2) echo lbzip2; echo pbzip2;; esac
  case $1 in rg) ;; *) echo "busybox $1"; echo "toybox $1";; esac
}
trust() {
  left= hanging=0 wrong=
  for each do ! have $each || left="$left $each"; done
  while [ -n "$left" ]; do
    said=$nl$(guarded ${ANSWER_SECONDS} sound_ones $left)$nl
    rest= hangs=
    for each in $left; do
      case $said in
        *"$nl"sound\\ $each"$nl"*) ;;
        *"$nl"wrong\\ $each"$nl"*) wrong="$wrong $each";;
        *) if [ -z "$hangs" ]; then hangs=$each wrong="$wrong $each"; else rest="$rest $each"; fi;;
      esac
    done
    hanging=$((hanging + 1)) left=$rest
    [ -z "$left" ] || [ $hanging -lt ${MOST_HANGING} ] || break
  done
  for each in $wrong; do
    in_place=$(like $each | while read -r other; do ! have \${other%% *} || ! guarded ${ANSWER_SECONDS} sound $each $other || { echo "$other"; break; }; done)
    if [ -n "$in_place" ]; then eval "$each() { $in_place \\"\\$@\\"; }"
    else broken="$broken $each"; eval "$each() { echo '$each does not work on this box' >&2; return 127; }"
    fi
  done
}`
