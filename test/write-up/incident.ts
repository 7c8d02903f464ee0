import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { Box } from '../../src/boxes/box.ts'
import { readRecording, recordedBox } from '../../src/boxes/recorded.ts'
import { BEFORE_THE_FIRST, headerHash, payloadHash } from '../../src/incidents/entry.ts'
import { recorderOf, type RecordDraft, type Recorder } from '../../src/incidents/recorder.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { CopyItem, Store } from '../../src/incidents/store.ts'
import { lookAt } from '../../src/steps/look.ts'
import { redact, redactThoroughly } from '../redact.ts'

const LOOKS = path.join(import.meta.dirname, '../fixtures/looks')
export const INCIDENT = '20261125-k7qm'

/**
 * A made-up incident in a real store: looks at test boxes that were recorded (scripts/record-looks.ts), and around them what two people did and wrote in an
 * hour. Always the same bytes: the clock is a list, and the salts are taken out and made again from the numbers.
 */
export async function recordIncident(folder: string): Promise<Store> {
  const draftFolder = mkdtempSync(path.join(tmpdir(), 'halligan-incident-'))
  const draft = openSqliteStore(draftFolder)
  try {
    await play(draft)
    const copy = withFixedSalts(await Readable.from(draft.copy(INCIDENT)).toArray())
    const store = openSqliteStore(folder)
    await store.adopt(() => Readable.from(copy))
    return store
  } finally {
    await draft.close()
    rmSync(draftFolder, { recursive: true })
  }
}

const DAY = '2026-11-25'
const ALICE = 'alice@laptop-7'
const BOB = 'bob@desk-2'

async function play(store: Store): Promise<void> {
  const pid = await pidOfOrdersApi()
  const by = (who: string, time: string, typed: readonly string[] = []): Recorder =>
    recorderOf({
      incident: INCIDENT,
      store: () => store,
      by: who,
      typed,
      redact: redactThoroughly,
      now: () => Date.parse(`${DAY}T${time}Z`),
    })
  const write = async (
    who: string,
    time: string,
    command: string,
    draft: RecordDraft,
    bytes: readonly Uint8Array[] = [],
  ): Promise<void> => {
    const recorded = await by(who, time).record(
      (evidence) =>
        ({
          ...draft,
          payload: { command, ...draft.payload, ...(bytes.length > 0 ? { evidence } : {}) },
        }) as RecordDraft,
      bytes,
    )
    if (recorded.how !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(recorded)}`)
  }
  const look = async (who: string, time: string, box: string, recording: string): Promise<void> => {
    const { recorded } = await lookAt(answering(box, recording), {
      deep: false,
      windowSeconds: 1,
      compression: 'auto',
      redact,
      highestPrice: 'pause',
      recorder: by(who, time, ['halligan', 'look', box]),
    })
    if (recorded.how !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(recorded)}`)
  }
  const ran = (who: string, time: string, box: string, line: string, shown: string): Promise<void> =>
    write(
      who,
      time,
      `halligan run ${box} -- ${line}`,
      {
        did: 'ran',
        box,
        payload: {
          line,
          exit: 0,
          state: 'ended',
          tookMs: 240,
          printedBytes: shown.length,
          keptBytes: shown.length,
          shown,
        },
      },
      [Buffer.from(shown)],
    )

  await write(ALICE, '14:02:10', 'halligan open …', {
    did: 'opened',
    payload: {
      title: 'checkout returns 500s',
      boxes: ['web-1', 'web-2', 'web-3'],
      service: 'checkout',
      since: `${DAY}T13:50:00.000Z`,
    },
  })
  await look(ALICE, '14:02:41', 'web-1', 'web-1-burning')
  await look(ALICE, '14:02:58', 'web-2', 'web-2')
  await write(ALICE, '14:04:30', 'halligan note …', {
    did: 'noted',
    payload: { text: 'impact: one checkout in three failed for callers that web-1 answered; nobody was charged twice' },
  })
  await write(ALICE, '14:05:02', 'halligan preserve web-1', {
    did: 'preserved',
    box: 'web-1',
    payload: {
      state: 'critical',
      findings: [],
      cleared: [],
      blind: [],
      pid,
      kept: [{ what: `maps of ${pid} (orders-api)` }, { what: 'sockets' }, { what: 'open files' }],
    },
  })
  await write(ALICE, '14:06:20', 'halligan hypothesis add …', {
    did: 'supposed',
    payload: { hypothesis: 1, text: 'the database is slow, so requests pile up in orders-api' },
  })
  await look(ALICE, '14:07:05', 'db-1', 'db-1')
  await ran(
    ALICE,
    '14:08:12',
    'db-1',
    `psql -Atc "select state, count(*) from pg_stat_activity group by 1"`,
    'active|3\nidle|41\n',
  )
  await write(ALICE, '14:09:00', 'halligan hypothesis rule-out 1 …', {
    did: 'ruled-out',
    payload: { hypothesis: 1, why: 'three queries run, none older than a second; nothing burns on db-1', by: [7, 8] },
  })
  await write(ALICE, '14:10:31', 'halligan hypothesis add …', {
    did: 'supposed',
    payload: { hypothesis: 2, text: 'orders-api does not close the connections of callers that hang up' },
  })
  await ran(
    ALICE,
    '14:11:09',
    'web-1',
    `ss -tnp state close-wait | grep pid=${pid}, | head`,
    [
      `Recv-Q Send-Q Local Address:Port Peer Address:Port Process`,
      ...['40112', '40126', '40138', '40140'].map(
        (port) =>
          `1      0      127.0.0.1:8080     127.0.0.1:${port}   users:(("orders-api",pid=${pid},fd=${port.slice(-2)}))`,
      ),
    ].join('\n'),
  )
  await ran(
    ALICE,
    '14:12:40',
    'web-1',
    'journalctl -u orders-api --since -30min | tail -n 3',
    '14:11:58 orders-api: accept: too many open files\n14:11:58 orders-api: accept: too many open files\n14:11:59 orders-api: accept: too many open files\n',
  )
  await write(ALICE, '14:14:05', 'halligan handover', {
    did: 'handed-over',
    payload: { to: 'bob', text: 'web-1 burns, the database is out; next: which code path leaves the sockets open' },
  })
  await write(BOB, '14:15:22', 'halligan take-over', { did: 'took-over', payload: { from: ALICE } })
  await write(BOB, '14:17:40', 'halligan relieve …', {
    did: 'relieved',
    box: 'web-1',
    payload: {
      what: 'orders-api started anew with a limit of 8192 descriptors',
      price: 'change',
      undo: 'systemctl revert orders-api && systemctl restart orders-api',
    },
  })
  await look(BOB, '14:18:30', 'web-1', 'web-1-relieved')
  await ran(
    BOB,
    '14:20:02',
    'web-1',
    'git -C /srv/orders-api log --oneline -3',
    '9f1c2ab retry: return early when the caller is gone\n77d0e31 bump logger\n1b6ce90 orders: currency of the cart\n',
  )
  await ran(BOB, '14:21:37', 'web-1', 'ls /srv/orders-api/src', 'client.go\nhandler.go\nmain.go\n')
  await ran(
    BOB,
    '14:21:55',
    'web-1',
    'cat /srv/orders-api/src/handler.go',
    'func handle(conn net.Conn) {\n\tif callerGone(conn) {\n\t\treturn\n\t}\n\tdefer conn.Close()\n',
  )
  await write(BOB, '14:24:10', 'halligan hypothesis confirm 2 …', {
    did: 'confirmed',
    payload: {
      hypothesis: 2,
      why: 'since 9f1c2ab the handler returns before defer conn.Close() when the caller is gone, and each such connection stays in CLOSE_WAIT',
      by: [2, 11, 17, 19],
    },
  })
  await write(BOB, '14:33:15', 'halligan hotfix …', {
    did: 'changed',
    box: 'web-1',
    payload: {
      what: 'handler.go: close the connection before the early return',
      price: 'change',
      debt: true,
      undo: 'halligan hotfix undo 21',
      diff: DIFF,
    },
  })
  await look(BOB, '14:36:00', 'web-1', 'web-1-fixed')
  await look(BOB, '14:44:30', 'web-1', 'web-1-fixed')
  await write(BOB, '14:52:45', 'halligan verify', {
    did: 'verified',
    box: 'web-1',
    payload: {
      good: true,
      of: 21,
      text: 'twenty minutes of traffic, no 500 from checkout, and the descriptors of orders-api stay where they are',
    },
  })
  await write(BOB, '14:55:00', 'halligan hotfix link …', {
    did: 'linked',
    payload: { of: 21, commit: 'c41d88e', url: 'https://git.example.net/shop/orders-api/commit/c41d88e' },
  })
  await write(BOB, '14:56:10', 'halligan note …', {
    did: 'noted',
    payload: {
      text: 'learned: an early return above a defer is worth a lint rule; the review of 9f1c2ab could not have seen it in the diff',
    },
  })
  await write(BOB, '14:56:40', 'halligan note …', {
    did: 'noted',
    payload: { text: 'todo: alert on descriptors in use, at four fifths of the limit' },
  })
  await write(BOB, '14:58:30', 'halligan close …', {
    did: 'closed',
    payload: { cause: 'orders-api returned before closing the connection when the caller had gone, since 9f1c2ab' },
  })
}

const DIFF = `--- a/src/handler.go
+++ b/src/handler.go
@@ -41,9 +41,9 @@ func serve(listener net.Listener) {

 func handle(conn net.Conn) {
+	defer conn.Close()
 	if callerGone(conn) {
 		return
 	}
-	defer conn.Close()
 	order, err := read(conn)
 	if err != nil {
`

async function pidOfOrdersApi(): Promise<number> {
  const look = await lookAt(answering('web-1', 'web-1-burning'), {
    deep: false,
    windowSeconds: 1,
    compression: 'auto',
    redact,
  })
  return look.conclusion.findings.find(({ subject }) => subject.name === 'orders-api')?.subject.pid ?? 0
}

/** A box that answers what was recorded under its own name, to whatever boundary it is asked with. */
function answering(name: string, recording: string): Box {
  const file = path.join(LOOKS, `${recording}.look.zst`)
  const read = readRecording(file)
  if ('kind' in read) throw new Error(read.message)
  return {
    ...recordedBox(file),
    name,
    kind: 'ssh',
    run: async (script, options) => {
      const result = await recordedBox(file).run(script, options)
      const [boundary = ''] = /[0-9a-f]{32}/.exec(script) ?? []
      const answer = Buffer.from(result.stdout).toString('latin1').replaceAll(read.header.boundary, boundary)
      return { ...result, box: name, stdout: Buffer.from(answer, 'latin1') }
    },
  }
}

/** Raw answers keep the boundary that they were asked with, which is random: evidence and what names it are made anew as well. */
function withFixedSalts(items: readonly CopyItem[]): readonly CopyItem[] {
  const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')
  const renamed = new Map<string, string>()
  const fixed = new Map<string, Uint8Array>()
  for (const item of items) {
    if (!('bytes' in item)) continue
    const { evidence: id, bytes } = item
    const text = Buffer.from(bytes).toString('latin1')
    const [, boundary] = /"boundary":"([0-9a-f]{32})"/.exec(text) ?? []
    const same = Buffer.from(boundary === undefined ? text : text.replaceAll(boundary, '5eed'.repeat(8)), 'latin1')
    renamed.set(id, sha256(same))
    fixed.set(sha256(same), same)
  }
  let prev = BEFORE_THE_FIRST
  const again = items.flatMap((item): readonly CopyItem[] => {
    if (!('entry' in item)) return []
    const { entry } = item
    const salt = sha256(`salt ${entry.seq}`).slice(0, 32)
    const body = [...renamed].reduce((text, [id, other]) => text.replaceAll(id, other), entry.body ?? '')
    const header = { ...entry, salt, body, prev, payloadHash: payloadHash(salt, body) }
    prev = headerHash(header)
    return [{ entry: { ...header, hash: prev } }]
  })
  return [...again, ...[...fixed].map(([evidence, bytes]) => ({ evidence, bytes }))]
}
