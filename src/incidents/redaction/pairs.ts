import { kindOfName, type SecretName } from './names.ts'
import { isCode, isPlaceholder } from './placeholder.ts'
import { LONG_VALUE, type Span } from './rule.ts'
import { fitsSuffix } from './suffixed.ts'
import { valueAt, type Surroundings, type Value } from './value.ts'

/** Blanks within a line, and NUL, between a name and its value. */
const GAP = String.raw`(?:[^\S\n]|\0)`
/** `=`, `:`, `=>`, `:=`, `==`, and the type of a variable between its name and its value. */
const SEPARATOR = String.raw`=>|\\{1,7}u003[dD]|:=|===?|=|:(?:${GAP}*[A-Za-z][\w<>|?[\].]{0,40}${GAP}*=(?=${GAP}*["']))?`
/** Where a text lies, which debuggers print before it: `password = 0x48c014 <secrets+4> "x"`. */
const ADDRESS = String.raw`(?:0x[0-9a-f]{1,16} (?:<[\w+@. ]{1,80}> )?(?="))?`
const BETWEEN = new RegExp(
  String.raw`(?:\\{0,7}["'\u0060]|&(?:quot|#34|#39|apos);)?(?:\]|%(?:25)?5[dD])?(?: \([\w ]{1,30}\)(?=:))?(${GAP}*(?:${SEPARATOR})${GAP}*)${ADDRESS}`,
  'y',
)

/**
 * The value that is assigned to a name, which may say more in brackets (`password (again): x`): `password=x`, `"password": "x"`, `:password => "x"`, `$db['password'] = 'x'`, `DB_PASSWORD=x`,
 * `password: str = "x"`, also where the quotes are escaped (JSON within JSON).
 */
export function pairAt(line: string, name: SecretName): Span | undefined {
  BETWEEN.lastIndex = name.end
  const separator = BETWEEN.exec(line)?.[1]
  if (separator === undefined) return undefined
  const at = BETWEEN.lastIndex
  const before = line.slice(Math.max(0, name.start - NAME_LENGTH), name.start)
  // A user of a URL that is called so (the password behind it is for the rule of URLs); a comparison in source code.
  if (/:\/\/[\w.-]*$/.test(before) || (separator.includes('==') && !/^\\*["']/.test(line.slice(at, at + 9))))
    return undefined
  const value = listAt(line, at) ?? valueAt(line, at, surroundingsOf(before))
  if (!value || !isSecret({ line, name, separator, value, before })) return undefined
  return { start: value.start, end: endOf(line, name, value), kind: kindOfName(name) }
}

const LIST = /\[[ \t]{0,4}(["'])(?=\S)[^\]\uD800]{1,4096}\1[ \t]{0,4}\]/y

/** `["x", "y"]`: from the first to the last, as one. */
function listAt(line: string, at: number): Value | undefined {
  LIST.lastIndex = at
  const list = LIST.exec(line)?.[0]
  if (list === undefined) return undefined
  const inner = list.slice(1, -1)
  const start = at + 1 + inner.search(/["']/) + 1
  return { start, end: at + 1 + inner.trimEnd().length - 1, isQuoted: true }
}

/** How far back the beginning of a name is looked for. Characters. */
const NAME_LENGTH = 80

interface Pair {
  readonly line: string
  readonly name: SecretName
  readonly separator: string
  readonly value: Value
  readonly before: string
}

function isSecret({ line, name, separator, value, before }: Pair): boolean {
  const text = line.slice(value.start, value.end)
  if (isPlaceholder(text) || (name.isBroad && !LIKE_A_KEY.test(text))) return false
  if (!fitsSuffix(name, text, value.isQuoted)) return false
  // The working folder.
  if (name.text === 'pwd' && text.startsWith('/') && text.length <= LONG_VALUE) return false
  if (value.isQuoted || text.length > LONG_VALUE) return true
  const isSpaced = /\s/.test(separator)
  if (isCode(line.slice(value.start, value.start + CODE_LENGTH), isSpaced) || isCount(text, name, before)) return false
  // `--- PASS: TestX` of a test run.
  if (separator.startsWith(':') && line.startsWith('PASS:', name.start) && !/[\w-]$/.test(before)) return false
  return !(separator.trimStart().startsWith(':') && isSpaced && isProse(line, name, value))
}

/** Letters and digits, and enough of them. */
const LIKE_A_KEY = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=.-]{16,}$/
/** How much of a value is looked at to know it as source code. Characters. */
const CODE_LENGTH = 200

/** `PASSWORDLESS_AUTH=1`, `pass: 12, fail: 0`, `token: 7`; `shop/token:1.2.3` of images, `key=secret:12` of caches. */
function isCount(text: string, name: SecretName, before: string): boolean {
  if (name.text === 'auth' && /^[01]$/.test(text)) return true
  const isTag = /[/=]$/.test(before) && /^v?\d+(?:\.\d+){0,3}$/.test(text)
  return isTag || (/^\d{1,4}$/.test(text) && !/[\w-]$/.test(before) && (name.text === 'pass' || name.text === 'token'))
}

/** `Invalid token: unexpected end of input`: a word, and more words behind it. Of passwords only what messages say is known, by its words. */
function isProse(line: string, name: SecretName, { start, end }: Value): boolean {
  if (/pass|pw/.test(name.text)) return false
  const isWord = /^(?:[A-Za-z][a-z]{0,20}|[A-Z]{2,8})$/.test(line.slice(start, end))
  return isWord && /^[^\S\n][a-z]+(?!\w*[=:])/i.test(line.slice(end, end + CODE_LENGTH))
}

/** A passphrase of several words, which `env` prints without quotes, goes on to the end of the line. */
function endOf(line: string, name: SecretName, value: Value): number {
  const isOfEnv =
    name.text === 'passphrase' && !value.isQuoted && /^(?:export )?[\w.]*$/.test(line.slice(0, name.start))
  return isOfEnv ? line.trimEnd().length : value.end
}

const BEFORE_NAME = /(^|[^\w.$'"\\\s-])(\s{0,4})[\w.$'"\\-]*$/

/** What stands before a name tells what ends its value. */
function surroundingsOf(textBefore: string): Surroundings {
  const [, before = '', blanks = ''] = BEFORE_NAME.exec(textBefore) ?? []
  if ((before === '?' || before === '&') && blanks === '') return 'form'
  if (before === ';') return 'connection'
  return before === ',' || before === '{' || before === '(' ? 'structure' : 'none'
}
