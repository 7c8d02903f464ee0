import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * Writes a log of varied lines: requests in several forms, JSON, key=value, sentences, stack traces, from programs that we made up. Numbers, addresses and
 * identifiers are random with a fixed seed.
 *
 * @param hostileShare of the lines get a word of random letters: what a signature table has to survive
 */
export function writeVariedLog(
  file: string,
  bytes: number,
  hostileShare = 0,
): { readonly bytes: number; readonly lines: number } {
  const random = randomFrom(20_260_102)
  const out = openSync(file, 'w')
  let written = 0
  let lines = 0
  let second = 0
  while (written < bytes) {
    const block: string[] = []
    for (let line = 0; line < LINES_OF_A_BLOCK; line++) {
      const time = new Date(BEGIN_MS + second + line).toISOString()
      const form = FORMS[skewed(random)] ?? sentence
      const odd = hostileShare > 0 && random() < hostileShare ? ` ${word(random)}` : ''
      block.push(`${time} ${form(random)}${odd}`)
    }
    second += 5_000
    const text = `${block.join('\n')}\n`
    lines += text.split('\n').length - 1
    written += writeSync(out, text)
  }
  closeSync(out)
  return { bytes: written, lines }
}

type Random = () => number

const BEGIN_MS = Date.UTC(2026, 0, 2)
const LINES_OF_A_BLOCK = 2_000

const NOUNS = ['order', 'invoice', 'customer', 'session', 'basket', 'payment', 'parcel', 'label', 'picture', 'price']
const VERBS = ['created', 'loaded', 'updated', 'sent', 'rejected', 'queued', 'signed', 'expired', 'merged', 'counted']
const PARTS = ['api', 'worker', 'mailer', 'search', 'cache', 'gateway', 'billing', 'stock', 'auth', 'export']

/** 560 statements that a program of middling size may have. */
const FORMS: readonly ((random: Random) => string)[] = [
  ...PARTS.flatMap((part) =>
    NOUNS.map(
      (noun) => (r: Random) =>
        `INFO  [${part}-${n(r, 16)}] ${noun} ${id(r)} was handled in ${n(r, 900)} ms by node 10.${n(r, 255)}.${n(r, 255)}.${n(r, 255)}:${n(r, 65_000)}, nothing else to do for this ${noun}`,
    ),
  ),
  ...PARTS.flatMap((part) =>
    VERBS.map(
      (verb) => (r: Random) =>
        `{"level":"info","service":"${part}","msg":"item ${verb}","id":${n(r, 1e9)},"took_ms":${n(r, 500)},"request":"${id(r)}","logger":"shop.${part}.items","thread":"main"}`,
    ),
  ),
  ...PARTS.flatMap((part) =>
    NOUNS.map(
      (noun) => (r: Random) =>
        `level=info component=${part} event=${noun}_seen id=${n(r, 1e7)} size=${n(r, 1e6)} cached=${r() < 0.5}`,
    ),
  ),
  ...NOUNS.map(
    (noun) => (r: Random) =>
      `10.${n(r, 255)}.${n(r, 255)}.${n(r, 255)} - - "GET /${noun}s/${n(r, 1e6)}/history?page=${n(r, 40)} HTTP/1.1" ${r() < 0.97 ? 200 : 502} ${n(r, 90_000)} "https://shop.example/${noun}s" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36" 0.${n(r, 999)}`,
  ),
  ...PARTS.flatMap((part) =>
    VERBS.map(
      (verb) => (r: Random) =>
        `WARN  [${part}] retry ${n(r, 5)} of 5: connection to ${part}-db-${n(r, 9)}.internal:5432 was not ${verb} within ${n(r, 3_000)} ms`,
    ),
  ),
  ...PARTS.flatMap((part) =>
    VERBS.map(
      (verb) => (r: Random) =>
        `ERROR [${part}] request ${id(r)} failed\njava.lang.IllegalStateException: pool ${n(r, 9)} was not ${verb}\n\tat shop.${part}.Pool.take(Pool.java:${n(r, 400)})\n\tat shop.${part}.Main.run(Main.java:${n(r, 90)})`,
    ),
  ),
  ...PARTS.flatMap((part) =>
    VERBS.slice(5).map(
      (verb) => (r: Random) =>
        `DEBUG [${part}] heap ${n(r, 4_000)} MB of 4096 MB, ${n(r, 300)} tasks ${verb}, lag ${n(r, 90)} s`,
    ),
  ),
]

function sentence(random: Random): string {
  return `INFO  nothing to do for ${n(random, 60)} s`
}

/** Few statements write most of the lines. */
function skewed(random: Random): number {
  return Math.floor(FORMS.length * random() ** 4)
}

function n(random: Random, below: number): number {
  return Math.floor(random() * below)
}

function id(random: Random): string {
  return `${n(random, 2 ** 32)
    .toString(16)
    .padStart(8, '0')}-${n(random, 2 ** 16).toString(16)}-4f00`
}

function word(random: Random): string {
  return Array.from({ length: 8 }, () => String.fromCharCode(97 + n(random, 26))).join('')
}

/** Mulberry32 by Tommy Ettinger, public domain. */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
