import type { Crash, CrashEnd } from '../../evidence/inspect/crash.ts'
import { signalMeaning, signalName } from '../../evidence/inspect/core/signal-meaning.ts'
import type { Headline } from './doing-now.ts'

/** What a watch came to, as a headline for each moment, the first first. Pure. */
export function crashSays({ captures, end }: Crash): readonly Headline[] {
  const seen = captures.filter(({ why }) => why.by !== 'sampled')
  const all = seen.map(({ why, tid }): Headline => ({
    state: stateOf(why),
    says: `While it was watched ${endWords(why, tid)}.`,
  }))
  // One moment may be told twice, by stacks that were read in two ways.
  const told = all.filter(({ says }, at) => says !== all[at - 1]?.says)
  if (!end || seen.some(({ why }) => why.by === end.by && !('isHandled' in why))) return told
  return [...told, { state: stateOf(end), says: `While it was watched ${endWords(end)}.` }]
}

function stateOf(end: CrashEnd): Headline['state'] {
  if (end.by === 'exec') return 'ok'
  return end.by === 'exit' && end.code === 0 ? 'warning' : 'critical'
}

/** `thread 814 died of SIGSEGV: it touched memory that it may not touch: address 0x0, a null pointer`. */
export function endWords(end: CrashEnd, tid?: number): string {
  const who = tid === undefined ? 'it' : `thread ${tid}`
  if (end.by === 'sampled') return `${who} was here at most ${end.beforeEndMs} ms before its end (sampled)`
  if (end.by === 'unknown') return `${who} ended; how could not be told`
  if (end.by === 'exec') return 'it became another program (exec)'
  if (end.by === 'exception') return `${who} threw what nothing catches: ${end.says}`
  if (end.by === 'exit')
    return `${who} ended the process by itself${end.code === undefined ? '' : `, with exit code ${end.code}`}`
  const { signal, isHandled } = end
  const what = isHandled ? 'got' : 'died of'
  return `${who} ${what} ${signalName(signal.number)}: ${signalMeaning(signal)}${isHandled ? '; it has a handler for it' : ''}`
}
