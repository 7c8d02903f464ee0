import { LONG_VALUE } from './rule.ts'

/**
 * What stands where a secret would and is none: nothing at all, a blank to be filled in, the name of a variable, the place where the
 * secret lies, source code, a word of a message.
 */
export function isPlaceholder(value: string): boolean {
  if (value.length > LONG_VALUE) return false
  return FORMS.some((form) => form.test(value)) || isState(value)
}

function isState(value: string): boolean {
  return value.length < 40 && STATES.has(value.toLowerCase().replace(/[.,;:!?>)\]}]+$/, ''))
}

/**
 * A call or an index in source code, as tracebacks show it: `getPassword()`, `request.form[`. A lone name before the bracket is taken
 * for one only where blanks stand around the sign of assignment, as people write code; a password may have a bracket in it.
 */
export function isCode(rest: string, isSpaced: boolean): boolean {
  return CODE.test(rest) || (isSpaced && (SPACED_CODE.test(rest) || PATH_OF_NAMES.test(rest)))
}

const FORMS: readonly RegExp[] = [
  // No letter and no digit: `***`, `~`, `|`, `-`; also when it stands in brackets.
  /^[^\p{L}\p{N}]*$/u,
  // The same letter again and again: xxxx, ....
  /^\W*(x|X|0)\1{2,}\W*$/,
  // To be filled in, or filled in later: <password>, {{ .Values.x }}, ${X}, $X, $(cat x), %X%, %s, %(x)s, @x@, [FILTERED], #{x}, <%= x
  /^<[^<>]{0,60}>?$|^\{\{|^\$\{|^\$\((?:<|[a-z][\w./-]*(?:\s|$))|^\$[A-Za-z_]\w*(?:$|[[(>-])|^%[A-Za-z_]\w*%$|^%[sdvq]$|^%\(|^@@?\{|^\[[A-Z* ]+\]$|^#\{|^<%|^![a-z]/,
  // The services of PAM: pam_unix(passwd:chauthtok).
  /^(?:auth|account|session|chauthtok)\)/,
  // How Java prints an object: Token{...}, Token@1b2c3d.
  /^[A-Z]\w{2,40}(?:\{|@[0-9a-f]{5,8}$)/,
  // Where it lies: a path below the folders that there are.
  /^(?:~|\.{1,2})?\/(?:etc|run|var|srv|home|usr|opt|root|tmp|mnt|data|secrets|proc|dev|app)?\/[\w./@+-]+$|^(?:~|\.{1,2})\/[\w./@+-]+$|^\/(?:etc|run|var|srv|home|usr|opt|root|tmp|mnt|data|proc|dev|app)\/[\w./@+-]*$|^file:/,
]

/** What messages say of a password or a token, and what settings say where there is none. */
const STATES: ReadonlySet<string> = new Set(
  `null nil none undefined nan true false yes no on off unset empty n/a na redacted filtered masked hidden removed secret password token
  string str text bytes int char optional required prompt input ask expired invalid incorrect failed failure missing changed
  not too is was are were be been must may can cannot could should will would has have had does did do the a an and or for of to in on at
  by from with when where while before after if then that this it its your my our their authentication authorization verification
  ok wrong set accepted rejected rotation rotated rotating refresh refreshed refreshing unexpected mismatch denied error unknown
  reset needs please plain login basic digest ldap oauth oauth2 sasl tls only renewed revoked valid validated validation generated generation created deleted updated found available
  enabled disabled supplied given provided received sent read written loaded loading saved stored used unused skipped ignored`
    .split(/\s+/)
    .filter(Boolean),
)

const NAME = String.raw`[A-Za-z_$][\w$]*`
const CODE = new RegExp(
  String.raw`^(?:await |new )?${NAME}(?:(?:\.|->|::|\?\.)${NAME})+\s?[([]|^(?:await |new )?${NAME}\(\)|^(?:await|new) ${NAME}`,
)
const SPACED_CODE = new RegExp(String.raw`^${NAME}\s?(?:\(|\[["'\w])|^\(`)
/** A name in a name, the first of them one that holds settings or a request. */
const PATH_OF_NAMES =
  /^(?:process|os|env|ENV|settings|config|conf|cfg|self|this|req|request|res|response|var|local|data|module|secrets|params|props|options|opts|args|ctx|user|Rails|system|System|input|event|app|client|session|form|body|query|headers|kwargs|account|credentials|auth|context|state)(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+[,;)]*(?:\s|$)/
