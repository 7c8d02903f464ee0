/** Shell functions about processes that several scripts share; POSIX sh. */

/** `born PID` sets `born` to its start time in ticks since boot (field 22 of proc_pid_stat(5)), `state` and `parent`; all empty where there is no such process. */
export const BORN = `
born() { born=; state=; parent=; line=; { read -r line </proc/$1/stat; } 2>/dev/null; [ -n "$line" ] || return 0; line=\${line##*") "}; set -- $line; state=\${1-} parent=\${2-} born=\${20-}; }`

/** `independent TEXT WORD…` becomes a shell that runs the text, in a session of its own where the box can make one. */
export const INDEPENDENT = `
independent() { if command -v setsid >/dev/null; then exec setsid sh -c "$@"; else exec sh -c "$@"; fi; }`
