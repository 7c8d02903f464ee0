import { drain } from './drain.ts'
import { endMysqlQuery } from './end-mysql-query.ts'
import { endQuery } from './end-query.ts'
import { end } from './end.ts'
import { freeDeleted } from './free-deleted.ts'
import { pauseTimer } from './pause-timer.ts'
import { raiseLimit } from './raise-limit.ts'
import type { Relief } from './relief.ts'
import { reload } from './reload.ts'
import { restart } from './restart.ts'
import { rollback } from './rollback.ts'
import { rotateLog } from './rotate-log.ts'
import { vacuumJournal } from './vacuum-journal.ts'

/** All reliefs, in the order in which they are listed: what helps most often first. */
export const reliefs: readonly Relief[] = [
  restart,
  rollback,
  freeDeleted,
  vacuumJournal,
  rotateLog,
  raiseLimit,
  end,
  endQuery,
  endMysqlQuery,
  drain,
  pauseTimer,
  reload,
]

export function reliefNamed(id: string): Relief | undefined {
  return reliefs.find((relief) => relief.id === id)
}
