import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'

/** uvicorn (FastAPI, Starlette): the level padded behind its colon; requests as `client - "GET / HTTP/1.1" 200 OK`. Source: www.uvicorn.org, logging.py. */
export const uvicorn: LogFormat = {
  id: 'uvicorn',
  title: 'uvicorn',
  samples: [
    {
      text: 'INFO:     10.0.0.7:52044 - "GET /orders/7 HTTP/1.1" 500 Internal Server Error',
      origin: 'uvicorn 0.27, AccessFormatter',
    },
    { text: 'INFO:     Started server process [812]', origin: 'uvicorn 0.27, when it starts' },
    {
      text: 'ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File "/srv/app/orders.py", line 88, in place\n    raise NoStock(item)\nshop.errors.NoStock: 12',
      origin: 'uvicorn 0.27, an application that raises',
    },
  ],
  read: (text) => uvicornEvent(text),
}

function uvicornEvent(text: string): LogEvent | undefined {
  const [line, others] = headOf(text)
  const [whole, level = '', spaces = ''] =
    /^(TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL):( {1,5})/.exec(line.slice(0, 16)) ?? []
  // The colon and the padding are ten characters together.
  if (whole === undefined || level.length + 1 + spaces.length !== 10) return undefined
  const rest = line.slice(whole.length)
  const [request, client, method, target, figure] =
    /^(\S{1,80}) - "([A-Z]{3,10}) ([^"\s]{1,2048}) HTTP\/[\d.]{1,3}" (\d{3})/.exec(rest.slice(0, 2304)) ?? []
  if (request === undefined)
    return eventOf({ severity: severityOf(level), ...saidOf(rest + others), program: 'uvicorn' })
  const status = Number(figure)
  return eventOf({
    severity: status >= 500 ? 'error' : severityOf(level),
    message: rest,
    program: 'uvicorn',
    access: { status, ...(method && { method }), ...(target && { target }), ...(client && { client }) },
  })
}
