import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { redactor } from '../../src/incidents/redaction/index.ts'
import { cleanLinesOf, leaksOf, samplesOf, type Part } from './corpus.ts'

/** Of 100 secrets so many have to be found; of so many clean lines one may be marked (issue "The incident", figures). */
const RECALL = 0.99
const CLEAN_LINES_FOR_A_MARK = 2_000

const FIXTURES = path.join(import.meta.dirname, '../fixtures')
const redact = redactor({ key: Buffer.alloc(32, 1) })
const parts: readonly Part[] = ['seen', 'held-out', 'documented']
const all = parts.flatMap((part) => samplesOf(part))

describe('the corpus', () => {
  it('is large enough to say something', () => {
    const secrets = all.flatMap((sample) => sample.secrets)
    expect(secrets.length).toBeGreaterThanOrEqual(300)
    expect(new Set(secrets.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(25)
    expect(parts.flatMap((part) => cleanLinesOf(part)).length).toBeGreaterThanOrEqual(20_000)
  })

  it('tells a leak from what stands there anyway', () => {
    const sample = {
      title: 'x',
      text: 'user=shop password=shop',
      secrets: [{ kind: 'password', text: 'shop', context: '' }],
    }
    expect(leaksOf(sample, 'user=shop password=‹›')).toEqual([])
    expect(leaksOf(sample, 'user=shop password=shop')).toHaveLength(1)
  })
})

describe.each([...parts, 'all'] as const)('secrets of the corpus: %s', (part) => {
  const samples = part === 'all' ? all : samplesOf(part)
  const clean = part === 'all' ? parts.flatMap((each) => cleanLinesOf(each)) : cleanLinesOf(part)

  it('are found', () => {
    const leaks = samples.flatMap((sample) => leaksOf(sample, redact(sample.text)))
    const planted = samples.reduce((sum, { secrets }) => sum + secrets.length, 0)
    say(
      `${part}: ${planted - leaks.length} of ${planted} secrets found`,
      leaks.map(({ context }) => context),
    )
    expect(1 - leaks.length / planted).toBeGreaterThanOrEqual(RECALL)
  })

  it('are not seen where there are none', () => {
    const marked = clean.filter((line) => redact(line) !== line)
    say(
      `${part}: ${marked.length} of ${clean.length} clean lines marked`,
      marked.map((line) => redact(line).slice(0, 300)),
    )
    expect(marked.length).toBeLessThanOrEqual(clean.length / CLEAN_LINES_FOR_A_MARK)
  })
})

describe('recorded answers of boxes', () => {
  it('stay as they are: no figure of /proc is a card, no unit an address', () => {
    const files = globSync('{probes,answers}/**/*.txt', { cwd: FIXTURES })
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      const answer = readFileSync(path.join(FIXTURES, file), 'utf8')
      expect(redact(answer)).toBe(answer)
    }
  })
})

/** Figures are for whoever reads the output of the tests; what is behind them too, if asked. */
function say(figure: string, lines: readonly string[]): void {
  process.stdout.write(`${figure}\n`)
  if (process.env['HALLIGAN_SHOW_CORPUS']) for (const line of lines) process.stdout.write(`    ${line}\n`)
}
