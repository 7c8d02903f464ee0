import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openBox } from '../src/boxes/open.ts'
import { readFrames, type Frame } from '../src/evidence/answer.ts'
import { collectorScript, frameNameOf } from '../src/evidence/collector.ts'
import type { ProbeId } from '../src/evidence/evidence.ts'
import { filesOf, type Probe } from '../src/evidence/probe.ts'
import { startFleet } from '../test/boxes/fleet.ts'
import { allProbes, casesFolder, writtenCase, type CaseMoment } from '../test/evidence/probe-cases.ts'
import { scenes, type Scene } from '../test/evidence/scenes.ts'
import { compileSick } from '../test/sick/compile.ts'

const BOUNDARY = '5eed5eed5eed5eed5eed5eed5eed5eed'

/** Plays each scene on a test box of its own and writes what the probes answered, shortened and without a trace of this machine. */
export async function recordProbes(names: readonly string[]): Promise<void> {
  const sick = path.join(import.meta.dirname, '../test/sick')
  for (const file of readdirSync(sick).filter((each) => each.endsWith('.c'))) compileSick(file.slice(0, -2))
  for (const scene of scenes.filter(({ name }) => names.length === 0 || names.includes(name))) await play(scene)
}

async function play(scene: Scene): Promise<void> {
  const { flavour = 'sshd', light, wait = 2, user = 'root' } = scene
  const hook = path.join(import.meta.dirname, '../test/boxes/with-sick-programs.sh')
  const fleet = await startFleet({ boxes: ['web-1'], flavour, hook })
  try {
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    if (light !== undefined) fleet.leave('web-1', light)
    await new Promise((resolve) => setTimeout(resolve, wait * 1000))
    const box = openBox(`${user}@web-1`)
    const script = collectorScript(allProbes, { boundary: BOUNDARY, windowSeconds: 1, compression: 'none' })
    const beganAtMs = Date.now()
    const { stdout } = await box.run(script, { what: 'record', timeoutMs: 30_000, maxBytes: 1e8 })
    await box.close()
    const frames = readFrames(stdout, BOUNDARY)
    for (const id of scene.probes) write(scene, id, frames, beganAtMs)
  } finally {
    await fleet.down()
  }
}

function write(scene: Scene, id: ProbeId, frames: readonly Frame[], beganAtMs: number): void {
  const probe = allProbes.find((each) => each.id === id)
  if (!probe) throw new Error(`there is no probe ${id}`)
  const own = frames.filter(({ probe: name, moment }) => name === frameNameOf(probe) && probe.moments.includes(moment))
  const texts = own.map(({ text, atSeconds }) =>
    probe.files
      ? onlyFiles(text, probe.files)
      : id === 'kernel-log'
        ? onlyOfBox(text, atSeconds - (scene.wait ?? 2) - 1, scene.keep)
        : ownLines(text, probe),
  )
  const kept = shortened(texts.map(withoutThisMachine), scene.keep)
  const moments = own.map(({ moment, atSeconds, ended }, index): CaseMoment => {
    const ending = ended.how !== 'exited' ? 'cut off' : ended.code === 0 ? '' : `exit ${ended.code}`
    return { moment, atSeconds: atSeconds.toFixed(2), ending, text: kept.texts[index] ?? '' }
  })
  const head = [
    `# ${scene.says}, as ${scene.user ?? 'root'}; recorded by npm run record -- probes ${scene.name}`,
    ...(kept.leftOut > 0 ? [`# shortened: ${kept.leftOut} lines left out, long ones cut`] : []),
    ...(id === 'clock' ? [`# console clock ${beganAtMs} ms`] : []),
  ]
  mkdirSync(path.join(casesFolder, id), { recursive: true })
  writeFileSync(path.join(casesFolder, id, `${scene.name}.txt`), writtenCase({ head, moments }))
}

/** Of the files that all probes share those that this one asked for; the last is always /dev/null, so that one sees the end. */
function onlyFiles(text: string, asked: readonly string[]): string {
  const patterns = asked.map((name) => new RegExp(`^${name.replaceAll('*', '[^/]*')}$`))
  const sections = [...filesOf({ atSeconds: 0, text })].filter(([name]) => patterns.some((form) => form.test(name)))
  return [...sections.map(([name, body]) => `==> ${name} <==\n${body}\n`), '==> /dev/null <=='].join('\n')
}

/** Of lines that several probes share. Those of open-files begin with a letter that says what they are. */
function ownLines(text: string, { lines, within }: Probe<unknown>): string {
  if (!lines && !within) return text
  const name = lines && new RegExp(`^${lines.of.replaceAll('*', '\\d*')}:`)
  const own = (line: string): boolean =>
    name ? name.test(line) || line === 'end' || line === `there ${lines.there}` : !/^[A-Z] /.test(line)
  return text.split('\n').filter(own).join('\n')
}

/** All boxes have one kernel log, that of the machine that records: what this scene lit, since it began. */
function onlyOfBox(text: string, sinceSeconds: number, keep: RegExp | undefined): string {
  const ours = (line: string): boolean =>
    keep?.test(line) === true && Number(/^(?:<\d+>)?\[\s*([\d.]+)\]/.exec(line)?.[1]) >= sinceSeconds
  return text
    .split('\n')
    .filter((line) => /^(?:now|dmesg:)/.test(line) || ours(line))
    .join('\n')
}

/** Folders below which the boxes are made, and the boot. */
function withoutThisMachine(text: string): string {
  return text
    .replaceAll(/\b(lower|upper|work)dir=[^,\s]+/g, '$1dir=/$1')
    .replaceAll(/^boot \S+$/gm, 'boot 0b7a9e34-6a55-4d0e-8a57-3f4c2a3f4f61')
    .replaceAll(/\/halligan-test\/[^/\s]+\/[^/\s,]+/g, '/test')
}

const LINES_KEPT = 30
/** /proc/PID/stat has 52; of /proc/stat's interrupts no more are needed. */
const WORDS_KEPT = 60

/** Leaves out the same lines of all moments: those with the same first word belong together. */
function shortened(texts: readonly string[], keep: RegExp | undefined): { texts: readonly string[]; leftOut: number } {
  const keyOf = (line: string): string => /^(?:= )?[^ :/(]+/.exec(line.trimStart())?.[0].replace('= ', '') ?? ''
  const needed = new Set<string>()
  for (const line of texts.flatMap((text) => text.split('\n')))
    if (IMPORTANT.test(line) || keep?.test(line)) needed.add(keyOf(line))
  let leftOut = 0
  const kept = texts.map((text) => {
    const all = text.replace(/\n$/, '').split('\n')
    const lines = all.filter((line) => !UNREAD.test(line))
    const optional = lines.filter((line) => !needed.has(keyOf(line)))
    const chosen = new Set(
      lines.length <= LINES_KEPT
        ? optional
        : optional.filter((line) => Number.isInteger(Number(keyOf(line)))).slice(0, 8),
    )
    const result = lines.filter((line) => needed.has(keyOf(line)) || chosen.has(line))
    leftOut += all.length - result.length
    return result
      .map((line) =>
        line
          .split(/ (?=\S)/)
          .slice(0, WORDS_KEPT)
          .join(' '),
      )
      .join('\n')
  })
  return { texts: kept, leftOut }
}

/** Counters that no check reads. */
const UNREAD = /^(?:MPTcpExt|UdpLite|Icmp|IcmpMsg|IpExt): /

/** Lines that parsers look for by name, and the marks of the probes. */
const IMPORTANT =
  /^(?:==> |self |at |P \d|@ |F |S |D |B |N |U |C |L |H |K |gateway |fstab|missing |end$|all$|own$|range |sockstat |mount |size |skipped |cpu|intr |ctxt |btime |processes |procs_|Mem|Buffers|Cached|Shmem|Slab|SReclaimable|Dirty|Writeback:|Swap(?:Total|Free)|Commit|nr_free_pages|pswp|pgmajfault|pgscan_direct |oom_kill |Tcp|Udp:|Ip: |Inter| face|now)|\(sshd|LISTEN/
