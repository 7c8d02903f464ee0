/** One line of /proc/PID/limits (proc_pid_limits(5)); undefined: unlimited. */
export interface Limit {
  /** `Max open files`. */
  readonly name: string
  readonly soft: number | undefined
  readonly hard: number | undefined
  /** `files`, `bytes`, `processes`; empty where the kernel names none. */
  readonly unit: string
}

export function limitsIn(text: string): readonly Limit[] {
  return text.split('\n').flatMap((line) => {
    const [, name, soft, hard, unit = ''] =
      /^(Max [a-z -]+?) {2,}(\d+|unlimited) +(\d+|unlimited) *([a-z]*) *$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, soft: bound(soft), hard: bound(hard), unit }]
  })
}

function bound(text: string | undefined): number | undefined {
  return text === undefined || text === 'unlimited' ? undefined : Number(text)
}
