import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { closest } from '../base/closest.ts'
import { findConfiguration, noConfiguration } from './configuration-file.ts'
import { NOTIFIABLE, TOLD_BY_DEFAULT } from './notifiable.ts'
import { PRICES, type Price } from './price.ts'
import { isAddress, type Receiver } from './receiver.ts'

// The wording of mistakes: zod/mini brings none of its own.
z.config(z.locales.en())

/** A file of our own needs a handful; more is a resource bomb. */
const ALIASES_EXPANDED = 20

const boxList = z.array(z.string())
const group = z.union([
  z.pipe(
    boxList,
    z.transform((boxes) => ({ boxes })),
  ),
  z.strictObject({
    boxes: boxList,
    /** Look as root through sudo on these boxes. */
    sudo: z.optional(z.boolean()),
    /** `look` marks the next steps that cost more than this. */
    policy: z.optional(z.strictObject({ highestPrice: z.enum(PRICES) })),
  }),
])
const service = z.strictObject({
  boxes: z.optional(boxList),
  units: z.optional(z.array(z.string())),
  processes: z.optional(z.array(z.string())),
  logs: z.optional(z.array(z.string())),
  repository: z.optional(z.string()),
  /** The folder on its boxes that its code is deployed to. */
  path: z.optional(z.string()),
  health: z.optional(z.string()),
})
/** What a mark calls a secret of one's own. */
const KIND = /^[a-z][a-z0-9-]{0,30}$/
/** A line of a file. Characters. */
const PATTERN_LENGTH = 1000
const redactPattern = z.strictObject({
  kind: z.string().check(z.regex(KIND, { message: 'it takes small letters, digits and hyphens, 31 at most' })),
  pattern: z.string().check(z.minLength(1), z.maxLength(PATTERN_LENGTH)),
})
// No value is named in a mistake: such an address is a secret.
const address = z
  .string()
  .check(z.refine(isAddress, { message: 'it takes an http or https address, or $NAME of a variable that holds one' }))
const receiver = z
  .strictObject({
    /** JSON by POST. */
    webhook: z.optional(address),
    /** `{text}` by POST, as the incoming webhooks of Slack take it; Mattermost, Rocket.Chat and others take it too. */
    slack: z.optional(address),
    /** A program and its arguments; JSON on its standard input, no shell. */
    command: z.optional(z.array(z.string()).check(z.minLength(1))),
    on: z.optional(z.array(z.enum(NOTIFIABLE)).check(z.minLength(1))),
  })
  .check(
    z.refine(
      ({ webhook, slack, command }) => [webhook, slack, command].filter((way) => way !== undefined).length === 1,
      {
        message: 'it takes one of webhook, slack and command',
      },
    ),
  )
const shape = z.strictObject({
  groups: z.optional(z.record(z.string(), group)),
  services: z.optional(z.record(z.string(), service)),
  /** Who is told of what happens in an incident. */
  notify: z.optional(z.array(receiver)),
  redact: z.optional(z.array(redactPattern)),
})

export interface Group {
  readonly boxes: readonly string[]
  readonly sudo?: boolean | undefined
  readonly policy?: { readonly highestPrice: Price } | undefined
}

/** What else is a secret here. */
export interface RedactPattern {
  readonly kind: string
  /** Not compiled yet: the engine for it is loaded where something is redacted. */
  readonly pattern: string
  /** Where it stands, for a message: `halligan.yaml:7: "redact.0.pattern"`. */
  readonly place: string
}

export interface Configuration {
  /** Where it was read from; undefined when there is none (which is fine). */
  readonly file: string | undefined
  readonly groups: Readonly<Record<string, Group>>
  readonly services: Readonly<Record<string, z.infer<typeof service>>>
  readonly notify: readonly Receiver[]
  readonly redact: readonly RedactPattern[]
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  /** One sentence for each mistake, with file, line and key. */
  | { readonly ok: false; readonly file: string; readonly mistakes: readonly string[] }

/** Reads the `halligan.yaml` that applies to a folder; without one, an empty configuration. */
export function loadConfiguration(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigurationResult {
  const file = findConfiguration(folder, environment)
  if (!file) return { ok: true, configuration: noConfiguration }
  try {
    const text = trustedText(file)
    return typeof text === 'string' ? parseConfiguration(text, file) : { ok: false, file, mistakes: [text.mistake] }
  } catch (error) {
    return {
      ok: false,
      file,
      mistakes: [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
}

/** Some hundred groups are some ten kilobytes. Bytes. */
const FILE_LIMIT = 1024 * 1024

/**
 * The text of a file that nobody else decides about: one that somebody put above our folder (in /tmp, say), or that everybody may
 * write to, must not decide which machines we log in to. Looked at and read through one descriptor, so that it is the same file.
 */
function trustedText(file: string): string | { readonly mistake: string } {
  const link = lstatSync(file)
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const status = fstatSync(descriptor)
    const stranger = [link, status].map(({ uid }) => uid).find((uid) => !isTrusted(uid))
    if (stranger !== undefined)
      return {
        mistake: `${file} belongs to another user (uid ${stranger}) and is not used; move it away or make it yours.`,
      }
    if (!status.isFile()) return { mistake: `${file} cannot be read: it is not a regular file.` }
    if ((status.mode & 0o002) !== 0)
      return {
        mistake: `${file} can be changed by every user and is not used; \`chmod o-w\` it if it is as you want it.`,
      }
    if (status.size > FILE_LIMIT) return { mistake: `${file} is larger than 1 MiB and is not read.` }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function isTrusted(uid: number): boolean {
  const self = process.getuid?.()
  return self === undefined || uid === self || uid === 0
}

/** Parses the text of a configuration. Total: any text gives a configuration or mistakes with line and key. */
export function parseConfiguration(text: string, file: string): ConfigurationResult {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const lineOf = (offset: number): number => lines.linePos(offset).line
  if (document.errors.length > 0) {
    return {
      ok: false,
      file,
      mistakes: document.errors.map((error) => `${file}:${lineOf(error.pos[0])}: ${error.message}`),
    }
  }
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: ALIASES_EXPANDED }) ?? {}
  } catch (error) {
    return { ok: false, file, mistakes: [`${file}: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const parsed = shape.safeParse(data)
  if (!parsed.success) {
    return {
      ok: false,
      file,
      mistakes: parsed.error.issues.map((issue) => mistake(issue, file, (keys) => lineOfKey(document, keys, lineOf))),
    }
  }
  const { groups = {}, services = {}, notify = [], redact = [] } = parsed.data
  const placed = redact.map((each, index) => ({
    ...each,
    place: `${file}:${lineOfKey(document, ['redact', index, 'pattern'], lineOf)}: "redact.${index}.pattern"`,
  }))
  const configuration = { file, groups, services, notify: notify.map(receiverOf), redact: placed }
  const unknownGroups = memberReferences(configuration).filter(({ name }) => !Object.hasOwn(configuration.groups, name))
  if (unknownGroups.length > 0) {
    return {
      ok: false,
      file,
      mistakes: unknownGroups.map(
        ({ where, name }) => `${file}: ${where} names the group @${name}, which is not defined.`,
      ),
    }
  }
  return { ok: true, configuration }
}

/** All keys that the file has a meaning for, wherever they stand. */
const KEYS =
  'groups services notify redact boxes sudo policy highestPrice units processes logs repository path health kind pattern webhook slack command on'.split(
    ' ',
  )

type Issue = z.core.$ZodIssue

function mistake(issue: Issue, file: string, line: (keys: readonly PropertyKey[]) => number): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${[...issue.path, key].join('.')}"`).join(', ')
    const meant = issue.keys.map((key) => closest(key, KEYS)).find((each) => each !== undefined)
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`
    return `${file}:${line([...issue.path, issue.keys[0] ?? ''])}: unknown key ${keys}.${hint}`
  }
  // A union says only "invalid input"; what the longer form misses is what helps.
  const inner = issue.code === 'invalid_union' ? closestBranch(issue.errors) : undefined
  if (inner) return mistake({ ...inner, path: [...issue.path, ...inner.path] }, file, line)
  return `${file}:${line(issue.path)}: "${issue.path.join('.')}": ${issue.message}.`
}

/** Of the forms that a value may have, the one that it resembles: whose complaint is about a part, not about the whole. */
function closestBranch(branches: readonly (readonly Issue[])[]): Issue | undefined {
  const closest = branches.find((issues) => issues.some(({ path }) => path.length > 0)) ?? branches.at(-1)
  return closest?.find(({ code }) => code === 'unrecognized_keys') ?? closest?.[0]
}

function lineOfKey(
  document: ReturnType<typeof parseDocument>,
  keys: readonly PropertyKey[],
  lineOf: (offset: number) => number,
): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const node: unknown = document.getIn(keys.slice(0, depth), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    if (Array.isArray(range) && typeof range[0] === 'number') return lineOf(range[0])
  }
  return 1
}

function receiverOf({ webhook, slack, command = [], on: told }: z.infer<typeof receiver>): Receiver {
  const on = told ?? TOLD_BY_DEFAULT
  if (webhook !== undefined) return { kind: 'webhook', address: webhook, on }
  return slack === undefined ? { kind: 'command', argv: command, on } : { kind: 'slack', address: slack, on }
}

function memberReferences({
  groups,
  services,
}: Pick<Configuration, 'groups' | 'services'>): readonly { readonly where: string; readonly name: string }[] {
  const lists = [
    ...Object.entries(groups).map(([name, { boxes }]) => ({ where: `groups.${name}`, boxes })),
    ...Object.entries(services).map(([name, { boxes }]) => ({ where: `services.${name}.boxes`, boxes: boxes ?? [] })),
  ]
  return lists.flatMap(({ where, boxes }) =>
    boxes.filter((box) => box.startsWith('@')).map((box) => ({ where, name: box.slice(1) })),
  )
}
