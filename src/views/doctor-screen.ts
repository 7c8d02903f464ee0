import { wrap } from '../base/safe-text.ts'
import type { Ability, Examination } from '../steps/doctor.ts'
import { failureWords } from './look-words.ts'
import { paint, shown, type Style } from './style.ts'

/** What a console or a box can and cannot do: a line each, what would help below it, and at the end all packages in one command. */
export function doctorScreen(
  { subject, abilities, failure }: Pick<Examination, 'subject' | 'abilities' | 'failure'>,
  style: Style,
): string {
  const head = paint(style, 'strong', shown(style, subject))
  if (failure)
    return [head, ...failureLines(failureWords({ failure, box: subject }), failure.tryNext, style), ''].join('\n')
  const install = installAll(abilities)
  return [
    head,
    ...abilities.flatMap((ability) => abilityLines(ability, style)),
    ...(install === '' ? [] : ['', ...indented(`all of them, on that box: ${install}`, style, '  ')]),
    '',
  ].join('\n')
}

const TONES = { yes: 'ok', partly: 'warning', no: 'warning' } as const

function abilityLines({ what, able, said, helps }: Ability, style: Style): readonly string[] {
  const [first = '', ...rest] = wrap(`${shown(style, what)}: ${shown(style, said)}`, style.columns - 10)
  return [
    `  ${paint(style, TONES[able], able.padEnd(6))}  ${first}`,
    ...rest.map((line) => `          ${line}`),
    ...(helps === '' ? [] : indented(`would help: ${shown(style, helps)}`, style, '          ')),
  ]
}

/** Packages of several abilities that one command of the box's package manager brings; empty for less than two. */
function installAll(abilities: readonly Ability[]): string {
  const found = abilities.flatMap(({ helps }) => {
    const [, command, name] = /^(apt-get install|dnf install|apk add) ([\w.+-]+)$/.exec(helps) ?? []
    return command && name ? [{ command, name }] : []
  })
  if (found.length < 2) return ''
  return `${found[0]?.command} ${[...new Set(found.map(({ name }) => name))].join(' ')}`
}

function failureLines(message: string, tryNext: string, style: Style): readonly string[] {
  return [...indented(shown(style, message), style, '  '), ...indented(`Try: ${shown(style, tryNext)}`, style, '  ')]
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
