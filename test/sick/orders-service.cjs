// A small shop for the tests of the inspector of Node: `node orders-service.cjs idle | spin | serve | worker | blocked | own-signal | ends`.
const { Worker, isMainThread } = require('node:worker_threads')

// oxlint-disable-next-line typescript/no-extraneous-class -- a name that a stack shows
class Cart {
  constructor(id) {
    this.id = id
    this.items = [
      { sku: 'LADDER', quantity: 2 },
      { sku: 'AXE', quantity: -3 },
    ]
    this.owner = 'ann'
    this.token = 'hunter2'
  }
}

function total(cart, rate) {
  let sum = 0
  for (const item of cart.items) for (let step = 0; step < 1e5; step += 1) sum += item.quantity * rate
  return sum
}

function spin() {
  const cart = new Cart(4711)
  for (;;) total(cart, 3)
}

function serve() {
  total(new Cart(4712), 3)
  setImmediate(serve)
}

/** A second after its inspector was opened. */
function endOnceOpened() {
  if (require('node:inspector').url()) setTimeout(() => process.exit(3), 1000)
}

const how = process.argv[2]
if (!isMainThread) spin()
else if (how === 'spin') setTimeout(spin, 10)
else if (how === 'serve') serve()
else if (how === 'worker') void new Worker(__filename)
else if (how === 'blocked') setTimeout(() => require('node:child_process').execFileSync('sleep', ['600']), 10)
else if (how === 'ends') setInterval(endOnceOpened, 50)
else if (how === 'own-signal') process.on('SIGUSR1', () => {})
setInterval(() => {}, 1000)
