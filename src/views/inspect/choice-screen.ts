import type { Inspection } from '../../steps/inspect/inspection.ts'
import { cut, shown, type Style } from '../style.ts'

/** Processes that fit what was asked, oldest first, one line each. Ends with a newline. */
export function choiceScreen({ found }: Pick<Inspection, 'found'>, style: Style): string {
  const { candidates, count } = found
  const parents = new Set(candidates.map(({ ppid }) => ppid))
  const lines = candidates.map(({ pid, name, state, threads, commandLine }) => {
    const role = parents.has(pid) ? ' (parent of others here)' : ''
    const many = threads > 1 ? `, ${threads} threads` : ''
    const words = `${name}${role}, ${state}${many}${commandLine === '' ? '' : `  ${commandLine}`}`
    return cut(style, `  ${String(pid).padStart(7)}  ${shown(style, words)}`, style.columns)
  })
  const left = count - candidates.length
  return [...lines, ...(left > 0 ? [`  and ${left} more`] : []), ''].join('\n')
}
