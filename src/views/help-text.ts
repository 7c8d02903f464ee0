import { width, wrap } from '../base/safe-text.ts'

/**
 * Help that fits the terminal. What the parser lays out does; examples and paragraphs are written for a wide one. A paragraph with a line that is too long
 * is wrapped anew; an example goes on below its explanation, and a command of it is never cut.
 */
export function fittedHelp(text: string, columns: number): string {
  const blocks: string[][] = []
  for (const line of text.split('\n')) {
    const isParagraph = /^\S/.test(line) && !line.endsWith(':')
    const last = blocks.at(-1)
    if (isParagraph && last?.[0] !== undefined && /^\S/.test(last[0]) && !last[0].endsWith(':')) last.push(line)
    else blocks.push([line])
  }
  return blocks.flatMap((block) => fittedBlock(block, columns)).join('\n')
}

function fittedBlock(lines: readonly string[], columns: number): readonly string[] {
  if (lines.every((line) => width(line) <= columns)) return lines
  const [first = ''] = lines
  return /^\s/.test(first) ? fittedExample(first, columns) : wrap(lines.join(' '), columns)
}

/** In less room an explanation stands below its command. Columns. */
const ROOM = 24

/** `  halligan run --jobs     detached commands`: what stands behind two blanks explains it. */
function fittedExample(line: string, columns: number): readonly string[] {
  const [, command = line, gap = '', said = ''] = /^(\s+\S+(?: \S+)*)(\s{2,})(\S.*)$/.exec(line) ?? []
  if (said === '') return [line]
  const column = command.length + gap.length
  if (column <= columns - ROOM)
    return wrap(said, columns - column).map((each, at) => (at === 0 ? command + gap : ' '.repeat(column)) + each)
  const indent = ' '.repeat(8)
  return [command, ...wrap(said, columns - indent.length).map((each) => indent + each)]
}
