import { expect, test } from 'vitest'
import type { BoxTime } from '../time/box-time.ts'
import { haproxyHttp } from './haproxy-http.ts'
import { haproxyMessage } from './haproxy-message.ts'
import { haproxyTcp } from './haproxy-tcp.ts'

const TIME: BoxTime = { nowMs: Date.UTC(2026, 10, 26, 7), zone: 'UTC' }

/** In the form in which HAProxy 2.6.12 of Debian 12 writes them side by side to one log. */
const REQUEST =
  '127.0.0.1:57432 [26/Nov/2026:06:46:00.850] fe_shop be_orders/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 {127.0.0.1:18192} "GET /orders/7?x=1 HTTP/1.1"'
const CONNECTION = '127.0.0.1:53064 [26/Nov/2026:06:46:00.959] ft bk_tcp/db-1 1/-1/3014 0 SC 1/1/0/0/3 0/0'
const MESSAGE = "[ALERT]    (2035) : backend 'be_orders' has no server available!"

test('each line is of one format only', () => {
  const readBy = (line: string): readonly string[] =>
    [haproxyHttp, haproxyTcp, haproxyMessage].filter((format) => format.read(line, TIME)).map(({ id }) => id)
  expect([REQUEST, CONNECTION, MESSAGE].map(readBy)).toEqual([['haproxy-http'], ['haproxy-tcp'], ['haproxy-message']])
})

test('a level that is padded is read', () => {
  expect(haproxyMessage.read(MESSAGE, TIME)).toEqual({
    severity: 'fatal',
    message: "backend 'be_orders' has no server available!",
    pid: 2035,
  })
})
