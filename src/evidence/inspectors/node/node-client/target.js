// The process that is looked into, from /proc alone.
import fs from 'node:fs'

/** Field 22 of /proc/PID/stat: with the PID it names one process. */
export function startTicksOf(pid) {
  const stat = fs.readFileSync('/proc/' + pid + '/stat', 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** A process that does not catch SIGUSR1 dies of it (signal(7)); Node catches it unless its program asked it not to. */
function catchesSigusr1(pid) {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(fs.readFileSync('/proc/' + pid + '/status', 'latin1'))
  // Bit 9 is signal 10. The last eight digits are within what a number can hold.
  return mask !== null && (parseInt(mask[1].slice(-8), 16) & 0x200) !== 0
}

/**
 * Opens its inspector. The signal is sent by the number of another thread than the first: that number dies where the program execs, with which its handlers go and the signal
 * would kill it, and kill(2) then sends none. False where it does not catch it; throws where the thread has gone.
 */
export function signalled(pid) {
  const [other = pid] = fs
    .readdirSync('/proc/' + pid + '/task')
    .map(Number)
    .filter((tid) => tid !== pid)
  if (!catchesSigusr1(pid)) return false
  process.kill(other, 'SIGUSR1')
  return true
}

/** Ports on which the process itself listens, each with the inode of its socket (/proc/PID/net/tcp, state 0A; proc_pid_net(5)). */
export function listeningPorts(pid) {
  const sockets = new Set()
  for (const fd of fs.readdirSync('/proc/' + pid + '/fd')) {
    try {
      const socket = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync('/proc/' + pid + '/fd/' + fd))
      if (socket) sockets.add(socket[1])
    } catch {} // It was closed meanwhile.
  }
  const ports = new Map()
  for (const file of ['tcp', 'tcp6']) {
    let table = ''
    try {
      table = fs.readFileSync('/proc/' + pid + '/net/' + file, 'latin1')
    } catch {} // There is no IPv6.
    for (const row of table.split('\n').slice(1)) {
      const cells = row.trim().split(/\s+/)
      if (cells[3] === '0A' && sockets.has(cells[9])) ports.set(cells[9], portOf(cells[1]))
    }
  }
  return ports
}

/** `0100007F:240D` as address and port; an address that is not of this machine itself is not spoken to. */
function portOf(cell) {
  const [address, port] = cell.split(':')
  const host = address === '0100007F' ? '127.0.0.1' : address === '00000000000000000000000001000000' ? '::1' : undefined
  return { host, port: parseInt(port, 16), cell }
}

/** In a number of ticks of 1/100 s: how much processor time the first thread has used (fields 14 and 15). */
export function mainThread(pid) {
  const stat = fs.readFileSync('/proc/' + pid + '/task/' + pid + '/stat', 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0], ticks: Number(fields[11]) + Number(fields[12]) }
}

/** What listened before the guard let anything begin: lines `port PID ADDRESS:PORT` of its folder, as /proc/net/tcp has them. */
export function portsBefore(pid, file) {
  const lines = fs.readFileSync(file, 'latin1').split('\n')
  return new Set(
    lines
      .map((line) => line.split(' '))
      .filter((words) => words[0] === 'port' && words[1] === String(pid))
      .map((words) => words[2]),
  )
}
