import { statLine } from '../../evidence/inspect/stat-line.ts'
import { isAfter } from '../../evidence/inspect/changed-files.ts'
import type { BoxFile, Listing } from '../../evidence/drift/listing.ts'

/** A process of the deployed folder, and what of it is not what it was when the process started. */
export interface FolderProcess {
  readonly pid: number
  readonly name: string
  readonly commandLine: string
  readonly startedAtMs: number | undefined
  /** `shop.service`. */
  readonly unit: string | undefined
  /** Its program was removed or replaced, and it goes on with the old one. */
  readonly runsDeleted: string | undefined
  /** Files of the folder that were written after it started, the last one first: it may still run what stood in them before. */
  readonly older: readonly { readonly path: string; readonly atMs: number }[]
}

/** All that have their folder, their program or an argument in it. Those with nothing against them too. */
export function folderProcesses(listing: Listing): readonly FolderProcess[] {
  const clock = clockOf(listing.sections.get('clock') ?? '')
  return [...listing.sections].flatMap(([section, text]): FolderProcess[] => {
    const [, pid] = /^process (\d{1,10})$/.exec(section) ?? []
    const stat = pid === undefined ? undefined : statLine(text)
    if (pid === undefined || !stat || !isOfFolder(pid, listing)) return []
    const startedAtMs = clock && clock.bootAtMs + (stat.startTicks / clock.ticksASecond) * 1000
    const link = / -> (.*)$/m.exec(lineWith(listing.sections.get(`links ${pid}`), '/exe -> '))?.[1]
    const deleted = link?.endsWith(' (deleted)') ? link.slice(0, -' (deleted)'.length) : undefined
    return [
      {
        pid: Number(pid),
        name: stat.name,
        commandLine: (listing.sections.get(`arguments ${pid}`) ?? '').trim(),
        startedAtMs,
        unit: /\/([^/\n]+\.service)(?:\/|$)/m.exec(listing.sections.get(`cgroup ${pid}`) ?? '')?.[1],
        runsDeleted: deleted,
        older: writtenSince(listing.files, startedAtMs),
      },
    ]
  })
}

/** A folder beside it whose name begins in the same way is another one. */
function isOfFolder(pid: string, { root, sections }: Listing): boolean {
  const links = (sections.get(`links ${pid}`) ?? '').split('\n').map((line) => line.split(' -> ').at(-1) ?? '')
  const inside = links.some((each) => each === root || each.startsWith(`${root}/`))
  return inside || (sections.get(`arguments ${pid}`) ?? '').includes(`${root}/`)
}

function lineWith(text: string | undefined, part: string): string {
  return text?.split('\n').find((line) => line.includes(part)) ?? ''
}

function writtenSince(files: readonly BoxFile[], startedAtMs: number | undefined): FolderProcess['older'] {
  if (startedAtMs === undefined) return []
  return files
    .filter(({ kind, modifiedAtMs }) => kind === 'file' && isAfter(modifiedAtMs, startedAtMs))
    .map(({ path, modifiedAtMs }) => ({ path, atMs: modifiedAtMs }))
    .toSorted((a, b) => b.atMs - a.atMs)
}

/** `1764166293`, `5123.44 1024.10`, `100`: now, seconds since the start, ticks a second. */
function clockOf(text: string): { readonly bootAtMs: number; readonly ticksASecond: number } | undefined {
  const [, now, uptime, ticks] = /^(\d{1,12})\n(\d{1,12}(?:\.\d+)?) [\d.]+\n(\d{1,5})\n?$/.exec(text) ?? []
  if (now === undefined || Number(ticks) === 0) return undefined
  return { bootAtMs: (Number(now) - Number(uptime)) * 1000, ticksASecond: Number(ticks) }
}
