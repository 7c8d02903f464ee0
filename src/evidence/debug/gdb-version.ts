/** Prints one line, `GNU gdb (Debian 13.1-3) 13.1`, or nothing where there is no gdb. gdb would write what it compiles of itself beside its own files. */
export const GDB_VERSION_SCRIPT = 'PYTHONDONTWRITEBYTECODE=1 gdb -nx --version 2>/dev/null | head -n 1 | cut -c 1-200'

/** `13.1`: the last number of that line; undefined where there is none. */
export function gdbVersion(line: string): string | undefined {
  return /(?:^|\s)(\d{1,3}(?:\.\d{1,8}){0,3})[-.\w]*\s*$/.exec(line.trim())?.[1]
}

/** gdb speaks the Debug Adapter Protocol (`gdb -i dap`) since this version (its NEWS). */
export const FIRST_WITH_DAP = 14
