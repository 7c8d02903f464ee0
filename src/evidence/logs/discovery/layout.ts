import type { ConfiguredLog } from './rows.ts'
import type { LogSource } from '../source.ts'

/** The statement that sends a log to this path, and what of its configuration says how its lines are laid out. */
export interface Configured {
  readonly log: ConfiguredLog
  readonly layout: LogSource['layout']
}

export function configuredFor(path: string, configured: readonly ConfiguredLog[]): Configured | undefined {
  const log = configured.find((each) => isOf(each.path, path))
  return log && { log, layout: layoutFor(log, configured) }
}

/** A path with an asterisk stands for all that begin as it does. */
function isOf(configured: string, path: string): boolean {
  const star = configured.indexOf('*')
  return star > 1 ? path.startsWith(configured.slice(0, star)) : configured !== '' && configured === path
}

function layoutFor(log: ConfiguredLog, all: readonly ConfiguredLog[]): LogSource['layout'] {
  if (log.of === 'nginx') return nginxLayout(log, all)
  if (log.of === 'apache') return apacheLayout(log, all)
  if (log.of === 'envoy') return envoyLayout(log, all)
  return undefined
}

/** `access_log PATH [FORMAT [buffer=…] …]`: without a name it is `combined` (ngx_http_log_module). */
function nginxLayout({ statement }: ConfiguredLog, all: readonly ConfiguredLog[]): LogSource['layout'] {
  const [directive, , third = ''] = words(statement)
  if (directive !== 'access_log') return undefined
  const name = third === '' || third.includes('=') ? 'combined' : third
  const defined = all.find((each) => {
    const [word, defines] = each.of === 'nginx' ? words(each.statement) : []
    return word === 'log_format' && defines === name
  })
  return defined
    ? { of: 'nginx', text: defined.statement }
    : name === 'combined'
      ? { of: 'nginx', text: name }
      : undefined
}

/** `CustomLog PATH FORMAT-OR-NICKNAME`; `LogFormat FORMAT NICKNAME` (mod_log_config). */
function apacheLayout({ statement }: ConfiguredLog, all: readonly ConfiguredLog[]): LogSource['layout'] {
  const [directive = '', , third] = words(statement)
  if (!/^(?:customlog|globallog)$/i.test(directive) || third === undefined) return undefined
  if (third.includes('%')) return { of: 'apache', text: third }
  const defined = all.find((each) => {
    const [word = '', , nickname] = each.of === 'apache' ? words(each.statement) : []
    return /^logformat$/i.test(word) && nickname === third
  })
  return defined && { of: 'apache', text: defined.statement }
}

/** What stands behind the path of a file access log, before the next one. */
function envoyLayout(log: ConfiguredLog, all: readonly ConfiguredLog[]): LogSource['layout'] {
  const rows = all.filter(({ of, file }) => of === 'envoy' && file === log.file)
  for (const { statement } of rows.slice(rows.indexOf(log) + 1)) {
    const [, key, value = ''] = /^["']?(\w+)["']?: *(.*)$/.exec(statement) ?? []
    if (key === 'path') return undefined
    const [text = ''] = words(value)
    if (text !== '' && text !== '|' && text !== '>') return { of: 'envoy', text }
  }
  return undefined
}

/** Words of a configuration: quoted with double or single quotes, within which a backslash takes the next character as it is. */
function words(statement: string): readonly string[] {
  return [...statement.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replaceAll('\\"', '"') ?? single?.replaceAll("\\'", "'") ?? bare ?? '',
  )
}
