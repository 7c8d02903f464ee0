import { quoted } from '../../base/shell-quoted.ts'
import { parseDestination } from '../../boxes/destination.ts'

/** How somebody brings home what no commit of ours may have: what a file of the box, or the link in its place, leads to. */
export function byHand(box: string, file: string): string {
  return `${copyCommand(box, file)}   brings what lies there; put it where the repository has it, and commit it yourself.`
}

/** How somebody sees whether a file is gone, and takes it out of the repository. */
export function goneByHand(box: string, root: string, path: string): string {
  const folder = quoted(`${root}/${path}`.replace(/\/[^/]*$/, '') || '/')
  return `halligan run ${quoted(box)} --price free -- ls -la ${folder}   shows what lies there; if the file is gone for good: git rm -- ${quoted(path)} on a branch of your own.`
}

/** With links followed, as scp(1) does by itself. */
function copyCommand(box: string, file: string): string {
  const [, engine, name = ''] = /^(docker|podman):(.+)$/.exec(box) ?? []
  if (engine !== undefined) return `${engine} cp -L ${quoted(`${name}:${file}`)} .`
  const destination = parseDestination(box)
  if (box === 'local' || 'kind' in destination) return `cp -L ${quoted(file)} .`
  const { host, port } = destination
  return `scp ${port === undefined ? '' : `-P ${port} `}${quoted(`${host}:${file}`)} .`
}
