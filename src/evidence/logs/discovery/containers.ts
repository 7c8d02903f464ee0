import { GUARDED } from '../box-tools.ts'

/** What scripts of discovery have in common: a line feed, a tab, and a command that is ended, with all that it started, when its time is over. */
export const COMMON = `nl='
'
tab=$(printf '\\t')
${GUARDED}`

/** Containers whose last lines are asked for where their file is not to be had; each costs a process. */
const TAILS = 10

/**
 * Sets `halligan_containers` to the containers of this box and where their output goes:
 *
 *   container docker<TAB>web<TAB>812<TAB>json-file<TAB>/var/lib/docker/containers/4f…/4f…-json.log
 *   logs docker<TAB>web        <- its last lines (od -An -v -tx1), where that file is not to be had
 *    32 30 32 36 …
 *   engine podman Cannot connect to Podman
 *
 * Engine, name, process, log driver, file; or why an engine that is there did not answer. Asked before all probes, since the limit of memory that these
 * have is too narrow for a program in Go, which reserves a gigabyte. Costs two processes for an engine that is there (tens of milliseconds each).
 * Sources: docs.docker.com (docker inspect, docker logs, logging drivers), docs.podman.io (podman-inspect, podman-logs).
 */
export const CONTAINERS = `
containers() {
  if have docker && [ -S /var/run/docker.sock ]; then containers_of docker '{{.LogPath}}'; fi
  if have podman && { [ -d /var/lib/containers/storage ] || [ -d "\${HOME-}/.local/share/containers/storage" ]; }; then containers_of podman '{{.HostConfig.LogConfig.Path}}'; fi
}
containers_of() {
  ids=$($1 ps -q --no-trunc 2>&1) || { put "engine $1 $(put "$ids" | grep -v '^ *$' | tail -n 1 | head -c 300)"; return 0; }
  ids=$(put "$ids" | grep -E '^[0-9a-f]{64}$' | head -n 200)
  [ -n "$ids" ] || return 0
  found=$($1 inspect --format "{{.Name}}$tab{{.State.Pid}}$tab{{.HostConfig.LogConfig.Type}}$tab$2" $ids 2>/dev/null | sed "s|^/*|container $1$tab|"); put "$found"
  IFS=$nl; set -f; set -- $(put "$found" | head -n ${TAILS}); unset IFS; set +f
  for row do
    file=\${row##*"$tab"}; row=\${row#container }; engine=\${row%%"$tab"*}; name=\${row#*"$tab"}; name=\${name%%"$tab"*}
    [ -z "$file" ] || [ ! -r "$file" ] || continue
    v=$($engine logs --timestamps --tail 20 -- "$name" 2>&1 | tail -c 4096 | od -An -v -tx1); [ -z "$v" ] || { put "logs $engine$tab$name"; put "$v"; }
  done
}
halligan_containers=$(guarded 3 containers) || halligan_containers="$halligan_containers\${halligan_containers:+$nl}hung containers"`

/** In its place, where nobody asks for any. */
export const NO_CONTAINERS = 'halligan_containers='
