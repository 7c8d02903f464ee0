import type { BoxTime } from '../time/box-time.ts'
import { eventOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { jsonObject } from '../reading/json-object.ts'
import { timeAt } from '../time/time-in-text.ts'

/** A container's log as Docker's json-file driver keeps it. Source: docs.docker.com/engine/logging/drivers/json-file. */
export const dockerJson: LogFormat = {
  id: 'docker-json',
  title: 'container log of Docker (json-file)',
  breadth: 1,
  envelope: true,
  samples: [
    {
      text: '{"log":"listening on :8080\\n","stream":"stdout","time":"2024-03-05T09:15:42.120034567Z"}',
      origin: 'the json-file driver: log, stream, time',
    },
    {
      text: '{"log":"Error: no stock for 12\\n","stream":"stderr","time":"2024-03-05T09:15:44.1Z"}\n{"log":"    at place (/srv/app/orders.js:88:13)\\n","stream":"stderr","time":"2024-03-05T09:15:44.1Z"}',
      origin: 'the json-file driver, a stack trace over two lines',
    },
    {
      text: '{"log":"ready\\n","stream":"stdout","attrs":{"tag":"shop"},"time":"2024-03-05T09:15:45Z"}',
      origin: 'the json-file driver with the option labels or tag',
    },
  ],
  read: (text, time) => dockerEvent(text, time),
}

function dockerEvent(text: string, time: BoxTime): LogEvent | undefined {
  let content = ''
  let at: string | undefined
  let stream: string | undefined
  for (const line of text.split('\n')) {
    const { log, stream: from, time: when } = line.startsWith('{"log":"') ? (jsonObject(line) ?? {}) : {}
    if (typeof log !== 'string' || typeof when !== 'string') {
      if (at === undefined) return undefined
      content += `${line}\n`
      continue
    }
    content += log
    at ??= when
    if (typeof from === 'string') stream ??= from
  }
  if (at === undefined) return undefined
  return eventOf({
    atMs: timeAt(at, 0, time)?.atMs,
    ...saidOf(content.trimEnd()),
    fields: stream === undefined ? undefined : { stream },
  })
}
