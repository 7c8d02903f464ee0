/** What runs a process, recognised from /proc alone: its executable, its map and its arguments. */
export interface Runtime {
  readonly kind: RuntimeKind
  /** As the name of the binary or library tells it: `3.11` for CPython; missing where none does. */
  readonly version?: string
  /** What else is known, in words for a person: `static`, `stripped`, `musl`, `in a container`, `virtualenv /srv/app/venv`. */
  readonly details: readonly string[]
  /** The file that holds the runtime, as the map of the process names it: `/usr/lib/libpython3.11.so.1.0`, or the executable. */
  readonly module?: string
}

/** `native`: C, C++, Rust and all else that is plain machine code; `kernel`: a thread of the kernel. */
export type RuntimeKind = 'native' | 'go' | 'cpython' | 'node' | 'jvm' | 'ruby' | 'php' | 'dotnet' | 'shell' | 'kernel'
