import { lintSource } from '@secretlint/core'
import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import type { Change } from '../change.ts'
import { markOf, MARKS } from './mark.ts'

/** secretlint's recommended rules, but the one that lets a text say which secrets of it are not to be looked at. */
const CONFIG = {
  rules: rules.filter(({ meta }) => !meta.id.endsWith('filter-comments')).map((rule) => ({ id: rule.meta.id, rule })),
}

/**
 * So much is looked through at once, cut at the end of a line where there is one: bounds what the rules of others may take of time.
 * Characters.
 */
const PIECE = 256 * 1024

/** What secretlint finds in a text that our own rules have been over. What touches a mark was found by these. */
export async function secondPass(key: Uint8Array, text: string): Promise<readonly Change[]> {
  const changes: Change[] = []
  for (let from = 0; from < text.length;) {
    const end = pieceEnd(text, from)
    for (const change of await secretsIn(key, text.slice(from, end)))
      changes.push({ ...change, start: from + change.start, end: from + change.end })
    from = end
  }
  return changes
}

function pieceEnd(text: string, from: number): number {
  if (text.length - from <= PIECE) return text.length
  const lineEnd = text.lastIndexOf('\n', from + PIECE - 1)
  return lineEnd > from ? lineEnd + 1 : from + PIECE
}

async function secretsIn(key: Uint8Array, piece: string): Promise<readonly Change[]> {
  const { messages } = await lintSource({
    source: { content: piece, filePath: '/record.txt', ext: '.txt', contentType: 'text' },
    options: { config: CONFIG, noPhysicFilePath: true },
  })
  const changes: Change[] = []
  for (const { range, ruleId } of messages.toSorted((a, b) => a.range[0] - b.range[0])) {
    const [start, end] = range
    const secret = piece.slice(start, end)
    if (start < (changes.at(-1)?.end ?? 0) || secret === '' || secret.search(MARKS) >= 0) continue
    changes.push({ start, end, mark: markOf(key, kindOf(ruleId), secret) })
  }
  return changes
}

/** `@secretlint/secretlint-rule-github` finds what is marked `github`. */
function kindOf(ruleId: string): string {
  return ruleId
    .replace(/^.*secretlint-rule-/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 40)
}
