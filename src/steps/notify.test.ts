import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INCIDENT } from '../../test/incidents/entries.ts'
import { testRecord, type TestRecord } from '../../test/incidents/open-incident.ts'
import { noConfiguration } from '../boxes/configuration-file.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { allow, mayTell } from '../boxes/consent.ts'
import { NOTIFIABLE } from '../boxes/notifiable.ts'
import { receiverName, type Receiver } from '../boxes/receiver.ts'
import { isDid } from '../incidents/payloads.ts'
import { situationOf } from '../incidents/situation.ts'
import type { AnyEntry } from '../incidents/store.ts'
import { receiversOf, tell, type Told } from './notify.ts'

let folder: string
let record: TestRecord
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-notify-'))
  record = await testRecord()
})
afterEach(async () => {
  await record.end()
  rmSync(folder, { recursive: true, force: true })
})

const on = ['opened'] as const
const redact = (text: string): string => text.replaceAll('hunter2', '‹secret›')

async function opening(): Promise<AnyEntry> {
  const [entry] = await record.store.read(INCIDENT)
  if (!entry) throw new Error('the record is empty')
  return entry
}

async function telling(
  receivers: readonly Receiver[],
  more: Partial<Configuration> = {},
  words = 'opened: checkout returns 500s',
): Promise<readonly Told[]> {
  return tell(
    receivers,
    { entry: await opening(), title: 'checkout returns 500s', words },
    {
      configuration: { ...noConfiguration, notify: receivers, ...more },
      environment: { XDG_CONFIG_HOME: path.join(folder, 'own') },
      limits: { totalMs: 2_000, tryMs: 1_000, pauseMs: 10 },
      redact: (text) => Promise.resolve(redact(text)),
      recorder: record.as('alice@laptop').recorder,
      signal: new AbortController().signal,
    },
  )
}

/** What one request to a real server brought. */
async function heardBy(kind: 'webhook' | 'slack', words: string): Promise<Record<string, unknown>> {
  let body = ''
  const server = createServer((request, response) => {
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => response.end())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const told = await telling([{ kind, address: `http://127.0.0.1:${port}/x`, on }], {}, words)
  server.close()
  expect(told).toMatchObject([{ ok: true, where: `${kind} 127.0.0.1:${port}` }])
  return JSON.parse(body)
}

describe('telling the team', () => {
  it('says who did what in which incident, redacted, and records that it was heard', async () => {
    const { hash } = await opening()
    expect(await heardBy('webhook', 'opened: password hunter2')).toEqual({
      schema: 'halligan.notification/1',
      incident: INCIDENT,
      title: 'checkout returns 500s',
      seq: 1,
      at: '2026-11-25T14:00:00.000Z',
      by: 'alice@laptop',
      did: 'opened',
      text: 'opened: password ‹secret›',
      hash,
    })
    const last = (await record.store.read(INCIDENT)).at(-1)
    expect(last).toMatchObject({ did: 'notified', payload: { ok: true, of: 1, tries: 1 } })
  })

  it('lets no text ring for everybody, make a link or control a terminal', async () => {
    const { text } = await heardBy('slack', '<!channel> @channel @Everyone <http://evil|x> & \u001b[2J')
    expect(text).toBe(
      `&lt;!channel&gt; @\u200Bchannel @\u200BEveryone &lt;http://evil|x&gt; &amp; \\x1b[2J (${INCIDENT}, alice@laptop)`,
    )
  })

  it('cuts what is no message any more', async () => {
    const { text } = await heardBy('webhook', 'x'.repeat(100_000))
    expect(text).toHaveLength(2_000)
  })

  it('records whom it did not reach, until they hear it', async () => {
    const receiver: Receiver = { kind: 'command', argv: ['./nobody'], on }
    expect(await telling([receiver], { file: path.join(folder, 'own/halligan/halligan.yaml') })).toMatchObject([
      { ok: false, where: 'command nobody', needsConsent: false },
    ])
    const untold = async (): Promise<unknown> => situationOf(await record.store.read(INCIDENT)).untold
    expect(await untold()).toEqual([{ of: 1, where: 'command nobody', why: expect.stringContaining('ENOENT') }])
    await record
      .as('bob@desk')
      .recorder.record(() => ({ did: 'notified', payload: { where: 'command nobody', ok: true, of: 1 } }))
    expect(await untold()).toEqual([])
  })

  it('tells each only of what it asked for', () => {
    const receivers: readonly Receiver[] = [
      { kind: 'slack', address: '$A', on: ['closed'] },
      { kind: 'slack', address: '$A', on: ['opened', 'closed'] },
    ]
    const configuration = { ...noConfiguration, notify: receivers }
    expect(receiversOf(configuration, 'opened')).toEqual([receivers[1]])
    expect(receiversOf(configuration, 'changed')).toEqual([])
    expect(receivers.map((receiver) => receiverName(receiver, receivers, {}))).toEqual(['slack $A', 'slack $A'])
  })

  it('can only be of kinds that entries have', () => {
    expect(NOTIFIABLE.filter((kind) => !isDid(kind))).toEqual([])
  })
})

describe('a command of a halligan.yaml', () => {
  const receiver: Receiver = { kind: 'command', argv: ['/bin/sh', '-c', 'touch ran'], on }

  it('that came with a working folder runs only once the person has allowed it, and only as it was allowed', async () => {
    const file = path.join(folder, 'halligan.yaml')
    writeFileSync(file, '')
    expect(await telling([receiver], { file })).toMatchObject([{ ok: false, tries: 0, needsConsent: true }])
    expect(() => statSync(path.join(folder, 'ran'))).toThrow('ENOENT')
    const environment = { XDG_CONFIG_HOME: path.join(folder, 'own') }
    allow([receiver], { ...noConfiguration, file }, environment)
    expect(await telling([receiver], { file })).toMatchObject([{ ok: true }])
    expect(statSync(path.join(folder, 'ran')).isFile()).toBe(true)
    const other: Receiver = { ...receiver, argv: ['/bin/sh', '-c', 'touch more'] }
    expect(mayTell(other, { ...noConfiguration, file }, environment)).toBe(false)
    expect(mayTell(receiver, { ...noConfiguration, file: path.join(folder, 'else/halligan.yaml') }, environment)).toBe(
      false,
    )
    expect(statSync(path.join(folder, 'own/halligan/allowed-commands')).mode & 0o077).toBe(0)
    expect(readFileSync(path.join(folder, 'own/halligan/allowed-commands'), 'utf8')).not.toContain('touch')
  })

  it('runs without that in the own configuration folder, and an address needs none', () => {
    const environment = { XDG_CONFIG_HOME: path.join(folder, 'own') }
    const own = { ...noConfiguration, file: path.join(folder, 'own/halligan/halligan.yaml') }
    expect(mayTell(receiver, own, environment)).toBe(true)
    const clone = { ...noConfiguration, file: path.join(folder, 'clone/halligan.yaml') }
    expect(mayTell({ kind: 'slack', address: '$A', on }, clone, environment)).toBe(true)
  })
})
