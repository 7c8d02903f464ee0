import { eventOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import type { BoxTime } from '../time/box-time.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * A container's log as the kubelet keeps it (`/var/log/pods`, `/var/log/containers`): time, stream, `F` or `P` (a part of a line that was too long), text.
 * Source: kubernetes.io/docs/concepts/cluster-administration/logging, the CRI logging format.
 */
export const cri: LogFormat = {
  id: 'cri',
  title: 'container log of Kubernetes (CRI)',
  breadth: 1,
  envelope: true,
  samples: [
    {
      text: '2024-03-05T09:15:42.120034567Z stdout F listening on :8080',
      origin: 'the CRI logging format: time, stream, tag, text',
    },
    {
      text: '2024-03-05T09:15:43.500000001Z stderr P first half of a long line, \n2024-03-05T09:15:43.500000002Z stderr F second half',
      origin: 'the CRI logging format, a line in two parts',
    },
    {
      text: '2024-03-05T09:15:44.1+01:00 stderr F java.lang.IllegalStateException: no stock for 12\n2024-03-05T09:15:44.1+01:00 stderr F \tat com.shop.Orders.place(Orders.java:88)',
      origin: 'the CRI logging format, a stack trace over two lines',
    },
  ],
  read: (text, time) => criEvent(text, time),
}

function criEvent(text: string, time: BoxTime): LogEvent | undefined {
  let content = ''
  let first: CriLine | undefined
  let partial = true
  for (const line of text.split('\n')) {
    const read = criLine(line)
    if (read === undefined && first === undefined) return undefined
    content += (first === undefined || partial ? '' : '\n') + (read?.content ?? line)
    first ??= read
    partial = read?.partial ?? false
  }
  if (first === undefined) return undefined
  return eventOf({ atMs: timeAt(first.time, 0, time)?.atMs, ...saidOf(content), fields: { stream: first.stream } })
}

interface CriLine {
  readonly time: string
  readonly stream: string
  readonly partial: boolean
  readonly content: string
}

function criLine(line: string): CriLine | undefined {
  const [whole, time, stream, tag] =
    /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?::\S{0,20})?(?: |$)/.exec(
      line.slice(0, 96),
    ) ?? []
  if (whole === undefined || time === undefined || stream === undefined) return undefined
  return { time, stream, partial: tag === 'P', content: line.slice(whole.length) }
}
