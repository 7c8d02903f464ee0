import { bytes } from '../../base/format.ts'
import type { CoreFile, CoreModule } from '../../evidence/inspect/core/core-file.ts'
import { signalMeaning, signalName } from '../../evidence/inspect/core/signal-meaning.ts'
import type { Headline } from './doing-now.ts'

/** What a core says by itself, what matters most first: what the process died of, whether all of it is there, whether its files still are what they were. Pure. */
export function coreSays(core: CoreFile): readonly Headline[] {
  return [endedWords(core), ...cutWords(core), ...changedWords(core)]
}

function endedWords({ signal, process, threads: [first] }: CoreFile): Headline {
  if (!signal) return { state: 'ok', says: 'It was alive when this core was taken of it: no signal is in it.' }
  // In a process of one thread there is no other one to tell it from.
  const who = first && first.tid !== process?.pid ? `Thread ${first.tid}` : 'It'
  const place = first?.place === undefined ? '' : `, at ${first.place}`
  return {
    state: 'critical',
    says: `${who} died of ${signalName(signal.number)}${place}: ${signalMeaning(signal)}.`,
  }
}

function cutWords({ missingBytes }: CoreFile): readonly Headline[] {
  if (missingBytes === 0) return []
  return [
    {
      state: 'warning',
      says: `${bytes(missingBytes)} of the core are missing: it was cut by a limit (ulimit -c), a full disk, or is still being written. Stacks may end early.`,
    },
  ]
}

const NAMED = 3

function changedWords({ files, program }: CoreFile): readonly Headline[] {
  const others = files.filter(({ now }) => now === 'other')
  const own = others.find(({ path }) => path === program)
  const libraries = others.filter(({ path }) => path !== program)
  return [
    ...(own ? [{ state: 'critical' as const, says: `${own.path} is another build now: ${buildWords(own)}.` }] : []),
    ...(libraries.length > 0
      ? [
          {
            state: 'warning' as const,
            says: `Libraries are not those that it ran with: ${libraries
              .slice(0, NAMED)
              .map(({ path }) => path)
              .join(', ')}${libraries.length > NAMED ? ` and ${libraries.length - NAMED} more` : ''}.`,
          },
        ]
      : []),
  ]
}

function buildWords({ buildId = '?', buildIdNow }: CoreModule): string {
  return `the core was made by ${buildId.slice(0, 12)}, the file has ${buildIdNow === undefined ? 'no build-id' : buildIdNow.slice(0, 12)}; names and lines of its stacks would be wrong`
}
