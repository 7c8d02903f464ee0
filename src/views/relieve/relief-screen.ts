import { safeJson, wrap } from '../../base/safe-text.ts'
import { settleRelief } from '../../findings/next.ts'
import type { Done } from '../../steps/relieve/perform.ts'
import type { RecordedRelief } from '../../steps/relieve/recorded-relief.ts'
import { keptThings, type Possible, type Relieved } from '../../steps/relieve/relieve.ts'
import { paint, shown, type Style } from '../style.ts'

/** The plan, before anything is done or asked. */
export function planLines(box: string, does: string, { lines }: Possible, style: Style): string {
  return `${[paint(style, 'strong', shown(style, `${box}: ${does}`)), ...lines.flatMap((line) => indented(line, style))].join('\n')}\n`
}

/** What came of it: what shows it stands below. The plan stands above already, unless only that was asked for. */
export function relievedScreen(
  { box, sudo, relief, target, plan, state, worked, says, failure, preserved, seq }: Relieved,
  style: Style,
): string {
  if (state === 'planned') return plan?.possible && !failure ? planLines(box, relief.does(target), plan, style) : ''
  const kept =
    preserved?.recorded.how === 'recorded'
      ? [
          `kept first what would be gone: ${keptThings(preserved.kept)} of ${preserved.kept.length} things, #${preserved.recorded.entry.seq}`,
        ]
      : []
  const back =
    relief.undo && seq !== undefined && state === 'ended' ? [`back: ${settleRelief(box, sudo, 'undo', seq)}`] : []
  const lines = [...kept, ...says, ...back].flatMap((line) => indented(line, style))
  if (state === 'not-started') return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  return `${[outcomeLine(box, relief.does(target), { state, worked }, style), ...lines].join('\n')}\n`
}

export function settledScreen(
  box: string,
  how: 'undo' | 'check',
  { relief, target, before }: RecordedRelief,
  { state, worked, says }: Done,
  style: Style,
): string {
  if (state === 'not-started') return ''
  const does = how === 'undo' ? (relief.undo?.does(target, before) ?? '') : relief.does(target)
  return `${[outcomeLine(box, does, { state, worked }, style), ...says.flatMap((line) => indented(line, style))].join('\n')}\n`
}

/** What stands first: nobody takes an end that was not seen for either of the two others. */
function outcomeLine(
  box: string,
  does: string,
  { state, worked }: { readonly state: 'ended' | 'lost'; readonly worked: boolean },
  style: Style,
): string {
  const known = worked ? paint(style, 'ok', 'IT WORKED') : paint(style, 'critical', 'IT DID NOT WORK')
  const word = state === 'lost' ? paint(style, 'warning', 'NOT KNOWN YET') : known
  return `${word}  ${shown(style, `${box}: ${does}`)}`
}

function indented(line: string, style: Style): readonly string[] {
  const [first = '', ...rest] = wrap(shown(style, line), style.columns - 4)
  return [`  ${first}`, ...rest.map((more) => `    ${more}`)]
}

const SCHEMA = 'halligan.relief/1'

/** `halligan.relief/1` of one relief. */
export function relievedJson({ box, sudo, relief, target, identity, plan, preserved, ...done }: Relieved): string {
  const kept = preserved?.recorded.how === 'recorded' ? preserved.recorded.entry.seq : null
  return json({
    box,
    relief: relief.id,
    target,
    price: relief.price,
    identity: identity ? { hostname: identity.hostname, machineId: identity.machineId, bootId: identity.bootId } : null,
    plan: plan
      ? {
          possible: plan.possible,
          ...(plan.possible ? { lines: plan.lines, before: plan.before } : { why: plan.why, tryNext: plan.tryNext }),
        }
      : null,
    preserved: kept,
    ...endOf(done),
    undo:
      relief.undo && done.seq !== undefined && done.state === 'ended'
        ? settleRelief(box, sudo, 'undo', done.seq)
        : null,
  })
}

export function settledJson(
  box: string,
  how: 'undo' | 'check',
  { seq, relief, target }: RecordedRelief,
  done: Done,
): string {
  return json({ box, [how]: seq, relief: relief.id, target, price: relief.price, ...endOf(done) })
}

function endOf({ state, worked, says, failure, recorded }: Omit<Done, 'state'> & { readonly state: string }) {
  return {
    state,
    worked: state === 'ended' ? worked : null,
    says,
    entries: recorded.flatMap((each) => (each.how === 'recorded' ? [each.entry.seq] : [])),
    failure: failure ?? null,
  }
}

function json(value: object): string {
  return `${safeJson({ schema: SCHEMA, ...value })}\n`
}
