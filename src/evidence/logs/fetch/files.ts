import type { LogFile } from '../source.ts'
import type { LogWindow } from '../window.ts'

/** The clock of the kernel gives a file its time when it is written to; a record may bear one that is some minutes older, where a request took so long. Milliseconds. */
const AGE_SLACK_MS = 5 * 60_000

/**
 * The kubelet packs `0.log.20240102-150300` when it rotates the next time, and the packed one has the time of that: no sign of when the next file began.
 * gzip(1), which logrotate calls, keeps the time. Source: kubernetes, pkg/kubelet/logs/container_log_manager.go.
 */
const PACKED_LATER = /\.\d{8}-\d{6}\.gz$/

/**
 * Which files of a log can hold lines of a window, as places in `files` (newest first), oldest first. A file ends when it was last written to, and
 * begins when the one before it ended. Where these times do not descend (copied, touched), they say nothing, and all are looked at.
 */
export function filesOf(files: readonly LogFile[], { fromMs, toMs }: LogWindow): readonly number[] {
  const places = files.map((_, at) => at)
  const tellsNothing = files.some((file, at) => at > 0 && file.modifiedAtMs > (files[at - 1]?.modifiedAtMs ?? 0))
  const kept = tellsNothing
    ? places
    : places.filter((at) => {
        const endedMs = files[at]?.modifiedAtMs ?? 0
        const before = files[at + 1]
        const beganMs = before && !PACKED_LATER.test(before.path) ? before.modifiedAtMs : undefined
        const old = fromMs !== undefined && endedMs < fromMs - AGE_SLACK_MS
        const young = toMs !== undefined && beganMs !== undefined && beganMs > toMs + AGE_SLACK_MS
        return at === 0 ? !young : !old && !young
      })
  return kept.toReversed()
}
