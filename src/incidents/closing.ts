import type { Hypothesis } from './hypotheses.ts'
import type { HandedOver, Situation } from './situation.ts'

/** Why an incident cannot be closed yet, and what to do about it. */
export interface Obstacle {
  readonly what: string
  readonly tryNext: string
}

/**
 * What still stands against closing: something runs or holds on a box, a hotfix is not in the repository, nothing says what the cause was.
 *
 * @param cause as it was given with the wish to close
 */
export function obstaclesTo(situation: Situation, cause: string | undefined): readonly Obstacle[] {
  const { holdings, debts } = situation
  const known = cause !== undefined || confirmedCauses(situation).length > 0
  return [
    ...holdings.map(holdingObstacle),
    ...debts.map(({ seq, box, what }) => ({
      what: `#${seq} is a hotfix that is not in the repository: ${what}${onBoxWords(box)}`,
      tryNext: `halligan link ${seq} COMMIT`,
    })),
    ...(known
      ? []
      : [
          {
            what: 'nothing says what the cause was',
            tryNext: 'halligan hypothesis confirm NUMBER WHY --by ENTRY, or halligan close --cause "…"',
          },
        ]),
  ]
}

/** What does not stand against closing, and should be known to whoever closes. */
export type Reservation =
  /** The last look that saw anything of them found them so. */
  | { readonly kind: 'critical'; readonly boxes: readonly { readonly box: string; readonly at: string }[] }
  | { readonly kind: 'handed-over'; readonly handedOver: HandedOver }
  /** Nobody can say from the record whether they go together. */
  | { readonly kind: 'several-causes'; readonly causes: readonly Hypothesis[] }
  /** What they eased may begin again. */
  | { readonly kind: 'eased'; readonly eased: Situation['eased'] }

/** @param me who closes: `alice@laptop` */
export function reservationsAbout(situation: Situation, me: string): readonly Reservation[] {
  const { boxes, handedOver, eased } = situation
  const critical = boxes.flatMap(({ box, seen }) => (seen?.state === 'critical' ? [{ box, at: seen.at }] : []))
  const isMine = handedOver?.to !== undefined && handedOver.by !== me && isMeant(handedOver.to, me)
  const causes = confirmedCauses(situation)
  return [
    ...(critical.length > 0 ? [{ kind: 'critical', boxes: critical } as const] : []),
    ...(handedOver && !isMine ? [{ kind: 'handed-over', handedOver } as const] : []),
    ...(causes.length > 1 ? [{ kind: 'several-causes', causes } as const] : []),
    ...(eased.length > 0 ? [{ kind: 'eased', eased } as const] : []),
  ]
}

/** Handed to nobody in particular, or to this person by account or by account and machine. */
export function isMeant(to: string | undefined, me: string): boolean {
  return to === undefined || to === me || me.startsWith(`${to}@`)
}

/** What is held to be the cause, since it was opened or opened again. */
export function confirmedCauses({ hypotheses }: Situation): readonly Hypothesis[] {
  return hypotheses.filter(({ state }) => state === 'confirmed')
}

function holdingObstacle({ seq, box, by, kind, what, job, undo, settledBy }: Situation['holdings'][number]): Obstacle {
  const where = onBoxWords(box)
  const over = `halligan undone ${seq} HOW`
  switch (kind) {
    case 'job':
      return {
        what: `#${seq} still runs${where}: ${what}`,
        tryNext: `halligan run --collect ${job} when it has ended, or halligan run --stop ${job}`,
      }
    case 'command':
      return {
        what: `#${seq} runs${where} ${atConsoleOf(by)} with its line when that console went: ${what}`,
        tryNext: `wait for it, or end it there with Ctrl-C; when that console is gone, so is the command: ${over}`,
      }
    case 'shell':
      return {
        what: `#${seq} is a shell${where} ${openBy(by)}`,
        tryNext: `leave it (exit, Ctrl-D). If its console is gone, the next halligan there takes it in as lost; else ${over}`,
      }
    case 'change':
    case 'relief':
      return {
        what: `#${seq} still holds${where}: ${what}`,
        tryNext:
          settledBy === undefined
            ? `${undo ?? `take it back${where}`}, then ${over}`
            : `${settledBy}; if it is to stay, or was settled by hand: ${over}`,
      }
    case 'unreadable':
      return {
        what: `#${seq} is ${what}${where}: nobody can say whether it still runs or holds`,
        tryNext: `see for yourself${where}, then ${over}`,
      }
  }
}

/** The two ways in which an obstacle names somebody; a write-up puts roles in their place. */
export function atConsoleOf(by: string): string {
  return `at the console of ${by}, or ended`
}
export function openBy(by: string): string {
  return `that is open (${by})`
}

function onBoxWords(box: string | undefined): string {
  return box === undefined ? '' : ` on ${box}`
}
