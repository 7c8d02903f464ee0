import { knownBoxes } from '../../boxes/selection.ts'
import { configuration, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'

const COMMANDS = 'look boxes doctor completion help'
const LOOK_OPTIONS =
  '--json --markdown --fail-on --deep --sudo --window --save --details --no-color --connect-timeout --print-script --help'

/** Completion scripts: each asks `halligan complete-boxes` for the names, so that it follows halligan.yaml and the ssh configuration. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# halligan completion: source <(halligan completion bash)
_halligan() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]}
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W '${COMMANDS} --help --version' -- "$word"))
  elif [ "$command" = completion ]; then COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word"))
  elif [ "$command" = help ]; then COMPREPLY=($(compgen -W '${COMMANDS}' -- "$word"))
  elif [ "\${COMP_WORDS[COMP_CWORD-1]}" = --fail-on ]; then COMPREPLY=($(compgen -W 'critical warning unknown' -- "$word"))
  elif [ "\${word#-}" != "$word" ]; then COMPREPLY=($(compgen -W '${LOOK_OPTIONS}' -- "$word"))
  else COMPREPLY=($(compgen -W "$(halligan complete-boxes 2>/dev/null)" -- "$word")); fi
}
complete -F _halligan halligan
`,
  zsh: `#compdef halligan
# halligan completion: source <(halligan completion zsh)
_halligan() {
  if (( CURRENT == 2 )); then compadd -- ${COMMANDS} --help --version
  elif [[ $words[2] == completion ]]; then compadd -- bash zsh fish
  elif [[ $words[2] == help ]]; then compadd -- ${COMMANDS}
  elif [[ $words[CURRENT-1] == --fail-on ]]; then compadd -- critical warning unknown
  elif [[ $words[CURRENT] == -* ]]; then compadd -- ${LOOK_OPTIONS}
  else compadd -- \${(f)"$(halligan complete-boxes 2>/dev/null)"}; fi
}
compdef _halligan halligan
`,
  fish: `# halligan completion: halligan completion fish | source
complete -c halligan -f
complete -c halligan -n __fish_use_subcommand -a '${COMMANDS}'
complete -c halligan -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
complete -c halligan -n '__fish_seen_subcommand_from look doctor' -a '(halligan complete-boxes 2>/dev/null)'
complete -c halligan -n '__fish_seen_subcommand_from look' -l fail-on -xa 'critical warning unknown'
${LOOK_OPTIONS.split(' ')
  .filter((option) => option !== '--fail-on')
  .map((option) => `complete -c halligan -n '__fish_seen_subcommand_from look' -l ${option.slice(2)}`)
  .join('\n')}
`,
}

export async function completion(shell: string): Promise<number> {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined
  if (!script) throw new Problem(`There is no completion for "${shell}".`, 'halligan completion bash, zsh or fish.', 2)
  await print(script)
  return 0
}

/** Names for the completion scripts, one a line; names that a shell would have to quote are left out. */
export async function completeBoxes(): Promise<number> {
  const settings = await configuration()
  const groups = Object.keys(settings.groups).map((name) => `@${name}`)
  const names = ['local', ...groups, ...knownBoxes(settings, sshNames())].filter((name) => /^[\w@.:-]+$/.test(name))
  await print(`${names.join('\n')}\n`)
  return 0
}
