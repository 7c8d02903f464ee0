import { shellQuoted } from '../../base/shell-quoted.ts'

/** Shell functions that the scripts of reliefs share; POSIX sh. */

/** `pause` waits for a fifth of a second, or a whole one where sleep takes no fractions; `pauses` counts in fifths. */
export const PAUSE = `
pauses=0; pause() { if sleep 0.2 2>/dev/null; then pauses=$((pauses + 1)); else sleep 1; pauses=$((pauses + 5)); fi; }`

/** Sets `limit` to what ends a command after so many seconds; empty where the box has no timeout(1) that takes seconds first (old ones of busybox). */
export function limitOf(seconds: number): string {
  return `limit=; ! timeout 1 true 2>/dev/null || limit='timeout ${seconds}'`
}

/** `state NAME` prints a property of a unit: its value alone, which `--value` would do since systemd 230. */
export function stateOf(unit: string): string {
  return `state() { systemctl show --no-pager -p "$1" -- ${shellQuoted(unit)} 2>/dev/null | sed 's/^[^=]*=//'; }`
}

/** Says who runs it, and whether there is a systemd that can be asked (sd_booted(3)). */
export const WHO = `
echo "uid $(id -u)"
[ -d /run/systemd/system ] && command -v systemctl >/dev/null && echo 'systemd yes'`

/** Free and all space of the file system of a file, and how large one block of both is: `space FREE ALL BLOCK`. */
export function spaceOf(quotedFile: string): string {
  return `stat -L -f -c 'space %a %b %S' ${quotedFile} 2>/dev/null`
}

/** Where a link points, on one line: a control character that no name here may have stands for each end of a line within. */
export function oneLine(quotedLink: string): string {
  return `printf %s "$(readlink ${quotedLink} 2>/dev/null)" | tr '\\n' '\\001'`
}
