// Wakes each millisecond; a line of standard input is answered with the longest time between two wakes since the last one, in microseconds.
let worst = 0
let last = performance.now()

setInterval(() => {
  const now = performance.now()
  worst = Math.max(worst, now - last)
  last = now
}, 1)
process.stdin.on('data', () => {
  process.stdout.write(`${Math.round(worst * 1000)}\n`)
  worst = 0
})
process.stdin.on('end', () => process.exit())
process.stdout.write('ready\n')
