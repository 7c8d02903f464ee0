import { garbled, seen, type Reading } from '../../reading.ts'
import type { Frame } from '../frame.ts'
import type { Profile, WeightedStack } from '../profile.ts'

/**
 * A profile as collapsed stacks, one a line, the outermost frame first, then its weight:
 *
 *     main (/srv/orders/cart.js:3);total (/srv/orders/cart.js:12) 42
 *
 * Source: stackcollapse.pl and flamegraph.pl of github.com/brendangregg/FlameGraph. What would break a line or a frame (a semicolon, a control
 * character) is written as `%3b`; the percent sign itself as `%25`. Threads are merged.
 */
export function collapsedOf({ stacks }: Pick<Profile, 'stacks'>): string {
  const weights = new Map<string, number>()
  for (const { frames, weight } of stacks) {
    const line = frames.length === 0 ? '??' : frames.toReversed().map(written).join(';')
    weights.set(line, (weights.get(line) ?? 0) + weight)
  }
  return [...weights].map(([line, weight]) => `${line} ${Math.max(1, Math.round(weight))}\n`).join('')
}

function written({ function: called, file, line, module }: Frame): string {
  const place = file ?? module
  const at = file === undefined || line === undefined ? '' : `:${line}`
  return escaped(place === undefined ? called : `${called} (${place}${at})`)
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[;%\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => encodeURIComponent(character).toLowerCase())
}

/** Lines that are none are passed over; a file without a single one is garbled. A place in parentheses behind a name is read as such. */
export function readCollapsed(text: string): Reading<Pick<Profile, 'stacks' | 'idle'>> {
  const stacks = text.split('\n').flatMap((line): WeightedStack[] => {
    const [, stack = '', number = ''] = /^(.+) (\d{1,15}(?:\.\d{1,9})?)\r?$/.exec(line) ?? []
    const weight = Number(number)
    if (stack === '' || !(weight > 0)) return []
    return [{ frames: stack.split(';').toReversed().map(frameOf), weight }]
  })
  return stacks.length > 0 ? seen({ stacks, idle: 0 }) : garbled('no line of it is "outer;inner 42"', text)
}

/** A place has a slash, a colon or a dot in it: `operator()`, `f(int)` and `(anonymous)` are names. */
function frameOf(text: string): Frame {
  const plain = unescaped(text)
  const [, called, place = '', line] = /^(.+) \(([^()]*[/:.[][^()]*?)(?::(\d{1,9}))?\)$/s.exec(plain) ?? []
  if (called === undefined) return { function: plain === '' ? '??' : plain }
  return { function: called, file: place, ...(line === undefined || Number(line) === 0 ? {} : { line: Number(line) }) }
}

/** What is no escape of ours stands for itself. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}
