import { kindOfName, secretNamesIn, type SecretName } from './names.ts'
import { isPlaceholder } from './placeholder.ts'
import { HIDDEN, type Span } from './rule.ts'
import { fitsSuffix } from './suffixed.ts'

/** A name whose value stands in the lines behind it. */
export interface OpenValue {
  readonly name: SecretName
  readonly form: 'block' | 'plain' | 'element' | 'option'
  /** Blanks before the name; what is a part of its value has more. */
  readonly indent: number
  readonly linesLeft: number
}

/** Nobody writes a longer one; a certificate with its key has some 60. Lines. */
const BLOCK_LINES = 100
/** A name, and what stands before it, at the end of a line. Characters. */
const READ = 200
const MAY_OPEN = /(?:[:=>\\]|[|>][-+\d]{0,2})[ \t\r]{0,9}$/
/** Nothing but the name stands in its line: `if not password:` is the beginning of a block of code. */
const ALONE = /^[ \t]*(?:-[ \t]+)?\\{0,7}["']?[\w.-]*$/
const BEHIND_NAME = /^\\{0,7}["']?[ \t]*[:=][ \t]*(?<block>[|>][-+\d]{0,2})?[ \t\r]*$/
const BEHIND_ELEMENT = /^(?:[ \t][^<>]{0,99})?>[ \t\r]*$/
const BEHIND_OPTION = /^[ \t=][ \t]*\\[ \t\r]*$/

/** Whether a line ends with a name, and its value is still to come: of YAML, of JSON in many lines, of XML, of a command line that goes on. */
export function openedBy(line: string): OpenValue | undefined {
  if (!MAY_OPEN.test(line.slice(-16))) return undefined
  const from = Math.max(0, line.length - READ)
  const end = line.slice(from)
  const name = secretNamesIn(end).at(-1)
  if (!name || name.isBroad) return undefined
  const [before, behind] = [end.slice(0, name.start), end.slice(name.end)]
  const form = formOf(before, behind, from === 0)
  return form && { name, form, indent: indentOf(line), linesLeft: form === 'block' ? BLOCK_LINES : 1 }
}

function formOf(before: string, behind: string, isWhole: boolean): OpenValue['form'] | undefined {
  if (/<[\w:.-]{0,60}$/.test(before)) return BEHIND_ELEMENT.test(behind) ? 'element' : undefined
  if (/(?:^|[\s"'])--?[\w.-]{0,60}$/.test(before) && BEHIND_OPTION.test(behind)) return 'option'
  const assigned = isWhole && ALONE.test(before) ? BEHIND_NAME.exec(behind) : null
  if (!assigned) return undefined
  return assigned.groups?.['block'] === undefined ? 'plain' : 'block'
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0
}

/** What of the next line is a part of the value, and whether that goes on; undefined where it is none. */
export function goneOn(
  { name, form, indent, linesLeft }: OpenValue,
  line: string,
): { readonly span: Span | undefined; readonly open: OpenValue | undefined } | undefined {
  const isDeeper = indentOf(line) > indent
  const open = linesLeft > 1 ? { name, form, indent, linesLeft: linesLeft - 1 } : undefined
  if (form === 'block' && line.trim() === '') return { span: undefined, open }
  if ((form === 'block' || form === 'plain') && !isDeeper) return undefined
  const [, blanks = '', quote = '', whole = ''] = FORMS[form].exec(line) ?? []
  const text = whole.trimEnd()
  const start = blanks.length + quote.length
  const span = { start, end: start + text.length, kind: kindOfName(name) }
  return { span: isValue(name, form, text, quote !== '') ? span : undefined, open }
}

/** Follows a text that comes line by line. */
export interface ValueFollower {
  push(line: string): void
  /** Whether the value of a name in the lines before may go on in the next. */
  goesOn(): boolean
}

export function valueFollower(): ValueFollower {
  let open: OpenValue | undefined
  return {
    push: (line) => {
      open = (open && goneOn(open, line)?.open) ?? openedBy(line)
    },
    goesOn: () => open !== undefined,
  }
}

const WORD = String.raw`[^\s"'<>{}[\]${HIDDEN}]+`
const FORMS: Readonly<Record<OpenValue['form'], RegExp>> = {
  block: new RegExp(String.raw`^([ \t]*)()([^${HIDDEN}]*)$`),
  plain: new RegExp(String.raw`^([ \t]+)(["']?)((?<=["'])[^"'${HIDDEN}]+|${WORD}?)\2,?[ \t\r]*$`),
  element: new RegExp(String.raw`^([ \t]*)()(${WORD})[ \t\r]*$`),
  option: new RegExp(String.raw`^([ \t]*)(["']?)(${WORD})`),
}

/** `type:` below `password:` is one more name; of what is not called a password it is no word either. */
function isValue(name: SecretName, form: OpenValue['form'], text: string, isQuoted: boolean): boolean {
  if (text === '' || isPlaceholder(text) || !fitsSuffix(name, text, isQuoted)) return false
  if (form === 'block' || isQuoted) return true
  if (/:$|^-/.test(text)) return false
  return kindOfName(name) === 'password' || (/\d/.test(text) && /[a-z]/i.test(text) && text.length >= 8)
}
