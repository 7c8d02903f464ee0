import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { redactedTexts, type Redact } from '../../incidents/redaction/index.ts'
import type { LogsRead } from './logs-read.ts'

/** Samples of a pattern that anybody sees. */
const SAMPLES_SHOWN = 5
/** Of a sample: the message and the beginning of its trace. Characters. */
const SAMPLE_CHARACTERS = 4_000

/** The first of its records, the last one, and some between them. */
export function withFewSamples(pattern: JudgedPattern): JudgedPattern {
  const { samples } = pattern
  const most = Math.min(samples.length, SAMPLES_SHOWN)
  const kept = Array.from({ length: most }, (_, at) => {
    const sample = samples[Math.round((at * (samples.length - 1)) / Math.max(1, most - 1))]
    return sample && { ...sample, text: sample.text.slice(0, SAMPLE_CHARACTERS) }
  })
  return { ...pattern, samples: kept.filter((sample) => sample !== undefined) }
}

/** Nobody reads more, and each costs up to a millisecond to be looked through for secrets. */
const PATTERNS_SHOWN = 2_000

/** The first so many, which tell most, and a sentence of those that are left out. */
export function firstPatterns(
  ranked: readonly JudgedPattern[],
  most: number = PATTERNS_SHOWN,
): { readonly patterns: readonly JudgedPattern[]; readonly notices: readonly string[] } {
  const left = ranked.slice(most)
  if (left.length === 0) return { patterns: ranked, notices: [] }
  const records = left.reduce((sum, { before, after }) => sum + before.count + after.count, 0)
  const changed = left.filter(({ verdict }) => verdict !== 'steady').length
  return {
    patterns: ranked.slice(0, most),
    notices: [
      `of ${ranked.length} patterns the first ${most} are listed; those behind them have ${records} records, and ${changed} of them are not as before. A --grep tells fewer apart`,
    ],
  }
}

/**
 * Values that changed, without secrets: what `password` was is one by its name alone, and by itself, or in a sentence of a finding, nobody would know it.
 */
export function withSafeValues(pattern: JudgedPattern, redact: Redact): JudgedPattern {
  if (pattern.changed.length === 0) return pattern
  const changed = pattern.changed.map((each) => {
    const before = `${each.what}=`
    const said = redact(`${before}${each.value}`)
    return { ...each, value: said.startsWith(before) ? said.slice(before.length) : said }
  })
  return { ...pattern, changed }
}

/** What of the logs is shown. */
type Said = Pick<LogsRead, 'patterns' | 'routes' | 'exceptions' | 'findings'>

/** What the logs said, without secrets. */
export function redactedAnswer(answer: Said, redact: Redact): Said {
  return {
    patterns: answer.patterns.map((pattern) => redactedPattern(pattern, redact)),
    // Routes have their ids folded and their queries taken away; what is left may still be a secret in a path.
    routes: answer.routes && redactedTexts(answer.routes, redact),
    exceptions: redactedTexts(answer.exceptions, redact),
    findings: redactedTexts(answer.findings, redact),
  }
}

function redactedPattern(pattern: JudgedPattern, redact: Redact): JudgedPattern {
  const { counts, ...rest } = pattern
  return { ...redactedTexts(rest, redact), counts }
}
