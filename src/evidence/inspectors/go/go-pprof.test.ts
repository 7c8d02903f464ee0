import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { goPprof } from './go-pprof.ts'
import { goroutinesIn } from './goroutines.ts'

// As a service writes it that was built by Go 1.19 (test/sick/orders.go); the last ones are forms of later versions, as runtime/traceback.go prints them.
const DUMP = `goroutine 22 [running]:
runtime/pprof.writeGoroutineStacks({0x79ae20, 0xc0000f2000})
	/usr/lib/go-1.19/src/runtime/pprof/pprof.go:693 +0x70
net/http/pprof.handler.ServeHTTP({0xc0000ac021, 0x9}, {0x79d0d8, 0xc0000f2000}, 0xc0000f4000)
	/usr/lib/go-1.19/src/net/http/pprof/pprof.go:253 +0x49a

goroutine 1 [sleep]:
time.Sleep(0x1bf08eb000)
	/usr/lib/go-1.19/src/runtime/time.go:195 +0x135
main.main()
	/srv/shop/orders.go:71 +0x2ab

goroutine 5 [semacquire, 5 minutes]:
sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)
	/usr/lib/go-1.19/src/runtime/sema.go:77 +0x25
main.(*Desk).book(0xc000012018, {0x6fd4a1, 0x3})
	/srv/shop/orders.go:44 +0x54
github.com/gorilla/mux.(*Router).ServeHTTP(0xc0000e8000)
	/root/go/pkg/mod/github.com/gorilla/mux@v1.8.0/mux.go:210 +0x1cf
created by main.main
	/srv/shop/orders.go:62 +0x9f

goroutine 7 gp=0xc000002380 m=nil [chan receive, 2 minutes, locked to thread]:
example.com/shop/desk.Map[...](0x1)
	/srv/shop/desk/map.go:9 +0x1d
...additional frames elided...
created by example.com/shop/desk.Start in goroutine 1
	/srv/shop/desk/map.go:3 +0x45
`

describe('goroutines', () => {
  it('are told with what they wait for and since when, own code apart, without the one that answers', () => {
    const { goroutines, more } = goroutinesIn(DUMP, 10)
    expect(more).toBe(0)
    expect(goroutines).toEqual([
      {
        name: 'goroutine 1',
        says: ['sleep'],
        frames: [
          { function: 'time.Sleep', file: '/usr/lib/go-1.19/src/runtime/time.go', line: 195, own: false },
          { function: 'main.main', file: '/srv/shop/orders.go', line: 71, own: true },
        ],
      },
      {
        name: 'goroutine 5 (for 5 minutes)',
        says: ['semacquire'],
        frames: [
          {
            function: 'sync.runtime_SemacquireMutex',
            file: '/usr/lib/go-1.19/src/runtime/sema.go',
            line: 77,
            own: false,
          },
          { function: 'main.(*Desk).book', file: '/srv/shop/orders.go', line: 44, own: true },
          {
            function: 'github.com/gorilla/mux.(*Router).ServeHTTP',
            file: '/root/go/pkg/mod/github.com/gorilla/mux@v1.8.0/mux.go',
            line: 210,
            own: false,
          },
          { function: 'created by main.main', file: '/srv/shop/orders.go', line: 62, own: false },
        ],
      },
      {
        name: 'goroutine 7 (for 2 minutes)',
        says: ['chan receive', 'locked to thread'],
        cut: 'more frames were not shown',
        frames: [
          { function: 'example.com/shop/desk.Map[...]', file: '/srv/shop/desk/map.go', line: 9, own: true },
          { function: 'created by example.com/shop/desk.Start', file: '/srv/shop/desk/map.go', line: 3, own: false },
        ],
      },
    ])
  })

  it('are bounded, and what is left out is counted', () => {
    expect(goroutinesIn(DUMP, 1)).toMatchObject({ goroutines: [{ name: 'goroutine 1' }], more: 2 })
  })

  it('built without paths are told from Go itself by their names', () => {
    const text = `goroutine 3 [select]:\nnet/http.(*conn).serve(0x1)\n\tnet/http/server.go:1 +0x1\nexample.com/shop.Serve()\n\texample.com/shop/serve.go:4 +0x1\n`
    const [goroutine] = goroutinesIn(text, 5).goroutines
    expect(goroutine?.frames.map(({ own }) => own)).toEqual([false, true])
  })

  it('have labels in later versions, which are left out; one in another form is counted', () => {
    const heads = [
      'goroutine 3 [select, 2 minutes, labels:{"customer": "ann [x]"}]:',
      'goroutine 4 gp=0xc000002380 m=0 mp=0x5 [sleep] labels:{"customer": "ann"}:',
      'goroutine 5 labels:{"customer": "[ann]"} [sleep]:',
    ]
    const { goroutines, unread } = goroutinesIn(heads.map((head) => `${head}\nmain.f()\n\n`).join(''), 5)
    expect(goroutines.map(({ name, says }) => [name, ...says])).toEqual([
      ['goroutine 3 (for 2 minutes)', 'select'],
      ['goroutine 4', 'sleep'],
    ])
    expect(unread).toBe(1)
  })

  it('are read from any text without failing', () => {
    fc.assert(
      fc.property(fc.nat(DUMP.length), fc.string(), fc.nat(DUMP.length), (at, put, cut) => {
        const { goroutines } = goroutinesIn(`${DUMP.slice(0, at)}${put}${DUMP.slice(at)}`.slice(0, cut), 3)
        expect(goroutines.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})

describe('the pprof endpoint of a program', () => {
  const target = { process: {}, runtime: { kind: 'go', details: [] } } as unknown as Target
  const ASKED = '@@ asked 127.0.0.1:80\n@@ asked 127.0.0.1:6060\n@@ count 4\n'
  const read = (text: string) => goPprof.parse(Buffer.from(text), target)

  it('answers with goroutines, which belong to no thread', () => {
    expect(read(`${ASKED}${DUMP}\n@@ whole\n\n@@ same\n`)).toMatchObject({
      kind: 'seen',
      value: { samples: [{ threads: [], apart: [{}, {}, { frames: [{}, {}] }] }], notes: [] },
    })
  })

  it('that was cut, or told fewer than it has, says so', () => {
    expect(read(`${ASKED}${DUMP}\n@@ same\n`)).toMatchObject({
      value: { notes: ['its answer was cut: it has more goroutines'] },
    })
    expect(read(`@@ count 100\n${DUMP}\n@@ whole\n\n@@ same\n`)).toMatchObject({
      value: { notes: ['it counted 100 just before, and told 3'] },
    })
    expect(read(`@@ count 4\n${DUMP}\ngoroutine 9 {sleep}:\n\n@@ whole\n\n@@ same\n`)).toMatchObject({
      value: { notes: ['1 more are written in a form that is not known here'] },
    })
  })

  it('whose answer is of a process that could not be proved afterwards is not told', () => {
    for (const text of [`${ASKED}${DUMP}`, `${ASKED}${DUMP}\n@@ whole\n\n`, `${ASKED}${DUMP}\n@@ same\n${DUMP}`])
      expect(read(text)).toMatchObject({ kind: 'blind', why: expect.stringMatching(/could not be proved afterwards/) })
    expect(read(`${ASKED}${DUMP}\nhalligan-target gone\n`)).toMatchObject({ why: 'the process has ended' })
  })

  it.each([
    ['@@ asked 127.0.0.1:80\n@@ many 100008\n', /it has 100008 goroutines, more than 5000/],
    ['@@ no-pprof\n', /built without net\/http\/pprof/],
    ['@@ unread\n', /may not be read/],
    ['@@ no-client\n', /no curl, python3 or wget/],
    ['@@ asked 127.0.0.1:80\n@@ no-answer\n', /none of its ports/],
    ['@@ shared\n@@ asked 127.0.0.1:80\n@@ no-answer\n', /another process listens at the same port/],
    ['@@ asked 127.0.0.1:80\n@@ no-count\n@@ no-answer\n', /how many goroutines/],
    ['@@ no-enter\n', /nsenter/],
    ['@@ no-gzip\n', /gzip/],
    ['@@ no-vdso\n', /memory map/],
    ['@@ count 3\n\n@@ whole\n\n@@ same\n', /did not answer with goroutines/],
    ['halligan-target gone\n', /has ended/],
    ['', /nothing was answered/],
  ])('is blind with the reason: %j', (text, why) => {
    const reading = read(text)
    expect(reading.kind === 'blind' ? reading.why : reading).toMatch(why)
  })
})
