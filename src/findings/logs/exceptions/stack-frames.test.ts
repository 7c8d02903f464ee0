import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thrownIn, topFrame } from './stack-frames.ts'

/** `type: message @ top own frame` of each exception, outermost first. */
const told = (...lines: readonly string[]): readonly string[] =>
  thrownIn(lines.join('\n')).map((thrown) => {
    const { file, line, function: name, module, own } = topFrame(thrown) ?? { own: false }
    return `${thrown.type}: ${thrown.message} @ ${file}:${line} ${module === undefined ? '' : `${module} `}${name}${own ? '' : ' (foreign)'}`
  })

describe('thrownIn', () => {
  it('reads Java, its causes, class loaders and archives', () => {
    expect(
      told(
        '2026-11-26 14:05:33,120 ERROR [http-nio-8080-exec-7] c.a.o.OrderController - order failed',
        'java.lang.IllegalStateException: no price for acme',
        '\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)',
        '\tat app//com.acme.orders.Prices.of(Prices.java:41) ~[orders.jar!/:1.4]',
        '\tat com.acme.orders.OrderController$$EnhancerBySpringCGLIB$$1f2.total(<generated>)',
        '\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)',
        'Caused by: java.net.SocketTimeoutException: Read timed out',
        '\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)',
        '\tat com.acme.orders.Feed.read(Feed.java:12)',
        '\t... 41 more',
      ),
    ).toEqual([
      'java.lang.IllegalStateException: no price for acme @ Prices.java:41 com.acme.orders.Prices of',
      'java.net.SocketTimeoutException: Read timed out @ Feed.java:12 com.acme.orders.Feed read',
    ])
  })

  it('reads Python, whose last line names the exception and whose first trace is the cause', () => {
    expect(
      told(
        'ERROR:orders:order failed',
        'Traceback (most recent call last):',
        '  File "/app/prices.py", line 12, in price_of',
        '    return PRICES[customer]',
        '           ~~~~~~^^^^^^^^^^',
        "KeyError: 'acme'",
        '',
        'The above exception was the direct cause of the following exception:',
        '',
        'Traceback (most recent call last):',
        '  File "/usr/lib/python3/dist-packages/flask/app.py", line 1484, in full_dispatch_request',
        '    rv = self.dispatch_request()',
        '  File "/app/orders.py", line 88, in total',
        '    raise OrderFailed("no price") from error',
        'orders.OrderFailed: no price',
      ),
    ).toEqual([
      'orders.OrderFailed: no price @ /app/orders.py:88 total',
      "KeyError: 'acme' @ /app/prices.py:12 price_of",
    ])
  })

  it('takes the innermost own frame of Python, not of what is installed', () => {
    expect(
      told(
        'Traceback (most recent call last):',
        '  File "/app/orders.py", line 88, in total',
        '    get(url)',
        '  File "/venv/lib/python3.11/site-packages/requests/api.py", line 73, in get',
        '    return request("get", url)',
        'requests.exceptions.ConnectTimeout: timed out',
      ),
    ).toEqual(['requests.exceptions.ConnectTimeout: timed out @ /app/orders.py:88 total'])
  })

  it('reads Node, with a message before the error and a cause', () => {
    expect(
      told(
        "order failed TypeError: Cannot read properties of undefined (reading 'price')",
        '    at Array.map (<anonymous>)',
        '    at async Orders.total (file:///app/orders.js:12:9)',
        '    at /app/node_modules/express/lib/router/layer.js:95:5',
        '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5) {',
        '  [cause]: Error: connect ECONNREFUSED 10.0.0.7:5432',
        '      at new Feed (/app/feed.js:3:7)',
      ),
    ).toEqual([
      "TypeError: Cannot read properties of undefined (reading 'price') @ /app/orders.js:12 Orders total",
      'Error: connect ECONNREFUSED 10.0.0.7:5432 @ /app/feed.js:3 Feed',
    ])
  })

  it('reads Go below its panic, of the first goroutine', () => {
    expect(
      told(
        'panic: runtime error: index out of range [3] with length 3',
        '',
        'goroutine 18 [running]:',
        'runtime/debug.Stack()',
        '\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e',
        'main.recovered({0x1, 0x2})',
        '\t/app/recover.go:9 +0x2a',
        'panic({0x6b2a40?, 0xc0000182a0?})',
        '\t/usr/local/go/src/runtime/panic.go:770 +0x132',
        'github.com/acme/shop/cart.(*Cart).First(0xc00009e000, 0x3)',
        '\t/app/cart/cart.go:31 +0x1d',
        'main.main()',
        '\t/app/main.go:12 +0x1d',
      ),
    ).toEqual([
      'panic: runtime error: index out of range [3] with length 3 @ /app/cart/cart.go:31 github.com/acme/shop/cart (*Cart).First',
    ])
  })

  it('reads Ruby and Rails', () => {
    expect(
      told(
        "app/models/order.rb:12:in 'Order#total': undefined method 'price' for nil (NoMethodError)",
        "\tfrom /usr/lib/ruby/gems/3.3.0/gems/rack-3.0.8/lib/rack/builder.rb:3:in 'call'",
      ),
    ).toEqual(["NoMethodError: undefined method 'price' for nil @ app/models/order.rb:12 Order total"])
    expect(
      told(
        "ActiveRecord::RecordNotFound (Couldn't find Order with 'id'=7):",
        '  ',
        "app/controllers/orders_controller.rb:8:in `show'",
      ),
    ).toEqual([
      "ActiveRecord::RecordNotFound: Couldn't find Order with 'id'=7 @ app/controllers/orders_controller.rb:8 show",
    ])
  })

  it('reads .NET, whose inner exception stands before the frames of the outer one', () => {
    expect(
      told(
        'System.InvalidOperationException: order failed',
        ' ---> System.Collections.Generic.KeyNotFoundException: acme',
        '   at System.Collections.Generic.Dictionary`2.get_Item(TKey key)',
        '   at Acme.Prices.Of(String customer) in /src/Prices.cs:line 9',
        '   --- End of inner exception stack trace ---',
        '   at Acme.Orders.Total(String customer) in /src/Orders.cs:line 31',
        '   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)',
      ),
    ).toEqual([
      'System.InvalidOperationException: order failed @ /src/Orders.cs:31 Acme.Orders Total',
      'System.Collections.Generic.KeyNotFoundException: acme @ /src/Prices.cs:9 Acme.Prices Of',
    ])
  })

  it('reads Rust', () => {
    expect(
      told(
        "thread 'main' panicked at src/orders.rs:7:24:",
        'called `Option::unwrap()` on a `None` value',
        'stack backtrace:',
        '   0: rust_begin_unwind',
        '             at /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/std/src/panicking.rs:645:5',
        '   1: orders::total::h1a2b3c4d5e6f7081',
        '             at ./src/orders.rs:7:24',
      ),
    ).toEqual(['panic: called `Option::unwrap()` on a `None` value @ src/orders.rs:7 undefined'])
  })

  it('says nothing of a text without a trace', () => {
    expect(told('ValueError: bad input', 'at 14:05 the job ended (exit 1)', 'see main.go:12')).toEqual([])
  })

  it('takes any text, with whole lines and own frames told apart', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        '\tat com.acme.A.b(A.java:1)',
        'Caused by: a.b.CError: x',
        'Traceback (most recent call last):',
        '  File "/app/a.py", line 1, in f',
        ' ---> System.AException: y',
        '   --- End of inner exception stack trace ---',
        '\t/app/main.go:12 +0x1d',
        'KeyError: 1',
        'During handling of the above exception, another exception occurred:',
        "thread 'main' panicked at src/orders.rs:7:24:",
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (lines) => {
        for (const { type, frames } of thrownIn(lines.join('\n'))) {
          expect(type).not.toBe('')
          expect(frames.length).toBeGreaterThan(0)
          for (const { line } of frames) expect(Number.isNaN(line)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })
})
