// Keeps every order that it ever saw: usage [seconds (120)] [orders a second (2000)]. Ends by itself after the seconds given as first argument.
const [seconds = 120, rate = 2000] = process.argv.slice(2).map(Number)
const kept = []

function keepOrder(number) {
  kept.push({ number, lines: Array.from({ length: 20 }, (_, line) => ({ line })) })
}

setInterval(() => {
  for (let number = 0; number < rate / 20; number += 1) keepOrder(number)
}, 50)
setTimeout(() => process.exit(), seconds * 1000)
process.stdout.write('takes orders\n')
