import { shellQuoted } from '../../../base/shell-quoted.ts'
import { CONFIGURED } from './configured.ts'
import { ROTATION_AWK } from './rotation.ts'
import type { LogSubject } from './subject.ts'

/** What is listed of one place at most. Files. */
const LISTED_FILES = 3_000
/** Logs whose first and last lines are read; the ones that are named, written to or configured come first. */
const SAMPLED_LOGS = 100
/** Of so many of these the whole of what is wanted is read, and the first lines of the oldest file; of the others a quarter. */
const SAMPLED_WELL = 40
/** Of the beginning and of the end. Bytes. */
const SAMPLE_BYTES = 4096
/** Descriptors that may be logs, all processes together. */
const OPEN_FILES = 500
/** A folder in a folder in a folder: `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log` is five deep. */
const DEPTH = 5
/** Of /var/log into other places. */
const LINKS = 100
/** Processes write to logs in so many folders other than /var/log. */
const FOLDERS = 40
/** Sizes are read twice, this far apart at least. Hundredths of a second. */
const GROWTH_CENTISECONDS = 25

/**
 * The script that finds files: rows of one word and what belongs to it, each on a line of its own, as `rows.ts` reads them.
 *
 * - A name with a byte that is no printable ASCII is written `O` and octal escapes, so that none can pose as a row; the box keeps such names in that form too.
 * - `guarded SECONDS COMMAND…` ends what hangs, with all that it started: what it says is lost, the rest goes on. Each command takes the output of
 *   its tools by a pipe of its own, since a tool that waits for a dead disk cannot be ended and must hold no other pipe.
 * - File systems that hang when their server is gone are left out unless they are named, and then asked last, each file by itself.
 * - Nothing but regular files is opened (`[ -f ]`).
 */
export function filesScript(subjects: readonly LogSubject[]): string {
  const paths = subjects.flatMap((subject) => (subject.kind === 'path' ? [shellQuoted(subject.path)] : []))
  const words = subjects.flatMap(wordsOf).filter((word) => !word.includes('\n'))
  const names = subjects.flatMap(processNamesOf).filter((name) => !name.includes('\n'))
  const pids = subjects.flatMap((subject) => (subject.kind === 'pid' ? [subject.pid] : []))
  return `exec 2>/dev/null
WORDS=${shellQuoted(words.join('\n'))}; export WORDS
NAMES=${shellQuoted(names.join('\n'))} PIDS=${shellQuoted(pids.join('\n'))}
ONLY_PATHS=${namesOnlyPaths(subjects) ? 1 : ''} LOWEST_RANK=${subjects.length > 0 ? 2 : 3}; export LOWEST_RANK
${LISTING}
${OPEN}
${CONFIGURED}
${SAMPLING}
set -- ${paths.join(' ')}
${MAIN}`
}

/** Then nothing else is looked for. */
export function namesOnlyPaths(subjects: readonly LogSubject[]): boolean {
  return subjects.length > 0 && subjects.every(({ kind }) => kind === 'path')
}

/** What the kernel keeps of the name of a process. Bytes. */
const NAME_BYTES = 15

function processNamesOf(subject: LogSubject): readonly string[] {
  const name = subject.kind === 'process' ? subject.name : subject.kind === 'word' ? subject.word : undefined
  return name === undefined ? [] : [Buffer.from(name).subarray(0, NAME_BYTES).toString('utf8')]
}

function wordsOf(subject: LogSubject): readonly string[] {
  if (subject.kind === 'word') return [subject.word.toLowerCase()]
  if (subject.kind === 'unit') return [subject.unit.replace(/\.[a-z]+$/, '').toLowerCase()]
  return subject.kind === 'process' || subject.kind === 'container' ? [subject.name.toLowerCase()] : []
}

const MAIN = `
find_away
open=$(guarded 4 open_files); put "$open"
conf=$(guarded 3 configured); put "$conf"
put "$halligan_containers"
for each in $broken; do put "broken $each"; done
rows=
add() { [ -z "$2" ] || rows=$rows$(put "$2" | sed "s/^/$1 /")$nl; }
for named do add 0 "$(guarded 2 named "$named" || put "hung $(line_of "$named")")"; done
add 1 "$(guarded 3 stat_lines "$(put "$open" | sed -n 's/^wanted //p')" || echo 'hung open')"
add 2 "$(guarded 3 stat_lines "$(put "$conf" | configured_paths | not_away)" || echo 'hung configured')"
add 2 "$(guarded 3 stat_lines "$(put "$halligan_containers" | sed -n "s/^container .*$tab//p" | grep '^/' | not_away)" || echo 'hung containers')"
if [ -z "$ONLY_PATHS" ]; then
  listed=$(guarded 4 list_var_log || echo 'hung /var/log')
  put "$listed" | grep -v '^[/O]'
  add 3 "$(guarded 4 stat_lines "$(put "$listed" | grep '^[/O]' | head -n ${LISTED_FILES})" || echo 'hung /var/log')"
fi
listed=$(guarded 3 list_beside || echo 'hung beside')
put "$listed" | grep -v '^[/O]'
add 9 "$(guarded 3 stat_lines "$(put "$listed" | grep '^[/O]')" || echo 'hung beside')"
put "$rows" | sed -n 's/^\\([0-9]\\) \\([0-9]*:[0-9]*\\)/stat \\1 \\2/p; s/^[0-9] \\([a-z]\\)/\\1/p'
plan=$(put "$rows" | sample_plan)
uptime_now; echo "sizes $up"; started=$now
guarded 2 sizes_now earlier || echo 'hung sizes'
guarded 5 sample_all || echo 'hung sample'
guarded 2 sample_oldest || echo 'hung oldest'
uptime_now; pause=$((started + ${GROWTH_CENTISECONDS} - now)); [ $pause -le 0 ] || sleep 0.$pause || sleep 1
uptime_now; echo "sizes $up"
guarded 2 sizes_now later || echo 'hung sizes'
group_names
echo end`

const LISTING = `
line_of() { case $1 in *[!\\ -~]*) printf O; printf %s "$1" | od -An -v -to1 | tr -d '\\n' | sed 's/ /\\\\0/g'; echo;; *) put "$1";; esac; }
path_of() { case $1 in O*) path=$(printf '%b.' "\${1#O}"); path=\${path%.};; *) path=$1;; esac; }
uptime_now() { read -r up _ </proc/uptime; now=\${up%.*}\${up#*.}; now=\${now#0}; now=\${now#0}; }
find_away() {
  away=$nl
  while read -r _ place type _; do
    case $type in
      fuse.lxcfs|fuse.snapfuse) continue;;
      nfs*|cifs|smb*|fuse|fuse.*|fuseblk|9p|ceph|glusterfs|afs|lustre|beegfs|gpfs|orangefs|coda|vboxsf|virtiofs|autofs) ;;
      *) continue;;
    esac
    case $place in *\\\\*) place=$(printf '%b.' "$place"); place=\${place%.};; esac
    [ "$place" = / ] || away=$away$place$nl
  done </proc/self/mounts
}
# Whether $1 lies on such a file system, and whether one lies below it.
is_away() { [ "$away" != "$nl" ] || return 1; set -f; IFS=$nl; for each in $away; do case $1 in "$each"|"$each"/*) unset IFS; set +f; return 0;; esac; done; unset IFS; set +f; return 1; }
holds_away() { case $away in *"$nl\${1%/}/"*) return 0;; esac; return 1; }
not_away() { AWAY=$away awk 'BEGIN { many = split(ENVIRON["AWAY"], away, "\\n") } { for (i = 1; i <= many; i++) if (away[i] != "" && index($0 "/", away[i] "/") == 1) { print "away " $0; next } print }' | grep -v '^away '; }
# Hints on who may read what need names of groups; asking the name service could hang.
group_names() {
  ids=$(put "$rows" | sed -n 's/^[0-9] [0-9]*:[0-9]* [0-9]* -*[0-9]* [0-7]* \\([0-9]*\\) .*/\\1/p' | sort -u)
  [ ! -r /etc/group ] || IDS=$ids awk -F: 'BEGIN { many = split(ENVIRON["IDS"], id, "\\n"); for (i = 1; i <= many; i++) wanted[id[i]] } ($3 in wanted) && $1 ~ /^[A-Za-z0-9_.-]+$/ { print "group", $3, $1 }' /etc/group
}
list_folder() {
  v=$(find -H "$1" -maxdepth $2 \\( -path /var/log/journal -o -name '*.journal' -o -name '*.journal~' -o -name 'wtmp*' -o -name 'btmp*' -o -name lastlog -o -name faillog -o -name tallylog -o -name 'README*' -o -name '*.db' -o -name '*.sqlite*' -o -name '*.pcap' -o -name sa -a -type d \\) -prune -o -type f ! -path '*[! -~]*' -print -o -type f -exec sh -c 'for f do printf O; printf %s "$f" | od -An -v -to1 | tr -d "\\n" | sed "s/ /\\\\\\\\0/g"; echo; done' sh {} + 2>&1 | head -n $(($3 + 1)))
  put "$v"
}
# A file system that may hang lies below: each name in turn, and not that one.
list_around() {
  if is_away "$1"; then put "away $(line_of "$1")"
  elif holds_away "$1" && [ $2 -gt 0 ]; then for each in "$1"/*; do ( list_around "$each" $(($2 - 1)) $3 ); done
  else list_folder "$1" $2 $3
  fi
}
list_var_log() { [ ! -d /var/log ] || { list_around /var/log ${DEPTH} ${LISTED_FILES}; list_links; }; }
# Links to files and folders elsewhere: whether that may hang is seen by where it leads, without following it.
list_links() {
  ! holds_away /var/log || return 0
  links=$(find -H /var/log -maxdepth 2 -type l ! -name 'README*' ! -path '*[! -~]*' | head -n ${LINKS})
  IFS=$nl; set -f; set -- $links; unset IFS; set +f
  for link do
    target=$(readlink "$link"); case $target in /*) ;; *) target=\${link%/*}/$target;; esac
    if is_away "$target"; then put "away $link"
    elif [ -d "$link" ]; then list_folder "$link" 2 1000
    elif [ -f "$link" ]; then put "$link"
    fi
  done
}
# Folders of what is written to, configured or named, where its rotated files lie.
list_beside() {
  folders=$(put "$rows" | sed -n 's/^[012] [0-9]*:[0-9]* [0-9]* [0-9]* [0-9]* [0-9]* \\(\\/.*\\)\\/[^\\/]*$/\\1/p' | grep -v '^/proc/' | grep -v '^/var/log\\(/\\|$\\)' | sort -u | head -n ${FOLDERS} | not_away)
  IFS=$nl; set -f; set -- $folders; unset IFS; set +f
  for folder do list_folder "$folder" 1 1000 | grep '^[/O]'; done
}
# device:inode, size, seconds, mode, group, name of each line; all others of a kind of their own.
stat_lines() {
  IFS=$nl; set -f; set -- $1; unset IFS; set +f
  odd=; for line do case $line in O*) odd=$odd$line$nl;; esac; done
  if [ -n "$odd" ]; then
    IFS=$nl; set -f
    for line in $odd; do unset IFS; path_of "$line"; [ -f "$path" ] && v=$(stat -L -c '%d:%i %s %Y %a %g' "$path") && put "$v $line"; done
    plain=; for line do case $line in O*) ;; *) plain=$plain$line$nl;; esac; done
    IFS=$nl; set -- $plain; unset IFS; set +f
  fi
  [ $# -eq 0 ] && return 0
  v=$(stat -L -c '%d:%i %s %Y %a %g %n' "$@"); put "$v"
}
# Sets kind to what it is where it is no file that could be a log; of the kernel's, some take what is read out of it, and some never end.
kind_of() {
  kind=
  if [ -p "$1" ]; then kind=pipe; elif [ -S "$1" ]; then kind=socket; elif [ ! -f "$1" ]; then kind=device
  else case $1 in /proc/[0-9]*/fd/*) ;; /proc/*|/sys/*) kind=kernel;; esac
  fi
}
# What a person named: files, folders, globs.
named() {
  for path do
    case $path in /*) ;; '~/'*) path=$HOME/\${path#'~/'};; *) path=$OLDPWD/\${path#./};; esac
    if [ -e "$path" ]; then set -- "$path"; else IFS=; set -- $path; unset IFS; fi
    any=
    for path do
      if [ -d "$path" ]; then
        any=1; found=$(list_folder "$path" 2 1000); put "$found" | grep -v '^[/O]'; [ -n "$found" ] || put "nothing $(line_of "$path")"
        stat_lines "$(put "$found" | grep '^[/O]')"
      elif [ -e "$path" ]; then
        any=1; kind_of "$path"
        if [ -z "$kind" ]; then stat_lines "$(line_of "$path")"; else put "special $kind $(line_of "$path")"; fi
      fi
    done
    [ -n "$any" ] || put "missing $(line_of "$path")"
  done
}
configured_paths() {
  paths=$(sed -n "s/^conf [^$tab]*$tab[^$tab]*$tab\\(\\/[^$tab]*\\)$tab.*/\\1/p" | sort -u | head -n 400)
  IFS=$nl; set -- $paths; unset IFS
  for file do [ ! -f "$file" ] || line_of "$file"; done
}`

const OPEN = `
open_files() {
  of_each fd
  found=$(QUOTING_STYLE=escape TIME_STYLE=+ ls -ln $names 2>&1 | awk '
    /^ls: .*\\/fd.?: Permission denied$/ { hidden = 1; next }
    /^[0-9]+\\/fd:$/ { pid = $0; sub(/\\/.*/, "", pid); next }
    !/^l.w/ && !/^l..w/ { next }
    { arrow = index($0, " -> "); if (!arrow || pid == "") next
      path = substr($0, arrow + 4); gsub(/\\\\ /, " ", path); bare = path; sub(/ \\(deleted\\)$/, "", bare)
      if (path !~ /^\\// || path ~ /^\\/(dev|proc|sys|memfd:|SYSV|anon_hugepage|i915|drm|\\[)/ || bare ~ /([.](journal|journal~|db|sqlite3?|aof|rdb|wal|pcap|lock|pid|so|tmp|swp)|-(wal|shm|journal)|\\/(wtmp|btmp|lastlog|faillog|[.][a-z_]*history))$/) next
      number = substr($0, 1, arrow - 1); sub(/.* /, "", number)
      looks = bare ~ /[.](log|out|err|jsonl)([-._0-9]*)$/ || bare ~ /\\/logs?\\// || bare ~ /^\\/var\\/log\\//
      if (++rows <= ${OPEN_FILES}) print pid, number, looks + 0, path }
    END { if (hidden) print "hidden" }')
  case "$nl$found" in *"$nl"hidden) echo hidden; found=\${found%hidden};; esac
  pids=$(put "$found" | sed 's/ .*//'; put "$halligan_containers" | sed -n "s/^container [^$tab]*$tab[^$tab]*$tab\\([1-9][0-9]*\\)$tab.*/\\1/p"; wanted_processes)
  pids=$(put "$pids" | grep -x '[0-9][0-9]*' | sort -u); [ -n "$pids" ] || return 0
  flags=$(grep -s '^flags:' $(put "$found" | sed -n 's|^\\([0-9]*\\) \\([0-9]*\\) .*|\\1/fdinfo/\\2|p') /dev/null)
  names=$(grep -s '' $(put "$pids" | sed 's|$|/comm|') /dev/null)
  spaces=$(ls -ln $(put "$pids" | sed 's|$|/ns/mnt|') self/ns/mnt | sed -n 's|.* \\([0-9a-z]*\\)/ns/mnt -> |space \\1 |p')
  put "$found" | FLAGS=$flags SPACES=$spaces awk '
    BEGIN {
      many = split(ENVIRON["FLAGS"], line, "\\n")
      for (i = 1; i <= many; i++) { split(line[i], part, ":"); value = part[3]; gsub(/[ \\t]/, "", value); file = part[1]; digit = substr(value, length(value) - 3, 1); appends[file] = digit == 2 || digit == 3 || digit == 6 || digit == 7 }
      many = split(ENVIRON["SPACES"], line, "\\n"); for (i = 1; i <= many; i++) { split(line[i], part, " "); space[part[2]] = part[3] } }
    { file = $1 "/fdinfo/" $2; if (!$3 && !appends[file]) next
      path = $0; sub(/^[0-9]+ [0-9]+ [01] /, "", path)
      own = space[$1] == space["self"] || space[$1] == ""
      print "open", $1, $2, own + 0, path
      if (own && path !~ / \\(deleted\\)$/ && path !~ /[\\\\?]/ && path !~ /[^ -~]/) wanted = path; else wanted = "/proc/" $1 "/fd/" $2
      if (!(wanted in seen)) { seen[wanted]; print "wanted " wanted } }' | only_local
  put "$names" | sed -n 's|^\\([0-9]*\\)/comm:|comm \\1 |p'
  grep -sE '[.](service|scope)' $(put "$pids" | sed 's|$|/cgroup|') /dev/null | sed -n 's|^\\([0-9]*\\)/cgroup:|cgroup \\1 |p'
}
# Of the processes that a person named: by number, or by name, of which the kernel keeps 15 bytes (proc_pid_comm(5)).
wanted_processes() {
  put "$PIDS"
  IFS=$nl; set -f; set -- $NAMES; unset IFS; set +f
  for name do grep -slxF -e "$name" [0-9]*/comm | sed 's|/comm||' | head -n 200; done
}
only_local() {
  AWAY=$away awk 'BEGIN { many = split(ENVIRON["AWAY"], away, "\\n") }
    function lies_away(path,  i) { for (i = 1; i <= many; i++) if (away[i] != "" && index(path "/", away[i] "/") == 1) return 1; return 0 }
    /^open / { path = $0; sub(/^open [0-9]+ [0-9]+ [01] /, "", path); away_now = lies_away(path); print; if (away_now) print "away " path; next }
    /^wanted / { if (!away_now) print; next } { print }'
}`

const SAMPLING = `
# Which logs are read, and which of their files: rank, seconds, size, the file written to, the oldest one, with tabs between the last three.
sample_plan() {
  WANTED=$WORDS awk '${ROTATION_AWK}
    BEGIN { many = split(ENVIRON["WANTED"], word, "\\n") }
    { if ($2 !~ /^[0-9]+:[0-9]+$/) next
      rank = $1; size = $3; at = $4; path = $0; sub(/^[0-9] [0-9]+:[0-9]+ [0-9]+ -?[0-9]+ [0-9]+ [0-9]+ /, "", path)
      key = path ~ /^\\/proc\\/[0-9]+\\/fd\\// ? $2 : path ~ /^O/ ? path : stem(path)
      if (rank == 3) for (i = 1; i <= many; i++) if (word[i] != "" && index(tolower(path), word[i])) rank = 1
      if (!(key in best) || rank < best[key]) best[key] = rank
      if (!(key in first) || at < first[key]) { first[key] = at; oldest[key] = path }
      # Who named a rotated file alone wants that one.
      if ((is_packed(path) && rank > 0) || ((key in current) && given[key] == 0 && rank > 0)) next
      if ((key in current) && rank == 0 && given[key] > 0) delete last[key]
      if (!(key in last) || at > last[key] || (at == last[key] && path == key)) { last[key] = at; current[key] = path; bytes[key] = size; given[key] = rank } }
    END { for (key in current) if (best[key] <= ENVIRON["LOWEST_RANK"]) print best[key], last[key], bytes[key] "\\t" current[key] "\\t" (oldest[key] == current[key] ? "" : oldest[key]) }' |
    sort -k 1,1n -k 2,2nr | head -n ${SAMPLED_LOGS}
}
sample_all() {
  many=0; uptime_now; began=$now late=
  IFS=$nl; set -f; set -- $plan; unset IFS; set +f
  for task do
    uptime_now; [ $((now - began)) -lt 400 ] || { echo 'unsampled'; return 0; }
    many=$((many + 1)); split_task "$task"
    if is_away "$path"; then late=$late$task$nl; else sample_one; fi
  done
  IFS=$nl; set -f; set -- $late; unset IFS; set +f
  for task do many=$((many + 1)); split_task "$task"; guarded 1 sample_one || put "hung $line"; uptime_now; [ $((now - began)) -lt 400 ] || return 0; done
}
split_task() { rest=\${1#*"$tab"}; line=\${rest%%"$tab"*}; oldest=\${rest#*"$tab"}; size=\${1%%"$tab"*}; size=\${size##* }; path_of "$line"; }
unpacker_of() { case $1 in *.gz) unpack=gzip;; *.zst) unpack=zstd;; *.xz) unpack=xz;; *.bz2) unpack=bzip2;; *) unpack=cat;; esac; }
sample_one() {
  [ -f "$path" ] || return 0
  [ -r "$path" ] || { put "unreadable $line"; return 0; }
  [ $size -gt 0 ] || return 0
  some=${SAMPLE_BYTES}; [ $many -le ${SAMPLED_WELL} ] || some=${SAMPLE_BYTES / 4}
  unpacker_of "$path"
  if [ $unpack != cat ]; then
    # What is named and packed: its first lines alone, the last ones would cost all of it.
    ! have $unpack || { v=$($unpack -dc <"$path" | od -An -v -tx1 -N $some); put "head $line"; put "$v"; }
    return 0
  fi
  # One process for what fits into beginning and end together.
  first=$some; [ $size -gt $((2 * some)) ] || first=$((2 * some))
  v=$(od -An -v -tx1 -N $first "$path") || { put "unreadable $line"; return 0; }
  put "head $line"; put "$v"
  if [ $size -gt $first ]; then v=$(od -An -v -tx1 -j $((size - some)) -N $some "$path"); put "tail $line"; put "$v"; fi
}
# Last, since what unpacks may hang.
sample_oldest() {
  many=0; IFS=$nl; set -f; set -- $plan; unset IFS; set +f
  for task do
    many=$((many + 1)); [ $many -le ${SAMPLED_WELL} ] || return 0
    split_task "$task"; [ -n "$oldest" ] || continue
    path_of "$oldest"; ! is_away "$path" && [ -f "$path" ] && [ -r "$path" ] || continue
    unpacker_of "$path"
    if [ $unpack = cat ]; then v=$(od -An -v -tx1 -N ${SAMPLE_BYTES / 4} "$path")
    elif have $unpack; then v=$($unpack -dc <"$path" | od -An -v -tx1 -N ${SAMPLE_BYTES / 4})
    else continue
    fi
    put "oldest $line"; put "$v"
  done
}
sizes_now() {
  when=$1; IFS=$nl; set -f; set -- $plan; unset IFS; set +f
  lines=; for task do split_task "$task"; is_away "$path" || lines=$lines$line$nl; done
  stat_lines "$lines" | sed "s/^/$when /"
}`
