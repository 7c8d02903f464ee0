import { count } from '../../base/format.ts'
import { parseDestination } from '../../boxes/destination.ts'
import type { Finding, Measured, NextStep } from '../finding.ts'
import { quoted } from '../next.ts'
import { rank, type RankedDraft } from '../rank.ts'
import { alarmOf } from './judgement/alarm.ts'
import type { ExceptionGroup } from './exceptions/exceptions.ts'
import type { StackFrame } from './exceptions/stack-frames.ts'
import type { ChangedValue, JudgedPattern } from './verdict.ts'
import type { WorstRoute } from './routes/worst-routes.ts'

/** What the logs came to. */
export interface LogsJudged {
  /** Console clock. */
  readonly onsetMs: number
  readonly patterns: readonly JudgedPattern[]
  readonly exceptions?: readonly ExceptionGroup[]
  /** Where these are known, access logs speak through them. */
  readonly routes?: readonly WorstRoute[]
}

/**
 * Findings from logs, in the form and on the scale of those of a look, so that a log's verdict stands beside the box's: errors that are new or come more
 * often, warnings that are new, what has gone silent, routes that changed for the worse. What changed without being trouble is no finding. At most
 * `FINDINGS`, most burning first.
 */
export function logFindings({ onsetMs, patterns, exceptions = [], routes = [] }: LogsJudged): readonly Finding[] {
  const served = routes.length > 0
  const drafts = patterns.flatMap((pattern): readonly RankedDraft[] => {
    if (served && pattern.samples[0]?.event.access !== undefined) return []
    const check = checkOf(pattern)
    return check === undefined
      ? []
      : [
          patternDraft(
            check,
            pattern,
            exceptions.find((group) => group.patterns.includes(pattern)),
            onsetMs,
          ),
        ]
  })
  return rank([...drafts, ...routes.map((route) => routeDraft(route, onsetMs))]).slice(0, FINDINGS)
}

/** What follows is in the list of patterns. */
const FINDINGS = 12

type PatternCheck = 'log-new-error' | 'log-new-warning' | 'log-error-spike' | 'log-gone-silent'

/** `alarm.ts`: an error by its level, or by words that hardly ever stand in a log of good times. */
const ERROR = 0.5
/** A warning, or words that may be normal in small numbers. */
const WARNING = 0.2
/** Errors of a kind; one or two may be the luck of a moment. */
const CRITICAL_RECORDS = 3
/** Times as often as before. */
const CRITICAL_RATIO = 5

function checkOf(pattern: JudgedPattern): PatternCheck | undefined {
  if (pattern.ofBoot) return undefined
  const alarm = alarmOf(pattern)
  if (pattern.verdict === 'new')
    return alarm >= ERROR ? 'log-new-error' : alarm >= WARNING ? 'log-new-warning' : undefined
  if (pattern.verdict === 'spiking') return alarm >= ERROR ? 'log-error-spike' : undefined
  // An error that is gone is good news.
  return pattern.verdict === 'silent' && alarm < WARNING ? 'log-gone-silent' : undefined
}

function patternDraft(
  check: PatternCheck,
  pattern: JudgedPattern,
  exception: ExceptionGroup | undefined,
  onsetMs: number,
): RankedDraft {
  const { before, after, score, template, firstAtMs, lastAtMs } = pattern
  const many = after.count >= CRITICAL_RECORDS || pattern.severity === 'fatal'
  const critical =
    check === 'log-new-error'
      ? many
      : check === 'log-error-spike' && many && after.perHour >= CRITICAL_RATIO * before.perHour
  const sinceMs = {
    'log-new-error': firstAtMs,
    'log-new-warning': firstAtMs,
    'log-error-spike': onsetMs,
    'log-gone-silent': lastAtMs,
  }[check]
  return {
    check,
    resource: 'log',
    state: critical ? 'critical' : 'warning',
    severity: severityOf(score),
    title: TITLES[check](pattern),
    why: whyOf(check, pattern, exception),
    subject: { kind: 'pattern', name: shortened(template, NAME_CHARACTERS) },
    measured: measuredOf(pattern),
    next: nextOf(check, pattern),
    ...(Number.isFinite(sinceMs) ? { sinceMs } : {}),
  }
}

/** A score has no upper end: half of the way at this one. */
const HALF_SCORE = 20

function severityOf(score: number): number {
  return score > 0 ? score / (score + HALF_SCORE) : 0
}

const TITLES: Readonly<Record<PatternCheck, (pattern: JudgedPattern) => string>> = {
  'log-new-error': (pattern) => `New error in ${placesOf(pattern)}: ${told(pattern)}, ${times(pattern.after.count)}`,
  'log-new-warning': (pattern) => `New in ${placesOf(pattern)}: ${told(pattern)}, ${times(pattern.after.count)}`,
  'log-error-spike': (pattern) =>
    `Error in ${placesOf(pattern)} comes more often: ${told(pattern)}, ${rate(pattern.after.perHour)} an hour, ${rate(pattern.before.perHour)} before`,
  'log-gone-silent': (pattern) =>
    `Gone from ${placesOf(pattern)}: ${told(pattern)}, ${pattern.after.count === 0 ? 'none' : rate(pattern.after.perHour)} an hour, ${rate(pattern.before.perHour)} before`,
}

function whyOf(check: PatternCheck, pattern: JudgedPattern, exception: ExceptionGroup | undefined): string {
  const { before, changed, statement } = pattern
  return [
    check === 'log-gone-silent'
      ? 'What a program writes as long as it works, it no longer writes: it is stuck, stopped, or is asked no more.'
      : check === 'log-error-spike'
        ? `It was there before the onset, ${times(before.count)}, and is more frequent than chance and the rest of the log explain.`
        : 'No record before the onset says so.',
    exception ? exceptionWords(exception) : '',
    changed.length > 0 ? `${changed.slice(0, CHANGES_TOLD).map(changeWords).join('; ')}.` : '',
    statement ? `Written by ${statement.place}.` : '',
  ]
    .filter((words) => words !== '')
    .join(' ')
}

const CHANGES_TOLD = 3

function changeWords({ what, value, before, after }: ChangedValue): string {
  const part = (share: number): string => `${Math.round(share * 100)} %`
  return `${what} is ${shortened(value, VALUE_CHARACTERS)} in ${part(after)} of them, ${before === 0 ? 'never before' : `in ${part(before)} before`}`
}

function exceptionWords({ type, message, frame, root }: ExceptionGroup): string {
  const outer = `${type}${message === '' ? '' : `: ${shortened(message, MESSAGE_CHARACTERS)}`}${frameWords(frame)}`
  return `${outer}${root ? `; its cause is ${root.type}${root.message === '' ? '' : `: ${shortened(root.message, MESSAGE_CHARACTERS)}`}${frameWords(root.frame)}` : ''}.`
}

function frameWords(frame: StackFrame | undefined): string {
  if (!frame) return ''
  const name = [frame.module, frame.function].filter((part) => part !== undefined).join('.')
  const place = frame.file === undefined ? '' : `${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`
  return ` at ${place === '' ? name : name === '' ? place : `${place} (${name})`}`
}

function measuredOf({ before, after, sources }: JudgedPattern): readonly Measured[] {
  const source = sources[0]?.source ?? ''
  return [
    { what: 'records since the onset', value: after.count, unit: 'count', source },
    { what: 'records before it', value: before.count, unit: 'count', source },
  ]
}

/** A step is offered on the box that has most of them. */
function nextOf(check: PatternCheck, pattern: JudgedPattern): readonly NextStep[] {
  const [main] = pattern.sources
  if (!main || !namesBox(main.box)) return []
  const logs = `halligan logs ${quoted(main.box)}`
  const words = searchWords(pattern)
  const atMs = check === 'log-gone-silent' ? pattern.lastAtMs : pattern.firstAtMs
  const around: readonly NextStep[] = Number.isFinite(atMs)
    ? [
        {
          command: `${logs} --around ${new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z')}`,
          why: `see what else was written when it ${check === 'log-gone-silent' ? 'stopped' : 'began'}`,
          price: 'free',
        },
      ]
    : []
  const themselves: readonly NextStep[] =
    words === undefined
      ? []
      : [
          {
            command: `${logs} ${quoted(main.source)} --lines --grep ${quoted(words)}`,
            why: 'see the records themselves',
            price: 'free',
          },
        ]
  return check === 'log-gone-silent' ? [...around, ...themselves] : [...themselves, ...around]
}

function namesBox(box: string): boolean {
  return /^(?:local$|docker:|podman:)/.test(box) || (!box.startsWith('recorded:') && !('kind' in parseDestination(box)))
}

/** The longest constant words of the template that stand so in a record, as a POSIX extended regular expression. */
function searchWords({ template, samples }: JudgedPattern): string | undefined {
  const text = samples.at(-1)?.text ?? ''
  const parts = template
    .split('<*>')
    .map((part) => part.trim())
    .filter((part) => part.length >= SEARCH_LEAST && text.includes(part) && !/[\n\0]/.test(part))
    .toSorted((a, b) => b.length - a.length)
  return parts[0]?.slice(0, SEARCH_CHARACTERS).replaceAll(/[.[\]{}()\\*+?|^$]/g, String.raw`\$&`)
}

/** Shorter words are found everywhere. */
const SEARCH_LEAST = 4
const SEARCH_CHARACTERS = 80
const NAME_CHARACTERS = 300
const TITLE_CHARACTERS = 90
const VALUE_CHARACTERS = 60
const MESSAGE_CHARACTERS = 120

function told({ template }: JudgedPattern): string {
  return `"${shortened(template.replaceAll(/\s+/g, ' '), TITLE_CHARACTERS)}"`
}

/** `app.log on web-1`, `2 logs on 3 boxes`. */
function placesOf({ sources }: JudgedPattern): string {
  const boxes = [...new Set(sources.map(({ box }) => box))]
  const logs = [...new Set(sources.map(({ source }) => source))]
  const on = boxes.length > 2 ? `${boxes.length} boxes` : boxes.join(' and ')
  return `${logs.length === 1 ? (logs[0] ?? '') : count(logs.length, 'log')} on ${on}`
}

function times(value: number): string {
  return value === 1 ? 'once' : `${value} times`
}

function rate(perHour: number): string {
  return perHour >= 10 || perHour === 0 ? String(Math.round(perHour)) : perHour.toPrecision(2)
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

const ROUTE_CHECKS = {
  failing: 'route-failing',
  slower: 'route-slow',
  refused: 'route-refused',
  missing: 'route-missing',
} as const

function routeDraft({ row, kind, name, title, why }: WorstRoute, onsetMs: number): RankedDraft {
  const { before, after } = row
  const box = after.boxes[0]?.box
  // Some failures are always there: what fails for a hundredth of those who ask, or for many, is a fire.
  const failing = after.serverErrors >= CRITICAL_RECORDS && after.serverErrors >= after.requests * CRITICAL_SHARE
  return {
    check: ROUTE_CHECKS[kind],
    resource: 'log',
    state: kind === 'failing' && failing ? 'critical' : 'warning',
    severity: severityOf(row.score / ROUTE_SCORE),
    title,
    why,
    subject: { kind: 'url', name: shortened(name, NAME_CHARACTERS) },
    measured: routeMeasured(kind, after, before),
    next:
      box !== undefined && namesBox(box)
        ? [
            {
              command: `halligan logs ${quoted(box)} --lines --grep ${quoted(routeWords(row.route))}`,
              why: 'see the requests themselves, and what else was logged of them',
              price: 'free',
            },
          ]
        : [],
    sinceMs: before.requests === 0 && Number.isFinite(row.firstAtMs) ? row.firstAtMs : onsetMs,
  }
}

const CRITICAL_SHARE = 0.01
/** A route's score grows with all of its requests, a pattern's is damped: so much of the one is worth one of the other. */
const ROUTE_SCORE = 10

function routeMeasured(
  kind: WorstRoute['kind'],
  after: WorstRoute['row']['after'],
  before: WorstRoute['row']['before'],
): readonly Measured[] {
  const source = 'access log'
  if (kind === 'slower')
    return [
      { what: '95th percentile since the onset', value: after.durations?.p95Ms ?? 0, unit: 'ms', source },
      { what: '95th percentile before it', value: before.durations?.p95Ms ?? 0, unit: 'ms', source },
    ]
  const hits = ({ requests, serverErrors, clientErrors }: WorstRoute['row']['after']): number =>
    kind === 'failing' ? serverErrors : kind === 'refused' ? clientErrors : requests
  const what = kind === 'failing' ? 'answers 5xx' : kind === 'refused' ? 'answers 4xx' : 'requests'
  return [
    { what: `${what} since the onset`, value: hits(after), limit: after.requests, unit: 'count', source },
    { what: `${what} before it`, value: hits(before), limit: before.requests, unit: 'count', source },
  ]
}

/** A route as a POSIX extended regular expression: what is folded stands for one part of the path. */
function routeWords(route: string): string {
  return route
    .split(/(\{[^{}]*\})/)
    .map((part) => (/^\{.*\}$/.test(part) ? '[^/ ]+' : part.replaceAll(/[.[\]{}()\\*+?|^$]/g, String.raw`\$&`)))
    .join('')
}
