import { eachMatch } from './rule.ts'
import { suffixAt, type Suffix } from './suffix.ts'

/** A word that names a secret; whatever is joined before it (`DB_PASSWORD`, `keyStorePassword`) need not be looked at, what is joined behind it does. */
export interface SecretName {
  readonly start: number
  /** Behind its suffix. */
  readonly end: number
  readonly suffix: Suffix | undefined
  /** In small letters: `password`, `key_base`. */
  readonly text: string
  /** `X_KEY` of an environment: a key of anything, which tells only together with a value that looks like one. */
  readonly isBroad: boolean
}

const FORM =
  /passw(?:or)?d(?:[_-]?hash(?![a-z]))?|passwort|kennwort|contrase(?:ñ|n)a|clave|senha|wachtwoord|pass(?:phrase|code)?|pwd?|psk|authtok(?!en)|masterauth|token|jwt|bearer|secret|credentials?|community(?:[ _-]string)?|auth|priv[_-]?key|key(?:[_-]?(?:base|data))?/gi

/** What a key is of. A key alone may be that of a map, a table or a cache. */
const KEYS_OF =
  'api access private secret account auth encryption encrypt signing shared sharedaccess preshared pre-shared master app session license storage service client consumer deploy hmac jwt aes webhook subscription integration security ssh function cookie'.split(
    ' ',
  )
/** Where something is joined behind these, they speak of what is in a token, or of how somebody is authenticated. */
const ALONE = /^(?:auth|jwt|bearer)$/i
/** What is joined before `pass` and `pw`; bypass and compass are no passwords. */
const PASS_OF =
  /(?:^|[^a-z]|key|store|trust|db|my|pg|user|admin|root|smtp|mail|ftp|ldap|bind|redis|become|require|ssh|vnc|rdp|proxy|auth|http|master|sudo|guest|login|api|app|web|svc)$/i
const KEY_OF = new RegExp(`(?:${KEYS_OF.join('|')})[._-]?$`, 'i')
const OTHER_KEY = /(?:PRIMARY|FOREIGN|CACHE|SORT|PARTITION|PUBLIC|ROUTING|IDEMPOTENCY|OBJECT|ROW|HASH)_$/
/** Kubernetes names its objects so: `existingSecret: shop-db`. */
const OBJECT = /(?:existing|password|pull|tls|cert|certificate|credentials)$/i
/** An ARN names a secret by its account: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop`. */
const ACCOUNT = /:\d{12}:$/
/** The longest of these words with what stands before them. Characters. */
const BEFORE_LENGTH = 16

/** Anchors: one of them is in each such name. */
export const NAME_ANCHORS: readonly string[] = [
  'pass pw psk authtok masterauth token jwt bearer secret credential community privkey priv-key priv_key -key= "auth _auth kennwort contrase clave senha wachtwoord'.split(
    ' ',
  ),
  ['_key=', '_key:', '_key"', '_key ='],
  KEYS_OF.flatMap((word) => ['', '_', '-', '.'].map((joint) => `${word}${joint}key`)),
].flat()

/** All names in a line that tell. */
export function secretNamesIn(line: string): readonly SecretName[] {
  const names: SecretName[] = []
  eachMatch(FORM, line, 0, ({ 0: text, index }) => {
    // `authentication` and its kin stand in every log.
    const suffix =
      ALONE.test(text) && /\w/.test(line[index + text.length] ?? '') ? 'none' : suffixAt(line, index + text.length)
    if (suffix === 'none') return undefined
    const before = line.slice(Math.max(0, index - BEFORE_LENGTH), index)
    const isBroad = text === 'KEY' && before.endsWith('_') && !KEY_OF.test(before)
    const end = suffix?.end ?? index + text.length
    const name = { start: index, end, suffix, text: text.toLowerCase(), isBroad }
    if (isBroad ? !OTHER_KEY.test(before) : tells(line, name, before)) names.push(name)
    return undefined
  })
  return names
}

function tells(line: string, { start, end, suffix, text }: SecretName, before: string): boolean {
  switch (text) {
    case 'pass':
    case 'pw':
      return PASS_OF.test(before) || isCamel(line, start)
    case 'psk':
      return !/[a-z]$/i.test(before)
    case 'jwt':
    case 'bearer':
      return suffix === undefined && !/[a-z]$/i.test(before)
    // Of other languages, where they also mean a key of anything, or are the end of another word.
    case 'clave':
    case 'senha':
      return !/[a-z]$/i.test(before) && /^(?:\\*["'])?=|^\\*["']\s?[:=]/.test(line.slice(end, end + 9))
    case 'secret':
      return !OBJECT.test(before) && !ACCOUNT.test(before)
    case 'auth':
      return (
        suffix === undefined &&
        (before.endsWith('_') || (before.endsWith('"') && /^\\*"/.test(line.slice(end, end + 2))))
      )
    default:
      return text.startsWith('key')
        ? KEY_OF.test(before) || (suffix === undefined && line[end] === '=' && /(?:^|[\s"'\0])--?$/.test(before))
        : true
  }
}

/** `dbPass`, `MYPASS`; neither BYPASS nor COMPASS. */
function isCamel(line: string, start: number): boolean {
  const before = line.slice(Math.max(0, start - 3), start)
  if (line[start] !== 'P') return false
  return line[start + 1] === 'a' || line[start + 1] === 'w'
    ? /[a-z0-9]$/.test(before)
    : /[A-Z0-9]$/.test(before) && !/(?:BY|COM)$/.test(before)
}

/** What a mark calls the value of a name. */
export function kindOfName({ text }: SecretName): string {
  if (text.includes('key')) return 'key'
  if (text === 'token' || text === 'jwt' || text === 'bearer') return 'token'
  if (text === 'secret') return 'secret'
  return /^(?:credential|community|auth$)/.test(text) ? 'credential' : 'password'
}
