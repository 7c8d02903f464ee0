/** What a walk over one file system found. */
export interface FilesystemSearch {
  /** It did not see all of it (its time was over, or a mount that may hang lies below): there may be larger ones, and folders hold at least what is said. */
  readonly cut: boolean
  /** Largest first, at most five. */
  readonly files: readonly FoundFile[]
  /** The deepest folder that holds most of what was counted; undefined where it is spread. */
  readonly heaviest: FoundFolder | undefined
  /** The deepest folder that holds most of the files. */
  readonly crowded: FoundFolder | undefined
}

export interface FoundFile {
  readonly path: string
  /** Space that it takes. */
  readonly bytes: number
  /** When it was last written, seconds since the epoch, the box's clock. */
  readonly writtenAtSeconds: number
}

interface FoundFolder {
  readonly path: string
  readonly bytes: number
  /** Names in it and below it, folders that are not empty left out. */
  readonly files: number
}

/** What the walks over full file systems may take, all of them together: in the window, where they must not look like a fire of their own. Seconds. */
const WALK_SECONDS = 0.3
/** A walk that has not ended this long after it was told to hangs. Seconds. */
const GRACE_SECONDS = 0.2
/** A folder right below the mount that holds less than this is not where things pile up. Share of what was counted. */
const SPREAD = 0.3
/** Further down the walk follows what holds most of its parent. Share of the parent. */
const GATHERED = 0.6

/** Files that are named of each. Count. */
const FILES_KEPT = 5
/** What stat(1) counts `%b` in here. Bytes. */
export const STAT_BLOCK_BYTES = 512

/**
 * Shell text that walks over the file systems in `$walks` (a line each: blocks, free ones, size of a block, mount point), where the probe `filesystems` has
 * set `mounts`, `away` and `newline`. Why a walk, and how it ends: docs/decisions/0009-a-short-walk-where-a-disk-is-full.md.
 */
export const WALK = `  # du asks for each mount below (fstat(2)), to see that it lies elsewhere: one that hangs would hold it, and it cannot be ended.
  holds_away() { case $away in *"$newline\${1%/}/"*) return 0;; esac; return 1; }
  # A name may have a newline in it, and so write a row of its own: with -0 it cannot. Not every awk takes such rows.
  zero= end='\\n'
  if { du -0 /dev/null && [ "$(printf 'a\\0b\\0' | awk 'BEGIN { RS = "\\0" } END { print NR }')" = 2 ]; } >/dev/null 2>&1; then zero=-0 end='\\0'; fi
  # A folder in which things pile up first, then all of it. $mounts knows which of them lie elsewhere.
  walk() {
    pause=$1 top=\${2#* * * }; used=\${2%" $top"}; set --
    for place in /var/log /var/tmp /tmp /var/spool /var/lib /srv /opt /home /root; do
      case $place in "\${top%/}"/*) ;; *) continue;; esac
      case $mounts in *" $place "*) continue;; esac
      case $place:$mounts in /var/*" /var "*) [ "$top" = /var ] || continue;; esac
      holds_away $place || [ -h $place ] || [ ! -d $place ] || set -- "$@" $place
    done
    first=$* part=
    if holds_away "$top"; then part=1; [ $# -gt 0 ] || return 0; else set -- "$@" "$top"; fi
    # A du that hangs on a bad disk cannot be ended: then the timer ends who waits for it, and wakes awk, which may want a whole buffer.
    found=$({ { read -r waiter _ </proc/self/stat
      du -axk $zero "$@" & walker=$!
      { { sleep $pause; kill $walker; sleep ${GRACE_SECONDS}; } >/dev/null; printf "$end%s$end%8192s$end" stuck ''; kill -9 $waiter; } & timer=$!
      wait $walker; [ $? -lt 128 ] || part=1
      kill -9 $timer; [ -n "$part" ] || printf "$end%s$end" whole
    } | TOP=$top FIRST=$first awk -v used="$used" -v zero="$zero" '
      function up(path) { sub(/\\/[^\\/]*$/, "", path); return path == "" ? "/" : path }
      function above(folder) { if (!(folder in over)) over[folder] = up(folder); return over[folder] }
      function best(most, of,  at, next_one, each) {
        at = top
        while (1) {
          next_one = ""
          for (each in of) if (each != at && above(each) == at && (next_one == "" || of[each] > of[next_one])) next_one = each
          if (next_one == "" || of[next_one] < of[at] * (at == top ? ${SPREAD} : ${GATHERED})) return at
          at = next_one } }
      BEGIN {
        if (zero != "") RS = "\\0"
        top = ENVIRON["TOP"]; end = "cut"; many = split(ENVIRON["FIRST"], first, " ")
        for (each = 1; each <= many; each++) start[first[each]]
        split(used, of_it, " "); used = (of_it[1] - of_it[2]) * of_it[3] / 1024 }
      $0 == "stuck" { stuck = 1; exit }
      $0 == "whole" { end = "whole"; next }
      $0 == "" { next }
      # What is no row is the rest of a name with a newline in it, or, as the last one, a row that was cut.
      { if (odd_row) forged = 1
        tab = index($0, "\\t"); blocks = substr($0, 1, tab - 1); path = substr($0, tab + 1)
        if (blocks !~ /^[0-9]+$/ || path !~ /^\\//) { odd_row = 1; next }
        blocks += 0; if (blocks > used * 2) next
        for (place in walked) if (index(path, place) == 1) next
        folder = up(path)
        # A folder comes after what is in it, with the sum of that.
        if (path in kept) { kept[folder] += 0; if (path in start) walked[path "/"]; next }
        # So does a folder with such a name: all that is in it has the same beginning.
        if (zero == "" && !(path in start)) { if (path in once) forged = 1; once[path] }
        if (index(path, "\\n")) {
          had_files = path in odd; odd[folder]; if (had_files) next
          folder = substr(path, 1, index(path, "\\n")); folder = up(folder)
          kept[folder] += blocks; names[folder]++; next }
        kept[folder] += blocks; names[folder]++
        if (blocks >= 1024 && blocks * 100 >= used && ++files <= 1000) { file[files] = path; size[files] = blocks } }
      END {
        print "searched", forged ? "cut" : end, top
        for (folder in kept) for (at = folder; ; at = above(at)) {
          total[at] += kept[folder]; count[at] += names[folder]
          if (at == top || at == "/") break }
        if (!forged) { heavy = best(0, total); print "heavy", total[heavy] + 0, count[heavy] + 0, heavy
        crowd = best(0, count); print "crowd", total[crowd] + 0, count[crowd] + 0, crowd }
        # Asking for these would hang like du.
        for (row = 0; row < 5 && !stuck; row++) {
          most = 0; for (each in size) if (!most || size[each] > size[most]) most = each
          if (!most) break
          print "=" file[most]; delete size[most] } }'; } 2>/dev/null)
    put "$found" | sed '/^=/d'
    IFS=$newline; set -- $(put "$found" | sed -n 's/^=//p'); unset IFS
    [ $# -eq 0 ] || stat -c 'big %b %Y %n' "$@" 2>/dev/null
  }
  IFS=$newline; set -- $walks; unset IFS
  read -r began _ </proc/uptime
  if [ $# -eq 1 ]; then walk ${WALK_SECONDS} "$1"; else walk ${WALK_SECONDS / 2} "$1"; walk ${WALK_SECONDS / 2} "$2"; fi
  read -r ended _ </proc/uptime; printf 'walked %s %s\\n' "$began" "$ended"`

/** By mount; the lines of each follow the one that names it. */
export function readSearches(lines: readonly string[]): ReadonlyMap<string, FilesystemSearch> {
  const found = new Map<string, { cut: boolean; files: FoundFile[]; heaviest?: FoundFolder; crowded?: FoundFolder }>()
  let mount: string | undefined
  for (const line of lines) {
    const [, end, top] = /^searched (cut|whole) (\/.*)$/s.exec(line) ?? []
    if (end && top) {
      mount = top
      found.set(top, { cut: end === 'cut', files: [] })
    }
    const search = mount === undefined ? undefined : found.get(mount)
    if (!search || mount === undefined) continue
    const [, blocks, written, file] = /^big (\d+) (\d+) (\/.+)$/s.exec(line) ?? []
    if (file)
      search.files.push({ path: file, bytes: Number(blocks) * STAT_BLOCK_BYTES, writtenAtSeconds: Number(written) })
    const [, kind, kibibytes, files, folder] = /^(heavy|crowd) (\d+) (\d+) (\/.*)$/s.exec(line) ?? []
    if (!kind || folder === undefined || folder === mount) continue
    search[kind === 'heavy' ? 'heaviest' : 'crowded'] = {
      path: folder,
      bytes: Number(kibibytes) * 1024,
      files: Number(files),
    }
  }
  return new Map(
    [...found].map(([top, { cut, files, heaviest, crowded }]) => [
      top,
      { cut, files: files.toSorted((a, b) => b.bytes - a.bytes).slice(0, FILES_KEPT), heaviest, crowded },
    ]),
  )
}

/** Older answers do not say how long it took: up to the limit for each. */
export function readSearchSeconds(lines: readonly string[], searches: number): number {
  const spans = lines.flatMap((line) => {
    const [, began, ended] = /^walked (\d+\.\d+) (\d+\.\d+)$/.exec(line) ?? []
    return began === undefined ? [] : [Number(ended) - Number(began)]
  })
  return spans.length === 0 ? searches * WALK_SECONDS : Math.max(0, ...spans)
}
