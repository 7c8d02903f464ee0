import { spawnSync } from 'node:child_process'
import { redactor, thoroughRedactor, type Rule } from '../src/incidents/redaction/index.ts'
import { patternRule } from '../src/incidents/redaction/patterns.ts'
import { secondPass } from '../src/incidents/redaction/second-pass.ts'
import { cleanLinesOf, samplesOf } from '../test/secrets/corpus.ts'
import type { Benchmark } from './support/benchmark.ts'

/** Of each text. Characters. */
const SIZE = 8_000_000
const RUNS = 9
/** Of the processes that load it anew. */
const STARTS = 7
const KEY = Buffer.alloc(32, 7)

export const benchmark: Benchmark = {
  title: 'redaction: megabytes a second on one core',
  about:
    'Our own rules (what a look is redacted with), these and a pattern of halligan.yaml, secretlint alone, and both (what is written), over logs without secrets, logs with a ' +
    'secret in each hundredth line, and nothing but lines with secrets: those of test/fixtures/secrets. Rates are of CPU time, so that neighbours on the machine count less.',
  run: async () => {
    const redact = redactor({ key: KEY })
    const ways: readonly ((text: string) => unknown)[] = [
      redact,
      redactor({ key: KEY, patterns: [badge()] }),
      (text) => secondPass(KEY, text),
      thoroughRedactor(KEY, redact),
    ]
    const rows: string[] = []
    for (const [what, text] of Object.entries(texts())) {
      const rates: string[] = []
      for (const way of ways) rates.push(await rateOf(way, text))
      rows.push(`| ${what} | ${rates.join(' | ')} |`)
    }
    return [
      '| MB/s: least / median / most | own rules | and a pattern of halligan.yaml | secretlint alone | own rules, then secretlint |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      '',
      startWords(),
    ].join('\n')
  },
}

function badge(): Rule {
  const made = patternRule('badge', String.raw`BADGE-\d{6}`)
  if (!made.ok) throw new Error(made.why)
  return made.rule
}

function texts(): Readonly<Record<string, string>> {
  const clean = [...cleanLinesOf('seen'), ...cleanLinesOf('held-out')]
  const secrets = samplesOf('seen').flatMap((sample) => sample.secrets.map(({ context }) => context))
  const some = clean.map((line, at) => (at % 100 === 0 ? (secrets[(at / 100) % secrets.length] ?? line) : line))
  return {
    'logs without secrets': repeated(clean),
    'logs, a secret in each hundredth line': repeated(some),
    'nothing but lines with secrets': repeated(secrets),
  }
}

/** One flat text, as it comes from a box. */
function repeated(lines: readonly string[]): string {
  const text = `${lines.join('\n')}\n`
  return Buffer.from(text.repeat(Math.ceil(SIZE / text.length))).toString()
}

async function rateOf(way: (text: string) => unknown, text: string): Promise<string> {
  await way(text)
  const rates: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage()
    await way(text)
    const { user, system } = process.cpuUsage(before)
    rates.push(text.length / (user + system))
  }
  const sorted = rates.toSorted((a, b) => a - b)
  return [0, Math.floor(RUNS / 2), RUNS - 1].map((at) => (sorted[at] ?? NaN).toFixed(1)).join(' / ')
}

/** Loading each and its first use, before anything is warm: what a command pays that writes one entry. */
function startWords(): string {
  const [own = NaN, others = NaN] = [
    `const { redactor } = await import(${url('redactor.ts')}); redactor({ key: Buffer.alloc(32) })('x password=hunter2')`,
    `const { secondPass } = await import(${url('second-pass.ts')}); await secondPass(Buffer.alloc(32), 'x')`,
  ].map((what) => Math.min(...Array.from({ length: STARTS }, () => startTime(what))))
  return `Loading and first use, from the sources, CPU ms (least of ${STARTS}): own rules ${own.toFixed(0)}, secretlint ${others.toFixed(0)}.`
}

function url(file: string): string {
  return JSON.stringify(new URL(`../src/incidents/redaction/${file}`, import.meta.url).href)
}

function startTime(what: string): number {
  const program = `const before = process.cpuUsage(); ${what}; const { user, system } = process.cpuUsage(before); process.stdout.write(String((user + system) / 1000))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return Number(stdout)
}
