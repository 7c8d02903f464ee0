import type { Holder } from '../incidents/situation.ts'
import { decideAndRecord, type Decided, type OpenIncident } from './decide.ts'

export interface NotReopened {
  readonly why: 'open'
  readonly holder: Holder
}

/** Opens a closed incident again, with the title, the boxes and the service that it had; who does so has it. */
export function reopen(open: OpenIncident): Promise<Decided<NotReopened>> {
  return decideAndRecord<NotReopened>(open, ({ closed, holder, title, service, boxes, untriedBoxes }) =>
    closed
      ? {
          write: {
            did: 'opened',
            payload: {
              title: title ?? '(purged)',
              boxes: [...boxes.flatMap(({ box, isRecording }) => (isRecording ? [] : [box])), ...untriedBoxes],
              service,
            },
          },
        }
      : { leave: { why: 'open', holder } },
  )
}
