import { bytes, count, duration, percent } from '../base/format.ts'
import { safeText } from '../base/safe-text.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Reading } from '../evidence/reading.ts'

/** A line of figures: what a person would have asked top, free, vmstat, iostat and df for. */
export interface Vital {
  readonly name: string
  readonly parts: readonly string[]
}

/** The figures of the whole box; what was not seen is left out here (it stands under "could not see"). */
export function vitals(evidence: Evidence): readonly Vital[] {
  return [
    cpuLine(evidence),
    memoryLine(evidence),
    diskLine(evidence),
    networkLine(evidence),
    processLine(evidence),
  ].filter(({ parts }) => parts.length > 0)
}

export interface TopProcess {
  readonly pid: number
  readonly name: string
  readonly cpuPercent: number
  readonly rssBytes: number
  readonly ageSeconds: number
  readonly commandLine: string
}

/** Processes that use most CPU, then most memory; each once. */
export function topProcesses(evidence: Evidence, most: number): readonly TopProcess[] {
  const stats = seen(evidence['process-stat'])
  if (!stats) return []
  const commands = seen(evidence['process-command'])
  const own = stats.processes.filter(({ kernelThread }) => !kernelThread)
  const byCpu = own
    .toSorted((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0))
    .filter(({ cpuPercent }) => (cpuPercent ?? 0) >= 1)
  const byMemory = own.toSorted((a, b) => b.rssBytes - a.rssBytes)
  const chosen = new Map([...byCpu.slice(0, most), ...byMemory].map((each) => [each.pid, each]))
  return [...chosen.values()].slice(0, most).map(({ pid, name, cpuPercent, rssBytes, ageSeconds }) => ({
    pid,
    name,
    cpuPercent: cpuPercent ?? 0,
    rssBytes,
    ageSeconds,
    commandLine: commands?.get(pid) ?? '',
  }))
}

function cpuLine(evidence: Evidence): Vital {
  const load = seen(evidence.load)
  const total = seen(evidence.cpu)?.total
  const pressure = seen(evidence.pressure)?.cpu?.some.window
  return line('cpu', [
    load && `load ${load.one.toFixed(2)} ${load.five.toFixed(2)} ${load.fifteen.toFixed(2)}`,
    total && `user ${percent(total.user + total.nice)}, system ${percent(total.system + total.irq + total.softirq)}`,
    total && `iowait ${percent(total.iowait)}, steal ${percent(total.steal)}`,
    pressure !== undefined && `tasks waited ${percent(pressure)} of the time`,
  ])
}

function memoryLine(evidence: Evidence): Vital {
  const memory = seen(evidence.memory)
  const paging = seen(evidence.paging)
  const pressure = seen(evidence.pressure)?.memory?.some.window
  return line('memory', [
    memory && `${bytes(memory.availableBytes)} of ${bytes(memory.totalBytes)} available`,
    memory &&
      (memory.swapTotalBytes === 0
        ? 'no swap'
        : `swap ${bytes(memory.swapTotalBytes - memory.swapFreeBytes)} of ${bytes(memory.swapTotalBytes)}`),
    paging?.swapInBytesPerSecond !== undefined &&
      paging.swapInBytesPerSecond + (paging.swapOutBytesPerSecond ?? 0) > 0 &&
      `in ${bytes(paging.swapInBytesPerSecond)}/s, out ${bytes(paging.swapOutBytesPerSecond ?? 0)}/s`,
    pressure !== undefined && `tasks waited ${percent(pressure)} of the time`,
  ])
}

function diskLine(evidence: Evidence): Vital {
  const fullest = seen(evidence.filesystems)?.filesystems.toSorted((a, b) => b.usedPercent - a.usedPercent)[0]
  const busiest = seen(evidence.disks)?.disks.toSorted((a, b) => b.busyPercent - a.busyPercent)[0]
  const idle =
    busiest !== undefined && busiest.busyPercent + busiest.readBytesPerSecond + busiest.writeBytesPerSecond === 0
  return line('disk', [
    fullest && `fullest ${safeText(fullest.mount)} ${percent(fullest.usedPercent)}`,
    busiest && (idle ? 'all disks idle' : `busiest ${safeText(busiest.name)} ${percent(busiest.busyPercent)}`),
    busiest && !idle && `reads ${bytes(busiest.readBytesPerSecond)}/s, writes ${bytes(busiest.writeBytesPerSecond)}/s`,
    busiest?.awaitMs !== undefined && `${busiest.awaitMs.toFixed(1)} ms a request`,
  ])
}

function networkLine(evidence: Evidence): Vital {
  const busiest = seen(evidence.interfaces)
    ?.filter(({ name }) => name !== 'lo')
    .toSorted(
      (a, b) => b.receivedBytesPerSecond + b.sentBytesPerSecond - a.receivedBytesPerSecond - a.sentBytesPerSecond,
    )[0]
  const states = seen(evidence.sockets)?.byState
  const again = seen(evidence['network-counters'])?.get('Tcp.RetransSegs')?.perSecond
  return line('network', [
    busiest &&
      `${safeText(busiest.name)} in ${bytes(busiest.receivedBytesPerSecond)}/s, out ${bytes(busiest.sentBytesPerSecond)}/s`,
    states && `${count(states.get('ESTABLISHED') ?? 0, 'connection')}, ${states.get('TIME_WAIT') ?? 0} in TIME_WAIT`,
    again !== undefined && `${again.toFixed(0)} retransmits/s`,
  ])
}

function processLine(evidence: Evidence): Vital {
  const stats = seen(evidence['process-stat'])
  const cpu = seen(evidence.cpu)
  const own = stats?.processes.filter(({ kernelThread }) => !kernelThread)
  return line('processes', [
    own &&
      `${own.length}, ${own.filter(({ state }) => state === 'D').length} waiting on I/O (D), ${count(own.filter(({ state }) => state === 'Z').length, 'zombie')}`,
    cpu?.forksPerSecond !== undefined && `${cpu.forksPerSecond.toFixed(0)} started/s`,
    seen(evidence.clock) && `up ${duration(seen(evidence.clock)?.uptimeSeconds ?? 0)}`,
  ])
}

function line(name: string, parts: readonly (string | false | undefined | 0)[]): Vital {
  return { name, parts: parts.filter((part) => typeof part === 'string') }
}

function seen<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'seen' ? reading.value : undefined
}
