import type { Command } from 'commander'

/** Script for one shell, made from the commands and options that there are; undefined for a shell that is not known. */
export function completionScript(shell: string, halligan: Command): string | undefined {
  const commands = commandWords(halligan)
  switch (shell) {
    case 'bash':
      return bash(commands)
    case 'zsh':
      return zsh(commands)
    case 'fish':
      return fish(commands)
    default:
      return undefined
  }
}

/** A command as a completion script needs it. */
export interface CommandWords {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionWords[]
  /** What stands after it: names of boxes, ids of incidents, or one of these words. */
  readonly after: Asked | readonly string[]
}

interface OptionWords {
  readonly name: string
  readonly description: string
  /** What it takes: nothing, a file, the id of an incident, one of these words, or what cannot be completed (an empty list). */
  readonly takes: 'nothing' | 'file' | 'incidents' | readonly string[]
}

/** What is asked for when it is wanted, so that it follows halligan.yaml, the ssh configuration and the record. */
type Asked = 'boxes' | 'incidents'

/** The visible commands, as the parser knows them. */
export function commandWords(halligan: Command): readonly CommandWords[] {
  const help = halligan.createHelp()
  const visible = help.visibleCommands(halligan)
  return visible.map((command) => {
    const [argument] = command.registeredArguments
    const names = visible.map((each) => each.name())
    const below = help.visibleCommands(command).filter((each) => each.name() !== 'help')
    const options = [command, ...below].flatMap((each) => help.visibleOptions(each))
    const after = below.length > 0 ? below.map((each) => each.name()) : (argument?.argChoices ?? [])
    return {
      name: command.name(),
      description: command.description(),
      options:
        command.name() === 'help'
          ? []
          : [...new Map(options.map((option) => [option.long, option])).values()].map((option) => ({
              name: option.long ?? option.short ?? '',
              description: option.description,
              takes:
                option.isBoolean() || !option.required
                  ? 'nothing'
                  : /<file>/.test(option.flags)
                    ? 'file'
                    : /<id>/.test(option.flags)
                      ? 'incidents'
                      : (option.argChoices ?? []),
            })),
      after: command.name() === 'help' ? names : (ASKED_FOR[argument?.name() ?? ''] ?? after),
    }
  })
}

/** Names of arguments. */
const ASKED_FOR: Readonly<Record<string, Asked>> = { box: 'boxes', id: 'incidents' }

/** What each script runs for that. */
const ASK: Readonly<Record<Asked, string>> = {
  boxes: 'halligan complete-boxes 2>/dev/null',
  incidents: 'halligan complete-incidents 2>/dev/null',
}

function isAsked(words: 'file' | Asked | readonly string[]): words is Asked {
  return words === 'boxes' || words === 'incidents'
}

/**
 * bash cuts the line into words at `@` and `:` too (COMP_WORDBREAKS), so the word is taken from the line, and what stands before the last
 * cut is taken off the answers: `:` belongs to what stands before, `@` to what follows (rl_special_prefixes of readline).
 */
function bash(commands: readonly CommandWords[]): string {
  const cases = commands.flatMap(({ name, options, after }) => [
    `    ${name})`,
    '      case $before in',
    ...options.flatMap(({ name: option, takes }) =>
      takes === 'nothing'
        ? []
        : [
            takes === 'file'
              ? `        ${option}) COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;`
              : `        ${option}) words=${wordsIn(takes)} ;;`,
          ],
    ),
    `        *) case $word in`,
    `          -*) words='${options.map((option) => option.name).join(' ')}' ;;`,
    `          *) words=${wordsIn(after)} ;;`,
    '        esac ;;',
    '      esac ;;',
  ])
  return `# halligan completion: source <(halligan completion bash)
_halligan() {
  local line=\${COMP_LINE:0:COMP_POINT} words= given word before rest cut
  read -ra given <<<"$line"
  word=\${line##*[[:space:]]}
  [ -n "$word" ] || given+=('')
  before=\${given[\${#given[@]}-2]}
  if [ "\${#given[@]}" -le 2 ]; then words='${commands.map(({ name }) => name).join(' ')} --help --version'
  else case \${given[1]} in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  rest=\${word##*:}
  cut=\${word%"$rest"}
  case $rest in *@*) cut+=\${rest%@*} ;; esac
  COMPREPLY=("\${COMPREPLY[@]#"$cut"}")
}
complete -F _halligan halligan
`
}

function wordsIn(words: Asked | readonly string[]): string {
  return isAsked(words) ? `$(${ASK[words]})` : `'${words.join(' ')}'`
}

function zsh(commands: readonly CommandWords[]): string {
  const cases = commands.flatMap(({ name, options, after }) => [
    `    ${name})`,
    '      case $words[CURRENT-1] in',
    ...options.flatMap(({ name: option, takes }) =>
      takes === 'nothing' ? [] : [`        ${option}) ${takes === 'file' ? '_files' : compadd(takes)} ;;`],
    ),
    '        *) case $words[CURRENT] in',
    `          -*) compadd -- ${options.map((option) => option.name).join(' ')} ;;`,
    `          *) ${compadd(after)} ;;`,
    '        esac ;;',
    '      esac ;;',
  ])
  return `#compdef halligan
# halligan completion: source <(halligan completion zsh)
_halligan() {
  if (( CURRENT == 2 )); then compadd -- ${commands.map(({ name }) => name).join(' ')} --help --version
  else case $words[2] in
${cases.join('\n')}
  esac; fi
}
if [ "$funcstack[1]" = _halligan ]; then _halligan "$@"; else compdef _halligan halligan; fi
`
}

function compadd(words: Asked | readonly string[]): string {
  if (isAsked(words)) return `compadd -- \${(f)"$(${ASK[words]})"}`
  return words.length > 0 ? `compadd -- ${words.join(' ')}` : ':'
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options, after }) => {
    const here = `complete -c halligan -n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c halligan -n __fish_use_subcommand -a ${name} -d ${fishQuoted(description)}`,
      ...(isAsked(after)
        ? [`${here} -a '(${ASK[after]})'`]
        : after.length > 0
          ? [`${here} -a '${after.join(' ')}'`]
          : []),
      ...options.map(({ name: option, description: said, takes }) => {
        const taken =
          takes === 'nothing'
            ? ''
            : takes === 'file'
              ? ' -rF'
              : isAsked(takes)
                ? ` -xa '(${ASK[takes]})'`
                : takes.length > 0
                  ? ` -xa '${takes.join(' ')}'`
                  : ' -x'
        return `${here} -l ${option.replace(/^--/, '')}${taken} -d ${fishQuoted(said)}`
      }),
    ]
  })
  return `# halligan completion: halligan completion fish | source
complete -c halligan -f
complete -c halligan -n __fish_use_subcommand -l version -d 'print the version'
complete -c halligan -n __fish_use_subcommand -l help -d 'what there is'
${lines.join('\n')}
`
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
