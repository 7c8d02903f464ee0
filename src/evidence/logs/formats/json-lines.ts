import type { BoxTime } from '../time/box-time.ts'
import { headOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { jsonObject, namedValuesOf } from '../reading/json-object.ts'
import { eventOfValues } from '../reading/named-values.ts'

/**
 * A JSON object on each line: pino, bunyan, winston (Node), zap, logrus, zerolog, slog (Go), Serilog (.NET), structlog and python-json-logger (Python), logstash
 * encoders (Java), ECS, GELF. They differ in names of keys only (named-values.ts has them).
 */
export const jsonLines: LogFormat = {
  id: 'json-lines',
  title: 'JSON lines',
  breadth: 2,
  samples: [
    {
      text: '{"level":50,"time":1709630142120,"pid":812,"hostname":"web-1","customer":"acme","err":{"type":"TypeError","message":"stock is undefined","stack":"TypeError: stock is undefined\\n    at place (/srv/app/orders.js:88:13)"},"msg":"order failed"}',
      origin: 'pino with its serializer of errors, getpino.io',
    },
    {
      text: '{"level":30,"time":1709630142120,"pid":812,"hostname":"web-1","req":{"id":7,"method":"GET","url":"/orders/7"},"res":{"statusCode":500},"responseTime":12,"msg":"request completed"}',
      origin: 'pino-http, github.com/pinojs/pino-http',
    },
    {
      text: '{"name":"orders","hostname":"web-1","pid":812,"level":40,"msg":"queue is long","depth":91,"time":"2024-03-05T09:15:42.120Z","v":0}',
      origin: 'bunyan, github.com/trentm/node-bunyan',
    },
    {
      text: '{"level":"error","ts":1709630142.1203456,"logger":"orders","caller":"orders/handler.go:88","msg":"order failed","customer":"acme","error":"no stock","stacktrace":"orders.place\\n\\t/srv/orders/handler.go:88"}',
      origin: 'zap, production configuration, pkg.go.dev/go.uber.org/zap',
    },
    {
      text: '{"customer":"acme","level":"warning","msg":"stock is low","time":"2024-03-05T10:15:42+01:00"}',
      origin: 'logrus.JSONFormatter, pkg.go.dev/github.com/sirupsen/logrus',
    },
    {
      text: '{"level":"info","time":1709630142,"message":"ready"}',
      origin: 'zerolog with unix time, pkg.go.dev/github.com/rs/zerolog',
    },
    {
      text: '{"time":"2024-03-05T10:15:42.12+01:00","level":"ERROR","source":{"function":"main.place","file":"/srv/orders/main.go","line":88},"msg":"order failed","customer":"acme"}',
      origin: 'slog.JSONHandler with AddSource, pkg.go.dev/log/slog',
    },
    {
      text: '{"@t":"2024-03-05T09:15:42.1203456Z","@mt":"Order {OrderId} failed for {Customer}","@l":"Error","@x":"System.InvalidOperationException: no stock\\n   at Shop.Orders.Place() in /src/Orders.cs:line 88","OrderId":7,"Customer":"acme","SourceContext":"Shop.Orders"}',
      origin: 'Serilog compact format, github.com/serilog/serilog-formatting-compact',
    },
    {
      text: '{"asctime": "2024-03-05 10:15:42,120", "levelname": "ERROR", "name": "orders.api", "message": "order failed", "exc_info": "Traceback (most recent call last):\\n  File \\"/srv/app/orders.py\\", line 88, in place\\n    raise NoStock(item)\\nshop.errors.NoStock: 12", "customer": "acme"}',
      origin: 'python-json-logger, pypi.org/project/python-json-logger',
    },
    {
      text: '{"customer": "acme", "event": "order_failed", "level": "error", "timestamp": "2024-03-05T09:15:42.120345Z"}',
      origin: 'structlog with JSONRenderer, structlog.org',
    },
    {
      text: '{"@timestamp":"2024-03-05T09:15:42.120Z","log.level":"ERROR","message":"order failed","ecs.version":"1.2.0","service.name":"orders","process.thread.name":"http-8080-1","log.logger":"com.shop.Orders","error.type":"java.lang.IllegalStateException","error.message":"no stock","error.stack_trace":"java.lang.IllegalStateException: no stock\\n\\tat com.shop.Orders.place(Orders.java:88)\\n"}',
      origin: 'ECS logging for Java, elastic.co/guide/en/ecs-logging/java',
    },
    {
      text: '{"version":"1.1","host":"web-1","short_message":"order failed","full_message":"order failed\\njava.io.IOException: refused\\n\\tat com.shop.Stock.ask(Stock.java:31)","timestamp":1709630142.12,"level":3,"_customer":"acme"}',
      origin: 'GELF 1.1, go2docs.graylog.org',
    },
    {
      text: '{"level":50,"time":1795685164791,"pid":10566,"hostname":"web-1","name":"orders","err":{"type":"Error","message":"order 4711 could not be written: Cannot read properties of undefined (reading \'sku\')","stack":"Error: order 4711 could not be written\\n    at boom (/srv/shop/orders.cjs:3:108)\\n    at Object.<anonymous> (/srv/shop/orders.cjs:5:88)\\ncaused by: TypeError: Cannot read properties of undefined (reading \'sku\')","code":"E_ORDER"},"msg":"order failed"}',
      origin: 'pino 10.4.0, an error with its cause',
    },
    {
      text: '{"name":"orders","hostname":"web-1","pid":10566,"level":50,"err":{"message":"order 4711 could not be written","name":"Error","stack":"Error: order 4711 could not be written\\n    at boom (/srv/shop/orders.cjs:3:108)\\n    at Object.<anonymous> (/srv/shop/orders.cjs:9:80)","code":"E_ORDER"},"msg":"order failed","time":"2026-11-26T09:26:04.837Z","src":{"file":"/srv/shop/orders.cjs","line":9},"v":0}',
      origin: 'bunyan 2.0.5, with src',
    },
    {
      text: '{"code":"E_ORDER","level":"error","message":"order 4711 could not be written","stack":"Error: order 4711 could not be written\\n    at boom (/srv/shop/orders.cjs:3:108)\\n    at Object.<anonymous> (/srv/shop/orders.cjs:11:77)","timestamp":"2026-11-26T09:26:04.905Z"}',
      origin: 'winston 3.19.0, format.errors with stack and format.timestamp',
    },
    {
      text: '{"asctime": "2026-11-26 09:26:05,447", "levelname": "ERROR", "name": "orders", "message": "order 4711 failed", "exc_info": "Traceback (most recent call last):\\n  File \\"/srv/shop/j.py\\", line 7, in <module>\\n    try: {}[\'sku\']\\n         ~~^^^^^^^\\nKeyError: \'sku\'"}',
      origin: 'python-json-logger 2.0.1, logger.exception',
    },
    {
      text: '{"error":"dial tcp 10.0.0.7:5432: connect: connection refused","level":"error","msg":"order 4711 failed","time":"2026-11-26T09:26:13Z"}',
      origin: 'logrus 1.9.0, WithError',
    },
  ],
  read: (text, time) => jsonEvent(text, time),
}

function jsonEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const object = jsonObject(line)
  if (object === undefined || Object.keys(object).length === 0) return undefined
  const event = eventOfValues(namedValuesOf(object), time)
  const template = object['@mt']
  const message = typeof template === 'string' && object['@m'] === undefined ? filled(template, object) : event.message
  const trace = [event.trace, others.trim()].filter((part) => part !== undefined && part !== '').join('\n')
  return { ...event, message, ...(trace === '' ? {} : { trace }) }
}

/** Serilog's template with its values: `Order {OrderId} failed`. */
function filled(template: string, object: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{[@$]?(\w{1,60})(?:[:,][^}]{0,40})?\}/g, (hole, name: string) => {
    const value = object[name]
    if (typeof value === 'string') return value
    return value === undefined ? hole : JSON.stringify(value)
  })
}
