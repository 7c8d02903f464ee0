import type { Candidate } from './sources.ts'

/** What was written within this time is more likely of interest than what was not. Milliseconds. */
const RECENT_MS = 24 * 3600_000
/** What package managers, installers and the like write: seldom why a service burns. */
const SELDOM_WORTH =
  /\/(?:apt|unattended-upgrades|installer|dist-upgrade|dnf|yum|zypp|pacman)\/|\/(?:dpkg|alternatives|fontconfig|bootstrap|cloud-init|cloud-init-output|yum|dnf(?:\.[a-z]+)?|hawkey|anaconda[\w.-]*|boot|pacman|README)(?:\.log)?$/

/** Most likely of interest first: what programs write to or are configured to, by how fast it grows, then by when it was last written to. */
export function byInterest(candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
  const keys = new Map(
    candidates.map((each) => [
      each,
      { tier: tierOf(each, nowMs) + emptiness(each), rate: each.source.bytesPerSecond ?? 0 },
    ]),
  )
  const last = (candidate: Candidate): number => (Number.isNaN(candidate.lastAtMs) ? 0 : candidate.lastAtMs)
  return candidates.toSorted((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)]
    if (!one || !other) return 0
    return one.tier - other.tier || other.rate - one.rate || last(b) - last(a) || (a.source.id < b.source.id ? -1 : 1)
  })
}

function tierOf({ source, lastAtMs, programs }: Candidate, nowMs: number): number {
  if (source.files.some(({ path }) => SELDOM_WORTH.test(path))) return 4
  if (source.blind) return 3
  // The whole has what its parts have.
  if (source.id === 'journal' || source.kind === 'kernel') return 1
  const isRecent = nowMs - lastAtMs < RECENT_MS
  if (source.kind === 'container') return 0
  const isLive =
    source.writers.length > 0 ||
    programs.length > 0 ||
    source.container !== undefined ||
    (source.bytesPerSecond ?? 0) > 0
  return isLive && (isRecent || source.kind === 'journal') ? 0 : isRecent ? 1 : 2
}

/** What has no line yet comes behind its like. */
function emptiness({ source }: Candidate): number {
  return source.kind === 'file' && source.files[0]?.bytes === 0 ? 0.5 : 0
}
