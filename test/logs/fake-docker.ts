/** Identifiers of containers have 64 hex digits. */
const WEB = '4f'.repeat(32)
const API = '5e'.repeat(32)
/** Where the json-file driver keeps the output of the container `web`. */
export const WEB_LOG = `/var/lib/docker/containers/${WEB}/${WEB}-json.log`

/** Of the json-file driver (docs.docker.com/engine/logging/drivers/json-file); dockerd cuts lines at 16 KiB, and only the last part has its end. */
const entry = (log: string, at: number, stream = 'stdout'): string =>
  JSON.stringify({ log, stream, time: `2024-01-02T15:04:0${at}.123456789Z` })
export const LONG_LINE = `ERROR cart is odd: ${'x'.repeat(40_000)}`
const PART_BYTES = 16 * 1024
const webLines = [
  entry('INFO listening on :8080\n', 1),
  entry(LONG_LINE.slice(0, PART_BYTES), 2),
  entry(LONG_LINE.slice(PART_BYTES, 2 * PART_BYTES), 2),
  entry(`${LONG_LINE.slice(2 * PART_BYTES)}\n`, 2),
  entry('WARN stock is low\n', 3, 'stderr'),
]

/**
 * Shell text that puts a `docker` on a box which answers as docs.docker.com describes it (ps, inspect, logs), since no engine runs inside of a test box:
 * `web` with the json-file driver, `api` with the driver `local`, whose file only the engine reads. What it is not asked for as documented it refuses.
 */
export const FAKE_DOCKER = String.raw`
mkdir -p ${WEB_LOG.slice(0, WEB_LOG.lastIndexOf('/'))}
cat >${WEB_LOG} <<'X'
${webLines.join('\n')}
X
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/var/run/docker.sock")'
cat >/usr/local/bin/docker <<'X'
#!/bin/sh
case $1 in
  ps) [ "$*" = 'ps -q --no-trunc' ] || exit 1; echo ${WEB}; echo ${API};;
  inspect)
    [ "$2" = --format ] || exit 1
    template=$3; shift 3
    for id do
      case $id in ${WEB}) name=/web driver=json-file file=${WEB_LOG};; ${API}) name=/api driver=local file=;; *) echo "Error: No such object: $id" >&2; exit 1;; esac
      printf '%s\n' "$template" | sed "s|{{.Name}}|$name|; s|{{.State.Pid}}|1|; s|{{.HostConfig.LogConfig.Type}}|$driver|; s|{{.LogPath}}|$file|"
    done;;
  logs)
    shift; since=0 until=9999999999 tail=1000000 stamps=
    while [ "$1" != -- ]; do
      case $1 in
        --since=*) since=${'$'}{1#*=};; --until=*) until=${'$'}{1#*=};; --tail=*) tail=${'$'}{1#*=};; --tail) tail=$2; shift;; --timestamps) stamps=1;;
        *) echo "unknown flag: $1" >&2; exit 125;;
      esac
      shift
    done
    [ "$2" = api ] || { echo "Error response from daemon: No such container: $2" >&2; exit 1; }
    # 1704207845 is 2024-01-02T15:04:05Z.
    awk -v since=$since -v until=$until 'BEGIN { for (i = 0; i < 10; i++) { s = 1704207845 + i; if (s + .5 >= since && s + .5 < until) print i } }' | tail -n $tail |
      while read -r i; do
        line="${'$'}{stamps:+2024-01-02T15:04:$((5 + i)).500000000Z }"; case $line in *:?.*) line="${'$'}{stamps:+2024-01-02T15:04:0$((5 + i)).500000000Z }";; esac
        if [ $i = 7 ]; then echo "${'$'}{line}ERROR order $i failed" >&2; else echo "${'$'}{line}INFO order $i"; fi
      done;;
  *) exit 1;;
esac
X
chmod 755 /usr/local/bin/docker
`

/** Of a Kubernetes node with containerd (kubernetes.io/docs/concepts/cluster-administration/logging): a pod that restarted once, and the links beside. */
export const POD_LOG = '/var/log/pods/shop_cart-7d4b9c5f6-x2x8z_0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/cart/1.log'
const criLine = (rest: string, at: number): string => `2024-01-02T15:04:0${at}.123456789Z ${rest}\n`
export const PODS = `
folder=${POD_LOG.slice(0, POD_LOG.lastIndexOf('/'))}
mkdir -p $folder /var/log/containers
echo '2024-01-02T15:00:00.1Z stdout F INFO before the restart' >$folder/0.log
echo '2024-01-02T15:03:00.1Z stdout F INFO rotated' | gzip >$folder/1.log.20240102-150300.gz
cat >$folder/1.log <<'X'
${criLine('stdout F INFO listening on :8080', 1)}${criLine(`stderr P ${LONG_LINE.slice(0, PART_BYTES)}`, 2)}${criLine(`stderr P ${LONG_LINE.slice(PART_BYTES, 2 * PART_BYTES)}`, 2)}${criLine(`stderr F ${LONG_LINE.slice(2 * PART_BYTES)}`, 2)}${criLine('stdout F WARN stock is low', 3)}X
ln -s $folder/1.log /var/log/containers/cart-7d4b9c5f6-x2x8z_shop_cart-${WEB}.log
`
