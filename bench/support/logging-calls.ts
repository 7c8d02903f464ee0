import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import type { Severity } from '../../src/evidence/logs/format.ts'

/** A call that writes to a log, and what it would write. */
export interface LoggingCall {
  readonly file: string
  readonly line: number
  readonly lastLine: number
  readonly severity: Severity | undefined
  /** Four of them, with random values. */
  readonly messages: readonly string[]
}

const RENDERED = 4
/** Of one file: larger ones are made. Bytes. */
const FILE_BYTES = 2_000_000
const WORDS =
  'acme orders 10.0.0.7 4711 timeout /srv/data alpha TRUE 0x7f None checkout eu-west-1 3.14 utf-8 queue'.split(' ')
const SEVERITIES: Readonly<Record<string, Severity>> = {
  debug: 'debug', info: 'info', warn: 'warning', warning: 'warning', error: 'error', fatal: 'fatal', die: 'fatal', croak: 'fatal', raise: 'error', verbose: 'debug', trace: 'debug', log: 'info',
} // prettier-ignore

/**
 * All calls of a folder that write to a log, found without the code that is measured: by the parsers of Python and of Rolldown (JavaScript), of others those on one
 * line with one text, by their form. With at least two constant words of three letters.
 */
export function loggingCalls(folder: string, random: () => number): readonly LoggingCall[] {
  return [...pythonCalls(folder, random), ...filesOf(folder).flatMap((file) => callsOf(folder, file, random))]
}

function pythonCalls(folder: string, random: () => number): readonly LoggingCall[] {
  const script = path.join(import.meta.dirname, 'logging-calls.py')
  const { stdout } = spawnSync('python3', [script, String(Math.floor(random() * 1e9)), folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { level, ...call }: LoggingCall & { level: string } = JSON.parse(line)
      return { ...call, severity: SEVERITIES[level] }
    })
}

function filesOf(folder: string): readonly string[] {
  const skipped = /(?:^|\/)(?:node_modules|vendor|dist|\.[^/]+)\//
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !skipped.test(file) && !/\.min\./.test(file))
    .toSorted()
}

function callsOf(folder: string, file: string, random: () => number): readonly LoggingCall[] {
  const form = FORMS[path.extname(file)]
  const isScript = /\.[cm]?[jt]sx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file)
  if (!form && !isScript) return []
  let text = ''
  try {
    text = readFileSync(path.join(folder, file), 'utf8')
  } catch {
    return []
  }
  if (text.length > FILE_BYTES) return []
  return isScript ? scriptCalls(file, text, random) : form ? formCalls(file, text, form, random) : []
}

/** One call on one line with one text: its name, the text, what the text's holes look like. */
interface Form {
  readonly call: RegExp
  readonly holes: RegExp
}

const VERBS = /%[-+#0]*\d*(?:\.\d+)?(?:l|ll|z|h)?[a-zA-Z]/g
const FORMS: Readonly<Record<string, Form>> = {
  ...forEach(['.pl', '.pm'], {
    call: /\b(die|warn|croak|carp|confess|error|info|debug|warning)\b\s*\(?\s*"((?:[^"\\]|\\.)*)"/,
    holes: /\$\w+(?:(?:->)?(?:\{[^}]*\}|\[[^\]]*\]))*|@\w+|%\w/g,
  }),
  ...forEach(['.rb'], {
    call: /\b(warn|raise|error|info|debug|fatal|puts|abort)\b\s*(?:\w[\w:]*\s*,\s*)?\(?\s*"((?:[^"\\]|\\.)*)"/,
    holes: /#\{[^}]*\}/g,
  }),
  ...forEach(['.c', '.cc', '.cpp', '.h'], {
    call: /\b(\w*(?:log|printf|error|warn|fatal|die|debug)\w*)\s*\((?:[\w->.]+,\s*)*\s*"((?:[^"\\]|\\.)*)"\s*[,)]/i,
    holes: VERBS,
  }),
  ...forEach(['.go'], {
    call: /\b(?:log|logger|klog|slog|glog|\w+\.[lL]og(?:ger)?)\.(\w+)\((?:\w+,\s*)?"((?:[^"\\]|\\.)*)"\s*[,)]/,
    holes: VERBS,
  }),
  ...forEach(['.rs'], {
    call: /\b(error|warn|info|debug|trace|println|eprintln|panic)!\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]/,
    holes: /\{[^}]*\}/g,
  }),
  ...forEach(['.java', '.kt'], {
    call: /\b(?:log|logger|LOG|LOGGER)\.(\w+)\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]/,
    holes: /\{\}|%[sd]/g,
  }),
  ...forEach(['.php'], {
    call: /->(error|warning|info|debug|notice|critical)\(\s*['"]((?:[^"'\\]|\\.)*)['"]\s*[,)]/,
    holes: /\{\w+\}|%[sd]|\$\w+/g,
  }),
}

function forEach(extensions: readonly string[], form: Form): Readonly<Record<string, Form>> {
  return Object.fromEntries(extensions.map((extension) => [extension, form]))
}

function formCalls(file: string, text: string, { call, holes }: Form, random: () => number): readonly LoggingCall[] {
  let isManual = false
  return text.split('\n').flatMap((line, index) => {
    // What is within a comment or a manual is not run.
    if (/^=\w/.test(line)) isManual = !line.startsWith('=cut')
    else if (/^\s*\/\*(?!.*\*\/)/.test(line)) isManual = true
    else if (isManual && line.includes('*/')) isManual = false
    const found =
      isManual || /^\s*(?:#|\/\/|\*)/.test(line) ? undefined : (call.exec(line.slice(0, 2_000)) ?? undefined)
    const [all = '', name, inside] = found ?? []
    // A text that goes on in the next line is another one.
    const isWhole =
      found !== undefined &&
      /^\s*(?:[;,)]|if\b|unless\b)|[,)]$/.test(line.slice(found.index + all.length) || all.slice(-1))
    if (!isWhole || name === undefined || inside === undefined || !telling(inside.replaceAll(holes, ' '))) return []
    const level = Object.keys(SEVERITIES).find((each) => name.toLowerCase().startsWith(each))
    const messages = times(() => unescaped(inside.replaceAll(holes, () => value(random))))
    return [{ file, line: index + 1, lastLine: index + 1, severity: level ? SEVERITIES[level] : undefined, messages }]
  })
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' || letter === 't' ? ' ' : letter)).trim()
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

function scriptCalls(file: string, text: string, random: () => number): readonly LoggingCall[] {
  const calls: LoggingCall[] = []
  let program: unknown
  try {
    program = parseAst(text, { lang: /\.[cm]?ts$/.test(file) ? 'ts' : file.endsWith('x') ? 'tsx' : 'js' })
  } catch {
    return []
  }
  const starts = [0]
  for (const line of text.split('\n')) starts.push((starts.at(-1) ?? 0) + line.length + 1)
  const lineAt = (offset: number): number => starts.findLastIndex((start) => start <= offset) + 1
  walk(program, (node) => {
    if (node.type !== 'CallExpression') return
    const name = text.slice((node['callee'] as Node).start, (node['callee'] as Node).end)
    const level =
      /^(?:[\w.]*\.)?(?:console|log|logger|winston|pino)\.(log|debug|info|warn|error|fatal|trace|verbose)$/i.exec(
        name,
      )?.[1]
    if (level === undefined) return
    const parts = (node['arguments'] as readonly Node[]).filter(
      (each, at) => isText(each) || (at > 0 && /console/.test(name)),
    )
    if (!telling(parts.map(constantOf).join(' '))) return
    const messages = times(() => parts.map((part) => rendered(part, random)).join(' '))
    calls.push({
      file,
      line: lineAt(node.start),
      lastLine: lineAt(node.end),
      severity: SEVERITIES[level.toLowerCase()],
      messages,
    })
  })
  return calls
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit)
  else if (node !== null && typeof node === 'object') {
    if ('type' in node && 'start' in node) visit(node as Node)
    for (const each of Object.values(node)) if (each !== null && typeof each === 'object') walk(each, visit)
  }
}

function isText(node: Node): boolean {
  if (node.type === 'TemplateLiteral') return true
  if (node.type === 'BinaryExpression')
    return node['operator'] === '+' && (isText(node['left'] as Node) || isText(node['right'] as Node))
  return node.type === 'Literal' && typeof node['value'] === 'string'
}

function constantOf(node: Node): string {
  return rendered(node, () => Number.NaN)
}

/** What an expression writes; NaN in place of chance leaves values out. */
function rendered(node: Node, random: () => number): string {
  if (node.type === 'Literal' && typeof node['value'] === 'string') {
    const text = node['value']
    return Number.isNaN(random()) ? text : text.replaceAll(/%[sdjoOi]/g, () => value(random))
  }
  if (node.type === 'BinaryExpression' && node['operator'] === '+')
    return rendered(node['left'] as Node, random) + rendered(node['right'] as Node, random)
  if (node.type === 'TemplateLiteral') {
    const parts = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
    return parts.map(({ value: { cooked } }, at) => (at === 0 ? cooked : value(random) + cooked)).join('')
  }
  return value(random)
}

function value(random: () => number): string {
  const chance = random()
  if (Number.isNaN(chance)) return ' '
  return chance < 0.5
    ? `${WORDS[Math.floor(random() * WORDS.length)]}${Math.floor(random() * 1000)}`
    : String(Math.floor(random() * 1e6))
}

function times(make: () => string): readonly string[] {
  return Array.from({ length: RENDERED }, make)
}

function telling(text: string): boolean {
  return text.split(/\s+/).filter((word) => word.length > 2).length >= 2
}
