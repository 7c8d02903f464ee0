import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { recorderOf } from '../../src/incidents/recorder.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import { halligan } from '../record/command.ts'
import { redact, redactThoroughly } from '../redact.ts'
import { leaksOf, samplesOf, type Sample } from './corpus.ts'
import type { CopyItem } from '../../src/incidents/store.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-secrets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the rules find on the screen; what they miss is told by the test of the corpus. */
function found(sample: Sample): Sample {
  const leaks = new Set(leaksOf(sample, redact(sample.text)))
  return { ...sample, secrets: sample.secrets.filter((secret) => !leaks.has(secret)) }
}

describe('the record of an incident in which all secrets of the corpus were seen', () => {
  it('has none of them, neither in its files nor in its evidence', async () => {
    const samples = (['seen', 'held-out', 'documented'] as const).flatMap((part) => samplesOf(part)).map(found)
    const store = openSqliteStore(folder)
    const recorder = recorderOf({
      incident: '20261125-aaaa',
      store: () => store,
      by: 'alice@laptop',
      typed: ['halligan', 'note', samples[0]?.secrets[0]?.context ?? ''],
      redact: redactThoroughly,
      now: () => 1_795_000_000_000,
    })
    expect(await recorder.record(() => ({ did: 'opened', payload: { title: 'it burns', boxes: [] } }))).toMatchObject({
      how: 'recorded',
    })
    for (const { text } of samples) {
      const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from(text)])
      const recorded = await recorder.record(
        (evidence) => ({ did: 'noted', payload: { text, evidence } }),
        [Buffer.from(text), bytes],
      )
      expect(recorded).toMatchObject({ how: 'recorded' })
    }
    const items: readonly CopyItem[] = await Readable.from(store.copy('20261125-aaaa')).toArray()
    const evidence = items.flatMap((item) => ('bytes' in item ? [item.bytes] : []))
    expect(evidence.length).toBeGreaterThanOrEqual(samples.length)
    await store.close()
    const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)))
    const kept = Buffer.concat([...files, ...evidence]).toString('latin1')
    const left = samples
      .flatMap(({ secrets }) => secrets)
      .filter(({ text }) => linesOf(text).some((line) => kept.includes(line)))
    expect(left).toEqual([])
  }, 120_000)
})

describe('whoever wrote an entry', () => {
  it('is redacted in it, in the tombstone of a purge too', () => {
    const token = ['ghp', 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6'].join('_')
    const home = path.join(folder, 'home')
    const typed = [
      ['open', 'it burns'],
      ['note', 'this goes'],
      ['purge', '2', '--why', 'it was wrong', '--yes'],
    ]
    const who = { HALLIGAN_BY: `amy ${token}` }
    for (const args of typed) {
      const { code, stderr } = halligan(home, args, '', who)
      expect(code, stderr).toBe(0)
    }
    const files = readdirSync(home).filter((name) => name.startsWith('record.db'))
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) expect(readFileSync(path.join(home, name)).includes(token)).toBe(false)
    expect(halligan(home, ['timeline'], '', who).stdout).toMatch(/‹secret:github-token:\w{4}›.*purged/)
  })
})

/** What is shorter may stand in any file. */
function linesOf(secret: string): readonly string[] {
  return secret.split(/\n|\\n/).filter((line) => line.length >= 12 && !line.startsWith('-----'))
}
