import { count, duration } from '../../base/format.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const stoppedProcess = check({
  id: 'stopped-process',
  title: 'A process was stopped and never continued',
  resource: 'process',
  about:
    'State T: a SIGSTOP (or a debugger that went away) left the process standing. It keeps its ports and locks and answers nobody: clients time out instead of being refused. Critical where somebody may wait for it: it has sockets, or is a service of systemd; else a warning, as somebody may have suspended work of their own. State t: a debugger or tracer holds it right now.',
  needs: ['process-stat'],
  wants: ['process-status', 'process-command', 'process-cgroup', 'open-files'],
  limits: {
    ageSeconds: { value: 1, unit: 's', why: 'a process may be stopped for a moment while it is being started' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { ageSeconds }, { box }) => {
    const stopped = seen['process-stat'].processes.filter(
      ({ state, stateBefore, terminal, ageSeconds: age }) =>
        (state === 'T' || state === 't') &&
        (stateBefore === undefined || stateBefore === state) &&
        !terminal &&
        age >= ageSeconds,
    )
    const findings = stopped.slice(0, 5).map(({ pid, state, ageSeconds: age }): FindingDraft => {
      const subject = processSubject(pid, seen)
      const tracer = seen['process-status']?.get(pid)?.tracer
      // Undefined where the table of its descriptors is closed to us.
      const sockets = seen['open-files']?.byPid.get(pid)?.sockets
      const holder = tracer === undefined ? undefined : processSubject(tracer, seen)
      return {
        state: sockets === 0 && !subject.unit?.endsWith('.service') ? 'warning' : 'critical',
        severity: 0.4,
        title:
          state === 'T'
            ? `${processWords(subject)} is stopped`
            : `${processWords(subject)} is held by ${holder ? `${processWords(holder)}, which traces it` : 'a debugger or tracer'}`,
        why:
          state === 'T'
            ? `Somebody sent it SIGSTOP, or a debugger died and left it so (it was started ${duration(age)} ago). It keeps its ports and locks and answers nobody.`
            : `While the tracer holds it, it answers nobody.${holder?.commandLine ? ` The tracer is ${holder.commandLine.slice(0, 100)}.` : ''}`,
        subject,
        measured: [{ what: 'stopped processes', value: stopped.length, unit: 'count', source: `/proc/${pid}/stat` }],
        next:
          state === 'T'
            ? [next(box, `kill -CONT ${pid}`, 'let it run again, once you know who stopped it', 'change')]
            : tracer === undefined
              ? [next(box, `grep TracerPid /proc/${pid}/status`, 'see who holds it')]
              : [
                  next(box, `ps -o pid,ppid,user,tty,etimes,args -p ${tracer}`, 'see who started the tracer, and when'),
                  next(box, `kill ${tracer}`, 'end the tracer, which lets the process run again', 'change'),
                ],
      }
    })
    return verdict(findings, count(stopped.length, 'stopped process', 'stopped processes'))
  },
})
