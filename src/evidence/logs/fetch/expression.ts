/**
 * What is wrong with an extended regular expression (POSIX 9.4, with what every grep adds: `\<`, `\b`, `\w`, `\s`, `\1`), in words for who typed it;
 * undefined: any grep takes it. What POSIX leaves undefined and greps read differently, or read as something that nobody means (`\d` as the letter d), is
 * refused, since a filter that fits nothing looks like a log with nothing in it. A line feed stands between alternatives, as for grep.
 */
export function expressionProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'it holds a NUL byte'
  return text
    .split('\n')
    .map(problemOfLine)
    .find((problem) => problem !== undefined)
}

/** Of GNU grep (`RE_DUP_MAX`); others take less, and say so. */
const MOST_REPEATS = 32_767
const CLASSES: ReadonlySet<string> = new Set(
  'alpha digit alnum upper lower space blank punct print graph cntrl xdigit'.split(' '),
)
/** What Perl, Python and others write in place of it. */
const INSTEAD: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  t: '[[:blank:]]',
  n: 'another --grep',
  r: '[[:space:]]',
}

/** What of it was read, up to a place; or what is wrong there. */
type Step = { readonly next: number } | { readonly problem: string }

function problemOfLine(text: string): string | undefined {
  let open = 0
  let closed = 0
  /** Nothing stands before that could be repeated. */
  let atStart = true
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? ''
    const step = stepFrom(text, at, { closed, atStart })
    if ('problem' in step) return step.problem
    if (character === '(') open += 1
    if (character === ')') {
      if (open === closed) return 'a ) has no ( before it; \\) is the character itself'
      closed += 1
    }
    atStart = character === '(' || character === '|' || (character === '^' && atStart)
    at = step.next
  }
  return open > closed ? 'a ( has no ) behind it; \\( is the character itself' : undefined
}

function stepFrom(text: string, at: number, { closed, atStart }: { closed: number; atStart: boolean }): Step {
  const character = text[at] ?? ''
  if (character === '\\') return escaped(text, at, closed)
  if (character === '[') return bracket(text, at)
  if (character === '(' && text[at + 1] === '?')
    return {
      problem: '(? is of Perl, not of POSIX: of ( ) there is the plain form alone, and -i is for upper and lower case',
    }
  if (/[*+?]/.test(character) && atStart)
    return {
      problem: `nothing stands before ${character} that could be repeated; .* fits anything, \\${character} is the character itself`,
    }
  if (character === '{' && !atStart) return interval(text, at)
  // At a beginning it is the character itself, but no grep takes it alone within ( ).
  if (character === '{' && text[at + 1] === ')') return { problem: NO_COUNT }
  return { next: at + 1 }
}

function escaped(text: string, at: number, closed: number): Step {
  const character = text[at + 1]
  if (character === undefined) return { problem: 'it ends with a \\; \\\\ is the character itself' }
  if (/[1-9]/.test(character) && Number(character) > closed)
    return { problem: `\\${character} refers to a ( ) that is not there` }
  if (/[A-Za-z0]/.test(character) && !/[bBwWsS]/.test(character)) {
    const instead = INSTEAD[character]
    return { problem: `\\${character} means nothing to POSIX${instead === undefined ? '' : `; take ${instead}`}` }
  }
  return { next: at + 2 }
}

const NO_COUNT = '{ begins a count as in {2,3}, and this is none; \\{ is the character itself'

/** `{2}`, `{2,}`, `{,3}`, `{2,3}`. A brace that no digit follows is one. */
function interval(text: string, at: number): Step {
  if (!/^\{[0-9,}]/.test(text.slice(at, at + 2))) return { next: at + 1 }
  const [whole, least = '', comma, most = ''] = /^\{(\d*)(,?)(\d*)\}/.exec(text.slice(at)) ?? []
  if (whole === undefined || (least === '' && most === '')) return { problem: NO_COUNT }
  if (comma === ',' && least !== '' && most !== '' && Number(least) > Number(most))
    return { problem: `${whole} counts backwards` }
  if (Math.max(Number(least), Number(most)) > MOST_REPEATS)
    return { problem: `${whole} repeats more than ${MOST_REPEATS} times` }
  return { next: at + whole.length }
}

function bracket(text: string, from: number): Step {
  let at = from + (text[from + 1] === '^' ? 2 : 1)
  const first = at
  /** What a range would begin with. */
  let before: string | undefined
  for (;;) {
    const character = text[at]
    if (character === undefined) return { problem: 'a [ has no ] behind it; \\[ is the character itself' }
    if (character === ']' && at > first) break
    const kind = character === '[' ? text[at + 1] : undefined
    if (kind === ':' || kind === '.' || kind === '=') {
      const end = text.indexOf(`${kind}]`, at + 2)
      const name = text.slice(at + 2, end)
      if (end < 0 || name === '') return { problem: `[${kind} has no ${kind}] behind it` }
      if (kind === ':' && !CLASSES.has(name)) return { problem: `there is no class of characters [:${name}:]` }
      if (kind !== ':' && Array.from(name).length > 1)
        return { problem: `[${kind}${name}${kind}] is more than one character` }
      at = end + 2
      before = undefined
      continue
    }
    const last = text[at + 2]
    if (text[at + 1] === '-' && last === '[' && /[:=]/.test(text[at + 3] ?? ''))
      return { problem: 'a range in [ ] cannot end with a class of characters' }
    const isNamed = last === '[' && /[.:=]/.test(text[at + 3] ?? '')
    if (text[at + 1] === '-' && last !== undefined && last !== ']' && !isNamed && character !== '-') {
      if (character > last) return { problem: `${character}-${last} is a range backwards` }
      at += 3
      before = undefined
      continue
    }
    if (character === '-' && before === undefined && at > first && text[at + 1] !== ']')
      return { problem: 'a - in [ ] stands first or last, or between the two ends of a range' }
    before = character
    at += 1
  }
  const inner = text.slice(first, at)
  if (/^:[a-z]+:$/.test(inner)) return { problem: `a class of characters is [[${inner}]], not [${inner}]` }
  return { next: at + 1 }
}
