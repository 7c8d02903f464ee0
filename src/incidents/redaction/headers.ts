import { isCode, isPlaceholder } from './placeholder.ts'
import { eachMatch, HIDDEN, LONG_VALUE, ruleOf, type Rule, type Span } from './rule.ts'
import { valueAt } from './value.ts'

const KIND = 'authorization'
const GAP = String.raw`(?:[^\S\n]|\0)`
/** Authentication schemes (IANA registry), and those that providers made up. They stay, to be read. */
const SCHEME =
  '(?:basic|bearer|digest|token|negotiate|ntlm|hawk|hoba|mutual|vapid|oauth|dpop|gnap|scram-sha-\\d+|apikey|api-key|key|ssws|splunk|geniekey|bot|sso-key|shpat|sharedkey|sharedkeylite|sharedaccesssignature|signature|aws4-hmac-sha256|aws|hmac[\\w-]{0,20}|goog4-rsa-sha256|elastic|privatetoken|client-secret|snowflake)'

const AUTHORIZATION = new RegExp(
  String.raw`authorization\\{0,7}["']?\]?${GAP}*(?:=>|[:=])?${GAP}*\[?\\{0,7}["']?${GAP}*(${SCHEME}(?=[\s\0]))?${GAP}*`,
  'gi',
)

/** `Authorization` and `Proxy-Authorization` (RFC 9110, 11.6), in a request, in JSON, on a command line, in a configuration. */
export const authorization: Rule = {
  what: 'Authorization headers of any scheme',
  anchors: ['authorization'],
  find: (line) => {
    const spans: Span[] = []
    eachMatch(AUTHORIZATION, line, 0, ({ 0: whole, 1: scheme, index }) => {
      const start = index + whole.length
      if (line[start] === HIDDEN || (scheme === undefined && !/[:=]/.test(whole))) return undefined
      const text = line.slice(start, start + credentialsLength(line, start))
      if (!isCredential(text, scheme !== undefined)) return undefined
      spans.push({ start, end: start + text.length, kind: KIND })
      return start + text.length
    })
    return spans
  },
}

/** Parameters of a scheme: `username="amy", response="0a1b"`, `Credential=AKIA…/x, Signature=0a1b`. */
const PARAMETER = /(?:[\w-]{1,40}=(?:\\?"[^"\\\n\uD800]{0,4000}\\?"|[^\s,"'\0\uD800]+),?[^\S\n]?)+/y
const WORD = new RegExp(String.raw`[^\s"'[\]\0\u001b${HIDDEN}]+`, 'y')
const AFTER_WORD = new Set('\\,;)]}')
/** A scheme that nobody knows, before something that looks like a secret. */
const UNKNOWN_SCHEME = /[A-Za-z][\w-]{1,30}[^\S\n](?=[\w.~+/=:-]{12,})/y

function credentialsLength(line: string, start: number): number {
  const parameters = lengthAt(PARAMETER, line, start)
  if (parameters > 0) return line.slice(start, start + parameters).trimEnd().length
  const scheme = lengthAt(UNKNOWN_SCHEME, line, start)
  let end = start + scheme + lengthAt(WORD, line, start + scheme)
  while (end > start && AFTER_WORD.has(line[end - 1] ?? '')) end--
  return end - start
}

function lengthAt(form: RegExp, line: string, at: number): number {
  form.lastIndex = at
  return form.exec(line)?.[0].length ?? 0
}

/** `Authorization: not required` is a message. */
function isCredential(text: string, hasScheme: boolean): boolean {
  if (text.length > LONG_VALUE) return true
  if (text.length < 6 || isPlaceholder(text) || isCode(text, false)) return false
  return hasScheme ? /[\d=]|.{16}/.test(text) || /[A-Z].*[a-z]|[a-z].*[A-Z]/.test(text) : /\d|.{16}/.test(text)
}

export const bearer: Rule = ruleOf(
  KIND,
  'bearer tokens without their header (RFC 6750)',
  ['bearer '],
  /\bbearer[^\S\n]+(?<secret>[\w.~+/-]{8,}={0,2})/i,
  (text) => !isPlaceholder(text) && (/\d/.test(text) || text.length >= 24),
)

/** A user and a password with a colon between them, in base 64. */
export const basic: Rule = ruleOf(
  KIND,
  'basic credentials without their header (RFC 7617)',
  ['basic ', 'auth plain', 'auth login', 'auth xoauth0'],
  /(?:\bbasic|\bAUTH (?:PLAIN|LOGIN|XOAUTH2))[^\S\n]+(?<secret>[A-Za-z0-9+/]{8,}={0,2})/i,
  (text) => text.endsWith('=') || isUserAndPassword(Buffer.from(text, 'base64')),
)

/** `amy:x`, or with NUL between and before them (RFC 4616): nothing but ASCII and what separates. */
function isUserAndPassword(bytes: Uint8Array): boolean {
  const separators = new Set([0, 1, ':'.charCodeAt(0)])
  const isText = bytes.every((byte) => separators.has(byte) || (byte >= 32 && byte < 127))
  return isText && bytes.some((byte) => separators.has(byte))
}

const COOKIE = new RegExp(String.raw`(?<!=)cookie2?\\{0,7}["']?\]?${GAP}*(?:=>|[:=])${GAP}*\[?`, 'gi')
const COOKIE_HEADER_END = /["'\uD800]|\\[rn]|\[\\?[rn]\]/

/** `Cookie` and `Set-Cookie` (RFC 6265), all that stands in them; variables that are named so; `curl --cookie x=y`. */
export const cookies: Rule = {
  what: 'Cookie and Set-Cookie headers',
  anchors: ['cookie'],
  find: (line) => {
    const spans: Span[] = []
    eachMatch(COOKIE, line, 0, ({ 0: whole, index }) => {
      const at = index + whole.length
      const isHeader = whole.includes(':')
      const value = valueAt(line, at)
      if (!value) return undefined
      const end = value.isQuoted || !isHeader ? value.end : headerEnd(line, at)
      const text = line.slice(value.start, end)
      const isCookie = isHeader || value.isQuoted ? text.includes('=') : text.length >= 8
      const isOther = text.length <= LONG_VALUE && (isPlaceholder(text) || isCode(text, /\s/.test(whole)))
      if (isCookie && !isOther) spans.push({ start: value.start, end, kind: 'cookie' })
      return isHeader || (isCookie && !isOther) ? end : undefined
    })
    return spans
  },
}

/** To the end of the line, or of the quotes that it all stands in; a second header of a command line is not taken along. */
function headerEnd(line: string, at: number): number {
  const rest = line.slice(at)
  const length = COOKIE_HEADER_END.exec(rest)?.index ?? rest.length
  return at + rest.slice(0, length).trimEnd().length
}

export const cookieOption: Rule = ruleOf(
  'cookie',
  'cookies as an option of curl, wget and httpie',
  [' -b ', '--cookie '],
  /(?:\bcurl\b.{0,2000}?\s-b|--cookie)[^\S\n]+["']?(?<secret>[^\s"'=\uD800]{1,80}=[^\s"'\uD800]+)/,
)
