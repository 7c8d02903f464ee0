import { kindOfName, NAME_ANCHORS, secretNamesIn, type SecretName } from './names.ts'
import { isPlaceholder } from './placeholder.ts'
import { HIDDEN, LONG_VALUE, type Rule, type Span } from './rule.ts'
import { pairAt } from './pairs.ts'
import { fitsSuffix } from './suffixed.ts'
import { valueAt } from './value.ts'

/** How a value is written behind its name. */
interface Spelling {
  /** Of these names alone. */
  readonly names?: RegExp
  /** What has to stand before the name; looked for in the `BEFORE_LENGTH` characters there. */
  readonly before?: RegExp
  /** What stands between the name and the value. */
  readonly between: RegExp
  /** The value is the text of an element, not quoted or up to the next blank. */
  readonly isElement?: boolean
}

const BEFORE_LENGTH = 200

/** With something else between name and value than a sign of assignment. */
const SPELLINGS: readonly Spelling[] = [
  // --name value: arguments stand one blank apart in ps(1) and in histories, in help texts more. What begins with `-` is the next option.
  { before: /(?:^|[\s"'\0:])--?[\w.-]{0,60}$/, between: /[ \0](?![-\s])/y },
  // ["--name", "value"]
  { before: /(?:^|[[,\s])\\{0,7}["']--?[\w.-]{0,60}$/, between: /\\{0,7}["'],?[ \t]{0,4}(?=\\{0,7}["'][^"'-])/y },
  // define('NAME', 'value') of PHP
  { before: /\bdefine\([ \t]{0,4}["'][\w.-]{0,80}$/i, between: /["'][ \t]{0,4},[ \t]{0,4}(?=["'])/y },
  // SetEnv NAME value, proxy_set_header, aws configure set
  {
    before: /(?<![a-z])(?:setenv|setx|set|env|(?:proxy_)?set_header|add_header)[ \t]{1,20}[\w./:-]{0,80}$/i,
    between: /[ \t]{1,20}(?![=:-])/y,
  },
  // requirepass x of redis.conf, hibernate.connection.password x, `  password x` of netrc(5): alone in their line.
  { before: /^[ \t]{0,80}[\w.-]{0,80}$/, between: /[ \t]{1,80}(?=[^\s=:]\S*[ \t]{0,80};?\s*$)/y },
  // | password | x | of mysql, password | x of psql: a table of two columns.
  {
    before: /^[ \t|]{0,80}[\w.-]{0,80}$/,
    between: /[ \t]{0,80}\|[ \t]{0,80}(?=(?=\S{0,80}\d)(?=\S{0,80}[a-z])[^\s|]{6,200}[ \t]{0,80}\|?\s*$)/iy,
  },
  // Password for root: x, Enter passphrase for key '/root/.ssh/id': x, as what asks for it shows it; alone behind it.
  {
    names: /^pass(?:word|phrase)$/,
    between:
      /[ \t](?:for|of)(?:[ \t]\S{1,80}){0,2}[ \t](?!(?:user|account|login|role|username|name|file)s?:)\S{1,80}:[ \t]{1,4}(?=\S{1,200}[ \t]{0,9}$)/y,
  },
  // machine x login y password z of netrc(5)
  { before: /\blogin[ \t]{1,20}\S{1,100}[ \t]{1,20}$/, between: /[ \t]{1,20}/y },
  // <password>x</password>
  { before: /<[\w:.-]{0,60}$/, between: /(?:[ \t][^<>]{0,200})?>(?=[^<]+<\/)/y, isElement: true },
  // <entry key="db.password">x</entry>
  { before: /=["'][\w.-]{0,60}$/, between: /["']>(?=[^<]+<\/)/y, isElement: true },
  // <name>fs.secret.key</name><value>x</value>
  { between: /<\/(?:\w{1,20}:)?name>\s{0,8}<(?:\w{1,20}:)?value>(?=[^<]+<\/)/y, isElement: true },
  // name="password" value="x", "name": "DB_PASSWORD", "value": "x"
  { between: /\\{0,7}["'](?:[,>]|[ \t]){1,4}(?:\\{0,7}["'])?value\\{0,7}["']?[ \t]?[:=][ \t]?(?=\\{0,7}["'])/iy },
  // variable "db_password" { default = "x" } of Terraform
  { between: /"[ \t]{0,4}\{[^{}]{0,200}?\bdefault[ \t]{0,20}=[ \t]{0,20}(?=")/y },
]

/** Names that tell, with their values in all usual spellings. */
export const named: Rule = {
  what: 'name=value, "name": "value", --name value, <name>value</name> and their kin',
  anchors: NAME_ANCHORS,
  find: (line) => {
    const spans: Span[] = []
    let covered = 0
    for (const name of secretNamesIn(line)) {
      // A name within a secret is part of it.
      const span =
        name.start < covered ? undefined : (pairAt(line, name) ?? encodedAt(line, name) ?? spelledAt(line, name))
      if (!span) continue
      spans.push(span)
      covered = span.end
    }
    return spans
  },
}

function spelledAt(line: string, name: SecretName): Span | undefined {
  if (name.isBroad) return undefined
  const before = line.slice(Math.max(0, name.start - BEFORE_LENGTH), name.start)
  for (const spelling of SPELLINGS) {
    if (spelling.names && !spelling.names.test(name.text)) continue
    const at = matchEnd(spelling.between, line, name.end)
    if (at === undefined || (spelling.before && !spelling.before.test(before))) continue
    const value = spelling.isElement ? elementAt(line, at) : valueAt(line, at)
    const text = value ? line.slice(value.start, value.end) : ''
    if (
      !value ||
      isPlaceholder(text) ||
      isOptionOf(name, text) ||
      /^[A-Z_]{2,}$/.test(text) ||
      !fitsSuffix(name, text, spelling.isElement)
    )
      continue
    return { start: value.start, end: value.end, kind: kindOfName(name) }
  }
  return undefined
}

/** passwd(1), pwd(1) and pass(1), of which a command line may stand alone in its line, as of a recorded shell. */
const PROGRAMS = /^(?:passwd|pwd|pass)$/
/** `-x`, `-x90`, `--expire`, `--maxdays=90`. */
const OPTION = /^(?:-[A-Za-z]\d{0,5}|--[a-z][a-z-]{1,30}(?:=\d{1,6})?)$/

function isOptionOf({ text }: SecretName, value: string): boolean {
  return PROGRAMS.test(text) && OPTION.test(value)
}

/** `=` or `:` percent-encoded (RFC 3986, 2.1), once or twice, with encoded quotes and blanks around it. */
const ENCODED_BETWEEN = /(?:%(?:25)?22)?(?:%(?:25)?5d)?(?:%(?:25)?20)?%(?:25)?3[ad](?:%(?:25)?20)?(?:%(?:25)?22)?/iy
/** Up to the next field, quote, blank, line end or bracket, encoded or not. */
const ENCODED_VALUE = new RegExp(
  String.raw`(?:[^\s"'\`&%<>\0${HIDDEN}]|%(?!(?:25)?(?:2[0267c]|3b|7d|5c|0[ad])))+`,
  'iy',
)

/** `PASSWORD%3Dx`: a query within a query, as logs of web servers have it. */
function encodedAt(line: string, name: SecretName): Span | undefined {
  if (name.isBroad) return undefined
  const start = matchEnd(ENCODED_BETWEEN, line, name.end)
  const end = start === undefined ? undefined : matchEnd(ENCODED_VALUE, line, start)
  if (start === undefined || end === undefined) return undefined
  const text = decoded(line.slice(start, end))
  return isPlaceholder(text) || /^\d{1,4}$/.test(text) || !fitsSuffix(name, text)
    ? undefined
    : { start, end, kind: kindOfName(name) }
}

function decoded(text: string): string {
  if (text.length > LONG_VALUE) return text
  return text.replaceAll(/%(?:25)?([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

const ELEMENT_TEXT = new RegExp(`[^<${HIDDEN}]+`, 'y')

function elementAt(line: string, at: number): { readonly start: number; readonly end: number } | undefined {
  const end = matchEnd(ELEMENT_TEXT, line, at)
  return end === undefined ? undefined : { start: at, end }
}

/** Where what a sticky expression matches from an index ends. */
function matchEnd(form: RegExp, line: string, at: number): number | undefined {
  form.lastIndex = at
  return form.test(line) ? form.lastIndex : undefined
}
