import { CAPABILITIES, RUNTIMES, type Capability, type Cell, type Shown } from './shows.ts'

const BEGIN = '<!-- Made of the live tests by `npm run inspect-matrix`. -->'
const END = '<!-- So far. -->'

/** One row a runtime, one column a capability. What no test shows is blind. */
export function matrixTable(cells: readonly Cell[]): string {
  const rows = RUNTIMES.map((runtime) => [
    runtime,
    ...CAPABILITIES.map((capability) => words(runtime, capability, cells)),
  ])
  const head = ['runtime', ...CAPABILITIES]
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function words(runtime: Shown, capability: Capability, all: readonly Cell[]): string {
  const cells = all.filter((cell) => cell.runtime === runtime && cell.capability === capability)
  const live = new Set(cells.flatMap(({ version, refused }) => (refused === undefined ? [version] : [])))
  const versions = [...live].filter((version) => version !== '').toSorted(inOrder)
  if (live.size > 0) return versions.length === 0 ? 'live-tested' : versions.join(', ')
  const refused = cells.find((cell) => cell.refused !== undefined)?.refused
  return refused === undefined ? 'blind' : `refused: ${refused}`
}

/** `3.9` before `3.10`. */
function inOrder(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** The document with its table put in; undefined where it has no place for it. */
export function withMatrix(document: string, table: string): string | undefined {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END, begin)
  if (begin < 0 || end < 0) return undefined
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`
}
