import { isPlaceholder } from './placeholder.ts'
import { ruleOf, type Rule } from './rule.ts'

/** Secrets in statements and dialogues: SQL, FTP, Redis, expect, and files that have a place for a password. */
export const statements: readonly Rule[] = [
  ruleOf(
    'password',
    'passwords in SQL',
    ['password', 'identified', 'secret'],
    /(?:\bidentified\s{1,9}(?:with\s{1,9}\S{1,60}\s{1,9})?(?:by|as)(?:\s{1,9}password)?|\bpassword|\bSECRET)\s{0,9}\(?\s{0,9}'(?<secret>(?:[^'\uD800]|'')+)(?=')/i,
    (text) => !isPlaceholder(text),
  ),
  ruleOf('password', 'PASS of FTP and POP3', ['pass '], /["'>][^\S\n]?PASS[^\S\n]+(?<secret>[^\s"'\uD800]+)/),
  ruleOf('password', 'AUTH of Redis', ['auth"'], /"auth"(?: "[^"\uD800]*")? "(?<secret>[^"\uD800]+)(?=")/i),
  ruleOf(
    'password',
    'what expect(1) is to type',
    ['expect'],
    /\bsend[ \t]+(?:--[ \t]+)?\\?"(?<secret>[^"\\\uD800]{4,})(?=\\r)/,
  ),
  ruleOf('password', 'stats auth of HAProxy', ['stats auth'], /\bstats auth[ \t]+[^\s:]+:(?<secret>[^\s\uD800]+)/),
  ruleOf(
    'password',
    'lines of .pgpass (PostgreSQL): host:port:database:user:password',
    [':000:', ':0000:', ':00000:', ':*:'],
    /^(?:[^\s:/]{1,255}|\*):(?:\d{2,5}|\*):(?:[^\s:/]{1,63}|\*):[^\s:/]{1,63}:(?<secret>[^\s:\uD800]\S*)$/,
  ),
]
