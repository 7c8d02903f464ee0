import type { Blind } from '../reading.ts'

/** One log of one box, the files that it was rotated into included: where lines come from. */
export interface LogSource {
  readonly box: string
  /** What a person types to have just this one, unique on its box: `/var/log/nginx/access.log`, `unit:nginx.service`, `container:web`, `kernel`, `-`. */
  readonly id: string
  readonly kind: 'file' | 'journal' | 'kernel' | 'container' | 'stdin'
  /** Of kind `file`: the one that is written to, then the rotated ones, newest first. Else empty. */
  readonly files: readonly LogFile[]
  /** Of kind `journal`: the unit. Missing: the whole journal. */
  readonly unit?: string
  /** Of kind `container`: the engine and the container's name. */
  readonly container?: { readonly engine: 'docker' | 'podman'; readonly name: string }
  /** How it was found, in words: `held open by nginx (812)`, `access_log of /etc/nginx/nginx.conf`, `below /var/log`. */
  readonly found: string
  /** Who holds it open for writing. */
  readonly writers: readonly { readonly pid: number; readonly name: string }[]
  /** All of it, rotated files too, as they lie there (compressed). */
  readonly bytes?: number
  /** How fast it grows at the time of asking. */
  readonly bytesPerSecond?: number
  /** The first and the last lines of it (at most 4 KiB each), from which its format is told. Undecoded. */
  readonly head?: Uint8Array
  readonly tail?: Uint8Array
  /** The first lines of the oldest of its files, where they were cheap to have (1 KiB): since when there is one. */
  readonly oldest?: Uint8Array
  /** The layout that is configured for it: nginx `log_format`, Apache `LogFormat`, HAProxy `log-format`, as written there. */
  readonly layout?: { readonly of: 'nginx' | 'apache' | 'haproxy' | 'envoy'; readonly text: string }
  /** It is there and cannot be read. */
  readonly blind?: Blind
}

export interface LogFile {
  readonly path: string
  /** As it lies there. */
  readonly bytes: number
  readonly modifiedAtMs: number
  /** How it is packed; missing: not at all. */
  readonly packed?: 'gzip' | 'zstd' | 'xz' | 'bzip2'
  /** Device and inode: which file it is, whatever its name. */
  readonly identity?: string
}
