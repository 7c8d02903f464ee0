import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../../src/base/seeded.ts'
import type { Fleet } from '../boxes/fleet.ts'
import { waitFor, type Program } from './program.ts'

/** How the console, or its line, ends while a relief is under way. */
export type Way = 'console killed' | 'line cut'

export interface FaultCase {
  readonly relief: 'restart' | 'rollback' | 'free-deleted'
  readonly way: Way
  /** After the relief was written down as begun. Milliseconds. */
  readonly afterMs: number
}

/** What became of one. */
export interface FaultEnd {
  /** `after`, `before`, or what is neither, in words. */
  readonly box: string
  /** The record says that it was begun, and either how it ended or nothing. */
  readonly entries: readonly string[]
  /** Where no end was seen: `status` said so, and named the command that looks. */
  readonly named: boolean
  /** Exit code of that command, when there was something to look at. */
  readonly checked: number | null | undefined
}

/** A relief has done its part within a second of that; its check takes five more. Milliseconds. */
const LATEST_MS = 2_500

export function faultCases(seed: number, count: number): readonly FaultCase[] {
  const random = seeded(seed)
  const reliefs = ['restart', 'rollback', 'free-deleted'] as const
  return Array.from({ length: count }, (_, at) => ({
    relief: reliefs[at % reliefs.length] ?? 'restart',
    way: random() < 0.3 ? 'line cut' : 'console killed',
    afterMs: Math.floor(random() * LATEST_MS),
  }))
}

/** What the cases are done to, made anew for each. */
const SCENE = `
mkdir -p /srv/shop/releases/20260101000000 /srv/shop/releases/20260102000000
ln -sfn releases/20260102000000 /srv/shop/current
printf '[Service]\\nExecStart=/bin/sleep 2000000\\n' >/run/systemd/system/shop.service
systemctl daemon-reload; systemctl restart shop.service
[ ! -e /run/holder ] || kill $(cat /run/holder) 2>/dev/null
cd /data; rm -f app.log; head -c 8M /dev/zero >app.log
setsid sh -c 'exec 7>>/data/app.log; rm /data/app.log; exec sleep 3000000' >/dev/null 2>&1 </dev/null &
echo $! >/run/holder; sleep 0.3
`
/** One line: the link, the state and process of the unit, space of the deleted file, what was left behind. */
const STATE = `echo "$(readlink /srv/shop/current) $(systemctl is-active shop.service) $(systemctl show -p MainPID --value shop.service) $(stat -L -c %b /proc/$(cat /run/holder)/fd/7) $(ls -d /srv/shop/.current* /srv/shop/current.* 2>/dev/null | wc -l)"`

/** Begins a relief on a box, ends its console or its line at that moment, and says how box and record are once all is quiet. */
export async function runFault(fleet: Fleet, box: string, program: Program, fault: FaultCase): Promise<FaultEnd> {
  await fleet.run(box, SCENE)
  const before = await fleet.run(box, STATE)
  const holder = (await fleet.run(box, 'cat /run/holder')).trim()
  const target = {
    restart: ['shop.service'],
    rollback: ['/srv/shop/current', 'shop.service'],
    'free-deleted': [`${holder}:7`],
  }
  await program.run('open', 'a fault')
  const running = program.start(
    'relieve',
    box,
    fault.relief,
    ...target[fault.relief],
    '--accept',
    'change',
    '--no-preserve',
  )
  await waitFor(
    async () => (await program.entries()).some(({ did }) => did === 'relieved'),
    'the relief is written down',
  )
  await pause(fault.afterMs)
  if (fault.way === 'line cut') await fleet.link(box, 'down')
  running.process.kill('SIGKILL')
  await running.finished
  if (fault.way === 'line cut') await fleet.link(box, 'up')
  // What had begun on the box comes to its end: nothing of it runs any more.
  await waitFor(
    async () => (await fleet.run(box, `grep -lsa 'halligan-finishe[d]' /proc/[0-9]*/cmdline; :`)).trim() === '',
    'the box is quiet',
  )
  await waitFor(async () => !/ (?:activating|deactivating) /.test(await fleet.run(box, STATE)), 'the unit is quiet')
  const after = await fleet.run(box, STATE)
  const entries = (await program.entries()).flatMap((entry) => (entry.did === 'relieved' ? [entry] : []))
  const status = (await program.run('status')).stdout
  const [intent] = entries
  const unseen = entries.length === 1
  const checked = unseen ? (await program.run('relieve', box, 'check', String(intent?.seq))).code : undefined
  return {
    box: boxState(fault.relief, before.trim(), after.trim()),
    entries: entries.map(({ payload }) => payload?.state ?? ''),
    named: !unseen || status.includes(`#${intent?.seq} ${box} relieved`),
    checked,
  }
}

function boxState(relief: FaultCase['relief'], before: string, after: string): string {
  if (after === before) return 'before'
  const [link, state, pid, blocks, left] = after.split(' ')
  const [linkBefore, , pidBefore, blocksBefore] = before.split(' ')
  const restarted = state === 'active' && pid !== pidBefore
  const whole = {
    restart: restarted && link === linkBefore && blocks === blocksBefore,
    rollback: restarted && link === 'releases/20260101000000' && blocks === blocksBefore,
    'free-deleted': blocks === '0' && link === linkBefore && pid === pidBefore,
  }
  return whole[relief] && left === '0' ? 'after' : `half: ${before} became ${after}`
}
