import { isCode, isPlaceholder } from './placeholder.ts'
import { HIDDEN } from './rule.ts'

/** A word that is no secret, although it has letters and digits or signs in it. */
export function isNoSecret(text: string): boolean {
  if (QUOTES.test(text)) return true
  if (text.length > NAMED_LENGTH) return false
  return isPlaceholder(text) || isCode(text, true) || isNamed(text)
}

/** A version, a figure with its unit, an algorithm, a moment, an address, a path, a ticket, code. */
export function isNamed(text: string): boolean {
  return text.length <= NAMED_LENGTH && NO_SECRETS.some((form) => form.test(text))
}

const QUOTES = new RegExp(String.raw`["'\u0060\\${HIDDEN}]`)
/** What is longer is no version and no name of an algorithm. Characters. */
const NAMED_LENGTH = 128

/** What has digits in it and is none: versions, figures with a unit, names of algorithms, moments, addresses, paths, tickets, code. */
const NO_SECRETS: readonly RegExp[] = [
  /^v?\d+(?:[._]\w+){0,6}$/i,
  /^\d+(?:-?(?:ms|s|m|h|d|w|x|st|nd|rd|th|k|[kmgt]i?b|min|sec|days?|hours?|chars?|characters?|bytes?|bits?|digits?|times?|years?|minutes?|seconds?)){1,3}$/i,
  /^(?:s?sha|md|aes|base|utf|argon|pbkdf|oauth|saml|ipv|http|x|ntlmv?|rfc|tls|ssl|win|log4j|utf8mb|hex|line|step|crypt|scram|hmac|bcrypt|des|rsa|ed|pkcs|ssh|kerberos|krb|ldapv|smb|php|python|java|node|mysql|postgres|pg|user|field|param|arg|test|attempt|case|page|item|id|row|col|k8s|s3|ec2|i18n|web|db|app)-?\d+(?:[-_.:/]\S{0,40})?$/i,
  /^\d{4}-\d\d(?:-\d\d)?|^\d{1,2}:\d\d|^0x[0-9a-f]+$/i,
  /^[A-Z][A-Z0-9]+-\d+$|^#\d+$/,
  /:\/\/|^[~.]{0,2}\/|^\w:\\|^[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}$|^[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}\.[a-z]{2,10}(?::\d{1,5})?$/i,
  /^[\w.]*\(|^\w{1,40}(?:\[|->|::|=)|^[<{[(]|[)\]}>]$/,
]
