import { WATCH_END } from './watch-end.ts'

/** Mappings that are told one by one; the kernel itself allows 65,530 by default (vm.max_map_count). */
const MOST_MAPPINGS = 10_000
/** Threads whose stack pointer is asked for. */
const MOST_THREADS = 5_000
/** Arenas that are looked at: glibc makes at most 8 for each CPU (mallopt(3), M_ARENA_MAX). */
const MOST_ARENAS = 64
/** Above it the map is not added up page by page, as in state-script.ts: the lock of the map would be held for long. KiB. */
const MOST_KIB = 8 * 1024 * 1024

/**
 * POSIX sh functions that tell the memory of a process from /proc alone: nothing is attached, nothing stops. Read by memory-sample.ts.
 *
 *   halligan_memory:  halligan-memory 812340          milliseconds after boot
 *                     sp 0x7f1c9a1fee10               where the stack of a thread is
 *                     m 1204 1204 0 55d0c0e52000-55d0c0f8a000 rw-p 00000000 00:00 0   [heap]      resident, anonymous, in swap (KiB); the row of the map
 *                     arena 7f1c94000000 20 00 00 94 1c 7f 00 00                      first bytes of what may be an arena of malloc
 *                     halligan-memory-end
 *   halligan_tick:    halligan-tick 812340 10240 3072 0 0    anonymous, of files, shared, in swap (KiB), without any lock
 *
 * Sources: proc_pid_smaps(5), proc_pid_status(5), proc_pid_syscall(5); malloc/arena.c of glibc (HEAP_MAX_SIZE, heap_info).
 */
export function memorySampleScript(pid: number): string {
  return `
halligan_now() { read -r up rest </proc/uptime; now=\${up%.*}\${up#*.}0; }
halligan_tick() {
  anon= file= shared= swap=; { while read -r word value rest; do case $word in RssAnon:) anon=$value;; RssFile:) file=$value;; RssShmem:) shared=$value;; VmSwap:) swap=$value;; esac; done </proc/${pid}/status; } 2>/dev/null
  halligan_now; [ -z "$anon" ] || echo "halligan-tick $now $anon $file $shared \${swap:-0}"
}
halligan_memory() {
  halligan_tick; echo "halligan-memory $now"
  if [ $((\${anon:-0} + \${file:-0} + \${shared:-0})) -gt ${MOST_KIB} ]; then echo large
  elif ! [ -r /proc/${pid}/smaps ] || ! head -c 1 /proc/${pid}/smaps >/dev/null 2>&1; then echo denied
  else
    cat /proc/${pid}/task/[0-9]*/syscall 2>/dev/null | head -n ${MOST_THREADS} | awk 'NF > 3 { print "sp", $(NF - 1) }'
    halligan_map=$(awk '
      function flush() { if (head == "") return; if (++told <= ${MOST_MAPPINGS}) print "m", rss, anon, swap, head; else { more++; rest += rss; out += swap } }
      /^[0-9a-f]+-[0-9a-f]+ / { flush(); head = $0; rss = anon = swap = 0; next }
      /^Rss:/ { rss = $2 } /^Anonymous:/ { anon = $2 } /^Swap:/ { swap = $2 }
      END { flush(); if (more) print "others", more, rest, out }' /proc/${pid}/smaps 2>/dev/null)
    printf '%s\\n' "$halligan_map"
    for address in $(printf '%s\\n' "$halligan_map" | awk '$6 == "rw-p" && $9 == 0 && $10 == "" && $5 ~ /[048c]000000-/ { sub(/-.*/, "", $5); print $5 }' | head -n ${MOST_ARENAS}); do
      echo "arena $address $(dd if=/proc/${pid}/mem bs=8 skip=$((0x$address / 8)) count=1 2>/dev/null | od -An -tx1)"
    done
  fi
  echo halligan-memory-end
}
`
}

/** Between two ticks, so that there are some twenty. Whole seconds: not every sleep(1) knows parts of them. */
export function tickSeconds(forMs: number): number {
  return Math.max(1, Math.round(forMs / 20_000))
}

/** POSIX sh that ticks for so long, by the functions above: less long where the console asks for its end, or the process ends. */
export function watchScript(forMs: number): string {
  const tickMs = tickSeconds(forMs) * 1_000
  return `${WATCH_END}
halligan_now; until=$((now + ${Math.round(forMs)}))
while [ $now -lt $until ] && ! halligan_asked; do
  left=$((until - now)); [ $left -lt ${tickMs} ] || left=${tickMs}
  halligan_wait $left; halligan_tick
  [ -n "$anon" ] || break
done
`
}
