import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * java.util.logging as it is set up by default: time, class and method on one line, level and message on the next. Source: SimpleFormatter in
 * docs.oracle.com/en/java/javase/21/docs/api/java.logging.
 */
export const javaUtilLogging: LogFormat = {
  id: 'java-util-logging',
  title: 'java.util.logging',
  samples: [
    {
      text: 'Mar 05, 2024 10:15:42 AM com.shop.Orders place\nWARNING: stock is low',
      origin: 'OpenJDK 17, SimpleFormatter',
    },
    {
      text: 'Mar 05, 2024 10:15:42 PM com.shop.Orders place\nSEVERE: order failed for acme\njava.lang.IllegalStateException: no stock\n\tat com.shop.Orders.place(Orders.java:88)\nCaused by: java.io.IOException: refused\n\t... 1 more',
      origin: 'OpenJDK 17, SimpleFormatter with an exception',
    },
  ],
  read: (text, time) => julEvent(text, time),
}

function julEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const found = /^[A-Z][a-z]{2} \d{1,2}, \d{4} /.test(line) ? timeAt(line, 0, time) : undefined
  if (found === undefined) return undefined
  const [whole, level = ''] = /^\n(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /.exec(others.slice(0, 16)) ?? []
  if (whole === undefined) return undefined
  return eventOf({
    atMs: found.atMs,
    severity: severityOf(level),
    ...saidOf(others.slice(whole.length)),
    logger: line.slice(found.end).trim().split(' ', 1)[0],
  })
}
