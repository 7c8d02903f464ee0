// What the console asked for, and how it is answered.
import fs from 'node:fs'

/** `ClientRequest` of node-script.ts, with the process. */
export const options = JSON.parse(process.env.HALLIGAN_INSPECT)

/** One line of JSON for each thing that is told; a console that is gone ends it in good order. */
export function tell(what) {
  process.stdout.write(JSON.stringify(what) + '\n')
}

export function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** How soon it is seen that the console asks for the end. Milliseconds. */
const END_LOOKED_EVERY_MS = 200

/** The console asks for the end of what is watched: by a file beside the command (watch-end.ts). */
export function isAsked() {
  return process.env.HALLIGAN_ASK_STOP !== undefined && fs.existsSync(process.env.HALLIGAN_ASK_STOP)
}

/** So long, or until the console asks for the end. */
export async function watchedFor(ms) {
  const until = Date.now() + ms
  while (Date.now() < until && !isAsked()) await later(Math.min(END_LOOKED_EVERY_MS, until - Date.now()))
}

/** What it can be asked for, by name: `(session, undoing)`; each part that is there puts its own into it. */
export const WAYS = {}
