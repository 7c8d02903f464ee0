import { hostname, userInfo } from 'node:os'

/** Who writes: `alice@laptop`. `HALLIGAN_BY` says it where several people share one account. */
export function author(): string {
  return process.env['HALLIGAN_BY'] || `${userName()}@${hostname()}`
}

/** Whose desk it is: of one account, of several people who share it each their own. */
export function deskName(): string {
  return process.env['HALLIGAN_BY'] || userName()
}

/** As it was typed, for the record. */
export function typedWords(): readonly string[] {
  return ['halligan', ...process.argv.slice(2)]
}

/** The user of this console. A number that no name is known for is one too. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.()}`
  }
}
