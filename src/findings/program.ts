/** What a command line runs: the file that decides what the process does, be it a program or a script. */
export interface Program {
  /** Last part of the path: `payment.py`, `orders-api`. */
  readonly name: string
  /** As it stands in the command line: `/opt/pay/payment.py`, or a bare word. */
  readonly path: string
  /** It is a script, and this is what reads it: `python3`. */
  readonly interpreter: string | undefined
}

/**
 * `python3 -u /opt/pay/payment.py --all`: the script payment.py. Undefined where the words name no file: `sh -c …`, `python3 -m …`, a command line
 * that the process has written over. Words are split at spaces, as the kernel's line gives them: a path with a space in it is cut there.
 */
export function programOf(command: string): Program | undefined {
  const [first = '', ...rest] = command.split(' ').filter((word) => word !== '')
  const name = baseName(first)
  if (name === '' || first.endsWith(':')) return undefined
  if (!INTERPRETERS.test(name)) return { name, path: first, interpreter: undefined }
  const script = scriptOf(name, rest)
  return script === undefined ? undefined : { name: baseName(script), path: script, interpreter: name }
}

/**
 * What an interpreter runs that is no file: the module of `python3 -m http.server 8080`, the class of `java -cp lib/* com.acme.Orders`. Undefined for
 * all else, code in the words themselves (`perl -e …`) among it.
 */
export function moduleOf(command: string): { readonly name: string; readonly interpreter: string } | undefined {
  const [first = '', ...words] = command.split(' ').filter((word) => word !== '')
  const interpreter = baseName(first)
  const named = (name: string | undefined): ReturnType<typeof moduleOf> =>
    name !== undefined && /^[A-Za-z_][\w.$]*$/.test(name) ? { name, interpreter } : undefined
  if (/^(?:python|pypy)-?[\d.]*$/.test(interpreter)) {
    const at = words.findIndex((word, index) => !word.startsWith('-') && !VALUE_OPTIONS.has(words[index - 1] ?? ''))
    return at > 0 && /^-[a-zA-Z]*m$/.test(words[at - 1] ?? '') ? named(words[at]) : undefined
  }
  if (interpreter !== 'java') return undefined
  return named(words.find((word, index) => !/^[-@]/.test(word) && !CLASS_PATH_OPTIONS.has(words[index - 1] ?? '')))
}

/** java(1): options whose value is the next word. */
const CLASS_PATH_OPTIONS: ReadonlySet<string> = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--add-modules',
  '--add-opens',
  '--add-exports',
  '--add-reads',
  '-jar',
])

const SHELLS: ReadonlySet<string> = new Set(['sh', 'dash', 'bash', 'zsh', 'fish', 'ash', 'ksh', 'mksh'])

/** By the name of the process or of its interpreter. */
export function isShell(name: string): boolean {
  return SHELLS.has(name)
}

export function isInterpreter(name: string): boolean {
  return INTERPRETERS.test(name)
}

const INTERPRETERS =
  /^(?:(?:python|pypy|perl|ruby|php|lua|node|nodejs)(?:-?\d[\d.]*)?|java|deno|bun|sh|dash|bash|zsh|fish|ash|ksh|mksh)$/

/** The first word that is no option; undefined where the code is in the words themselves, or is a module or a class. */
function scriptOf(interpreter: string, words: readonly string[]): string | undefined {
  if (interpreter === 'java') {
    const at = words.indexOf('-jar')
    return at < 0 ? undefined : words[at + 1]
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) return isFile(word) ? word : undefined
    if (isCodeOption(interpreter, word)) return undefined
    if (VALUE_OPTIONS.has(word)) at++
  }
  return undefined
}

/** `node server.js`, `sh run`: a file; a word with other signs may be anything. */
function isFile(word: string): boolean {
  return /^[\w.@+/~-]+$/.test(word) && baseName(word) !== ''
}

/** Options after which there is no file: code as a word, code from standard input, a module by its name. Options of one letter may be joined: -lc. */
function isCodeOption(interpreter: string, word: string): boolean {
  if (word.startsWith('--')) return /^--(?:eval|print|command)(?:=|$)/.test(word)
  const letters = word.slice(1)
  if (letters === '') return true
  if (isShell(interpreter)) return /^[a-zA-Z]*[cs]$/.test(letters)
  if (/^(?:python|pypy)/.test(interpreter)) return /^[a-zA-Z]*[cm]$/.test(letters)
  return /^[a-zA-Z]*[eEr]$/.test(letters) && !/^(?:lua|deno|bun)/.test(interpreter)
}

/** Options with a value of their own in the next word. */
const VALUE_OPTIONS: ReadonlySet<string> = new Set(['-W', '-X', '-I', '-o', '-O', '--require', '--import', '--loader'])

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
