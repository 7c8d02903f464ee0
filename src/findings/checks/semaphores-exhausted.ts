import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const semaphoresExhausted = check({
  id: 'semaphores-exhausted',
  title: 'No room for more System V semaphores',
  resource: 'kernel',
  about:
    'Arrays of System V semaphores live until somebody removes them; kernel.sem bounds their number (SEMMNI) and that of all semaphores in them (SEMMNS). At the limit semget() fails with ENOSPC, "No space left on device" though no disk is full: databases and web servers do not start any more. Programs that crash leave theirs behind.',
  needs: ['system-v'],
  limits: {
    warningShare: { value: 0.9, unit: 'of the limit', why: 'what leaks has used nine tenths of its time' },
    criticalShare: { value: 1, unit: 'of the limit', why: 'the next program that asks for one fails' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ 'system-v': { semaphores } }, { warningShare, criticalShare }, { box }) => {
    if (semaphores === undefined) return unknown('the box does not tell of System V semaphores')
    const { mostOf } = semaphores
    const arrays = { what: 'arrays of semaphores', used: semaphores.arrays, limit: semaphores.arraysLimit }
    const all = { what: 'semaphores', used: semaphores.semaphores, limit: semaphores.semaphoresLimit }
    const share = ({ used, limit }: typeof all): number => (limit > 0 ? used / limit : 0)
    const tightest = share(all) > share(arrays) ? all : arrays
    const graded = grade(share(tightest), warningShare, criticalShare, criticalShare)
    const words = `${tightest.used} of at most ${tightest.limit} System V ${tightest.what}`
    if (!graded) return verdict([], `${words} are in use`)
    return verdict(
      [
        {
          ...graded,
          title: `${words} are in use (${percent(100 * share(tightest))})${mostOf ? `; user ${mostOf.uid} has ${mostOf.arrays} arrays` : ''}`,
          why: 'At the limit (kernel.sem) semget() fails with ENOSPC, "No space left on device", and what needs one does not start.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: tightest.what,
              value: tightest.used,
              limit: tightest.limit,
              unit: 'count',
              source: '/proc/sysvipc/sem',
            },
          ],
          next: [
            next(box, 'ipcs -s -c; ipcs -s -t', 'see whose they are, and when they were used last'),
            next(box, 'ipcs -s -l', 'see the limits (kernel.sem)'),
          ],
        },
      ],
      '',
    )
  },
})
