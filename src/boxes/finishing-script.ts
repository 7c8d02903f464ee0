import { shellQuoted } from '../base/shell-quoted.ts'
import { BORN, INDEPENDENT } from './process-functions.ts'

/** Which machine and boot it is for, as that said itself; what a box does not have is not compared. */
export interface MeantBoot {
  readonly machineId?: string | undefined
  readonly bootId?: string | undefined
}

/** Exit code when another machine answers than the one that was meant, or it was booted anew in between. Nothing was done then. */
export const ANOTHER_BOOT = 96
/** Exit code when what should act ended without a word: it was killed, or could not begin. Nobody knows what it did. */
export const NOT_FINISHED = 95

/**
 * A script that, once it has begun to act, finishes by itself on the box, whatever becomes of the line, the console or the session: what changes something is done
 * whole or not at all. It leaves nothing on the box: what it says goes through a pipe, and is lost with the line.
 *
 * `act` runs in a shell of its own that is no descendant of the session's, so that the session, which ends all below it, does not end it. It begins only once it is nobody's
 * child any more *and* the script that started it is seen to live after that: the session ends from the top down, so whoever lists the children of a script that was alive
 * by then cannot list this one. Until then it has done nothing, and dies with the session. Its standard input is empty; signals are as they
 * were, since what is started there (by systemd's tools or by a hook of logrotate) inherits what is ignored.
 *
 * Where logind ends the processes of a user with their last session (`KillUserProcesses=yes`, not the default), it may be ended with the line all the same.
 *
 * @param act POSIX sh text; what it prints should be short (a pipe takes 64 KiB without a reader), and each tool in it bounded in its time
 */
export function finishingScript(act: string, { machineId, bootId }: MeantBoot): string {
  const compared = [
    ...(machineId === undefined ? [] : [`[ "$machine" = ${shellQuoted(machineId)} ]`]),
    ...(bootId === undefined ? [] : [`[ "$boot" = ${shellQuoted(bootId)} ]`]),
  ]
  return `
machine=; { read -r machine </etc/machine-id || read -r machine </var/lib/dbus/machine-id; } 2>/dev/null
boot=; { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
${compared.length === 0 ? ':' : compared.join(' && ')} || exit ${ANOTHER_BOOT}
read -r me rest </proc/self/stat; halligan_born $me; mine=$born
${INDEPENDENT}
said=$(
  ( read -r between rest </proc/self/stat
    independent ${shellQuoted(independentPart(act))} sh $me $mine $between </dev/null 2>/dev/null & )
)
code=\${said##*"
halligan-finished "}
printf '%s\\n' "\${said%"
halligan-finished "*}"
case $code in ''|*[!0-9]*) exit ${NOT_FINISHED};; esac
exit $code
`
}

/** How often who is to act looks whether it is nobody's child any more, ten times a second: 5 s; once a second where `sleep` takes whole ones alone. */
const TRIES = 50

function independentPart(act: string): string {
  return `
starter=$1 since=$2 between=$3
${BORN}
tries=0; born $$
while [ "$parent" = "$between" ]; do
  tries=$((tries + 1)); [ $tries -lt ${TRIES} ] || exit
  sleep 0.1 2>/dev/null || sleep 1; born $$
done
# A signal that was sent is not yet obeyed.
sleep 0.2 2>/dev/null || sleep 1
born $starter; [ "$born" = "$since" ] && [ "$state" != Z ] || exit
said=$(
${act}
)
code=$?
printf '%s\\nhalligan-finished %s' "$said" $code
`
}
