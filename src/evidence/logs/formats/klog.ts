import type { BoxTime } from '../time/box-time.ts'
import { eventOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { closingQuote, logfmtPairs, unquoted } from '../reading/logfmt-pairs.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'
import { exceptionIn } from '../reading/trace-text.ts'

/**
 * `Lmmdd hh:mm:ss.uuuuuu threadid file:line] message`: Kubernetes (klog), glog of C++ and Go. Source: pkg.go.dev/k8s.io/klog/v2,
 * github.com/google/glog.
 */
export const klog: LogFormat = {
  id: 'klog',
  title: 'klog, glog',
  samples: [
    {
      text: 'E0105 10:15:42.120345     812 kubelet.go:1432] "Failed to start pod" pod="shop/orders-7" err="no space left"',
      origin: 'klog structured logging, kubernetes.io/docs/concepts/cluster-administration/system-logs',
    },
    {
      text: 'I1231 23:59:59.120345     812 main.go:42] listening on :8080',
      origin: 'klog, the header of its package documentation',
    },
    {
      text: 'W20240305 10:15:42.120345 140212 orders.cc:88] stock is low',
      origin: 'glog 0.5 and newer of C++, with the year',
    },
  ],
  read: (text, time) => klogEvent(text, time),
}

const HEAD = /^([IWEF])(?:\d{4}){1,2} \d\d:\d\d:\d\d\.\d{1,6} {1,8}(\d{1,20}) ([\w./-]{1,120}:\d{1,7})\] ?/

function klogEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole, letter = '', pid, statement] = HEAD.exec(text.slice(0, 256)) ?? []
  if (whole === undefined) return undefined
  // With the year the letter is not part of the time's form.
  const found = timeAt(text, /^.\d{8}/.test(text) ? 1 : 0, time)
  const { message, trace } = saidOf(text.slice(whole.length))
  const structured = structuredOf(message)
  return eventOf({
    atMs: found?.atMs,
    severity: severityOf(letter),
    message: structured?.message ?? (message === '' && trace !== undefined ? (exceptionIn(trace) ?? '') : message),
    thread: pid,
    statement,
    trace,
    fields: structured?.fields,
  })
}

/** `"message" key="value" other=1` */
function structuredOf(
  text: string,
): { readonly message: string; readonly fields: Readonly<Record<string, string>> } | undefined {
  if (!text.startsWith('"')) return undefined
  const end = closingQuote(text, 1)
  if (end >= text.length) return undefined
  return { message: unquoted(text.slice(1, end)), fields: Object.fromEntries(logfmtPairs(text, end + 1)) }
}
