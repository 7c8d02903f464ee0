import { describe, expect, it } from 'vitest'
import { redactor } from './index.ts'

const redact = redactor({ key: Buffer.alloc(32, 7) })
/** `‹kind›` in place of each mark. */
const kinds = (text: string): string => redact(text).replaceAll(/‹secret:([\w-]+):[0-9a-z]{4}›/g, '‹$1›')

describe('redactor', () => {
  it.each([
    ['psql postgres://app:hunter2@10.0.0.7:5432/shop', 'psql postgres://app:‹url-password›@10.0.0.7:5432/shop'],
    ['java -Ddb.password=hunter2 -jar shop.jar', 'java -Ddb.password=‹password› -jar shop.jar'],
    ['DB_PASSWORD="hunter 2" ./run', 'DB_PASSWORD="‹password›" ./run'],
    ['run --api-key hunter2 --port 80', 'run --api-key ‹key› --port 80'],
    ['curl -u amy:hunter2 http://x/', 'curl -u amy:‹password› http://x/'],
    ['mysql -u root -phunter2 shop', 'mysql -u root -p‹password› shop'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ‹authorization›'],
    ['Cookie: session=abc; other=def', 'Cookie: ‹cookie›'],
    ['{"token": "abc123"}', '{"token": "‹token›"}'],
    [String.raw`{"token": "ab\"c123"}`, '{"token": "‹token›"}'],
    [String.raw`{"m":"{\"token\":\"ab\\\"c123\",\"x\":1}"}`, String.raw`{"m":"{\"token\":\"‹token›\",\"x\":1}"}`],
    ['psql postgres://app:hun/t@er2@10.0.0.7:5432/shop', 'psql postgres://app:‹url-password›@10.0.0.7:5432/shop'],
    ['redis-server --requirepass hunter2', 'redis-server --requirepass ‹password›'],
    ['redis-cli -h cache -a hunter2 info', 'redis-cli -h cache -a ‹password› info'],
    ['sshpass -p hunter2 ssh web-1', 'sshpass -p ‹password› ssh web-1'],
    ['sshpass -phunter2 ssh web-1', 'sshpass -p‹password› ssh web-1'],
    ['mysqldump --all -phunter2 -h db', 'mysqldump --all -p‹password› -h db'],
    ['mysql --password=hun,ter;2&3 shop', 'mysql --password=‹password› shop'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=‹password› psql'],
    ['MYSQL_PWD=hunter2 mysql', 'MYSQL_PWD=‹password› mysql'],
    ['Driver=x;Server=db;UID=sa;PWD=hunter2;x=y', 'Driver=x;Server=db;UID=sa;PWD=‹password›;x=y'],
    ['java -DdbPass=hunter2 MYPASS=hunter2', 'java -DdbPass=‹password› MYPASS=‹password›'],
    ['{id = 7, password = 0x48c014 "hunter2"}', '{id = 7, password = 0x48c014 "‹password›"}'],
    ['password = 0x48c014 <secrets+4> "hunter2"', 'password = 0x48c014 <secrets+4> "‹password›"'],
    ['run --pwd hunter2', 'run --pwd ‹password›'],
    ['git clone https://hunter2hunter2hunter2@example.org/x', 'git clone https://‹url-token›@example.org/x'],
    ['H=https://hooks.slack.com/services/T0/B0/hunter2', 'H=https://hooks.slack.com/services/‹slack-webhook›'],
    [
      'https://x.blob.example/y?sv=1&sig=hunter2hunter2hunter2&se=2',
      'https://x.blob.example/y?sv=1&sig=‹signature›&se=2',
    ],
    ['DB_PASS=hunter2 run', 'DB_PASS=‹password› run'],
    ['run --pass hunter2 -v', 'run --pass ‹password› -v'],
    ['SECRET_KEY_BASE=hunter2 rails', 'SECRET_KEY_BASE=‹key› rails'],
    ['AccountName=a;AccountKey=hunter2==', 'AccountName=a;AccountKey=‹key›'],
    ['java -Djavax.net.ssl.keyStorePassword=hunter2 X', 'java -Djavax.net.ssl.keyStorePassword=‹password› X'],
    ['openssl rsa -passin pass:hunter2', 'openssl rsa -passin pass:‹password›'],
    ['curl -uamy:hunter2 http://x/', 'curl -uamy:‹password› http://x/'],
    ['curl --proxy-user amy:hunter2 http://x/', 'curl --proxy-user amy:‹password› http://x/'],
    ['docker login -u amy -p hunter2 hub', 'docker login -u amy -p ‹password› hub'],
    ['mongosh -u amy -p hunter2 db', 'mongosh -u amy -p ‹password› db'],
    ['ldapsearch -x -w hunter2 -b dc=x', 'ldapsearch -x -w ‹password› -b dc=x'],
    ['smbclient //s/x -U amy%hunter2', 'smbclient //s/x -U amy%‹password›'],
    ['curl -H Authorization: Basic aHVudGVyMg== http://x', 'curl -H Authorization: Basic ‹authorization› http://x'],
    ['curl -H X-Api-Key: hunter2 http://x', 'curl -H X-Api-Key: ‹key› http://x'],
    ['aws_secret_access_key = hunter2/x+y', 'aws_secret_access_key = ‹key›'],
    ['User{name=amy, password=hunter2, age=3}', 'User{name=amy, password=‹password›, age=3}'],
    ['GET /login?user=amy&password=hunter2&next=/ HTTP/1.1', 'GET /login?user=amy&password=‹password›&next=/ HTTP/1.1'],
    ['a\0--password\0hunter2\0b', 'a\0--password\0‹password›\0b'],
    [String.raw`{"q":"a=1\u0026password\u003dhunter2"}`, String.raw`{"q":"a=1\u0026password\u003d‹password›"}`],
    [
      '{&quot;password&quot;:&quot;hunter2&quot;,&quot;a&quot;:1}',
      '{&quot;password&quot;:&quot;‹password›&quot;,&quot;a&quot;:1}',
    ],
    ['Password for root: hunter2', 'Password for root: ‹password›'],
    ["Enter passphrase for key '/root/.ssh/id': hunter2", "Enter passphrase for key '/root/.ssh/id': ‹password›"],
    ['passwort=hunter2 kennwort: hunter2', 'passwort=‹password› kennwort: ‹password›'],
    ['clave=hunter2 "senha": "hunter2"', 'clave=‹password› "senha": "‹password›"'],
    ["sh -c 'echo amy:hunter2 | sudo chpasswd'", "sh -c 'echo amy:‹password› | sudo chpasswd'"],
    ['echo -n amy:hunter2 | /usr/sbin/chpasswd', 'echo -n amy:‹password› | /usr/sbin/chpasswd'],
    ['{"password":"cut off', '{"password":"‹password›'],
    ['one -----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY----- two', 'one ‹private-key› two'],
    [
      '812/cmdline:run -----BEGIN EC PRIVATE KEY-----\n812/cmdline:Proc-Type: 4,ENCRYPTED\n812/cmdline:\n812/cmdline:MIIE+/=\n813/cmdline:/usr/bin/x',
      '812/cmdline:run ‹private-key›\n813/cmdline:/usr/bin/x',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIEcut\nabcdef - 0\n', '‹private-key›\nabcdef - 0\n'],
    ['AKIAIOSFODNN7EXAMPLE', '‹aws-access-key-id›'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef', '‹jwt›'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest', '‹private-key›\nrest'],
    ['requirepass -Xyz', 'requirepass ‹password›'],
    ['passwd -Hunter22', 'passwd ‹password›'],
    ['mail amy@example.com.', 'mail ‹email›.'],
    ['card 4111 1111 1111 1111 declined', 'card ‹card› declined'],
  ])('%j', (text, expected) => {
    expect(kinds(text)).toBe(expected)
  })

  it.each([
    'tokenizer --model base',
    'nginx: worker process',
    '/usr/bin/passwd',
    'passwd -x',
    'passwd -x90',
    '  passwd --expire',
    'passwd --maxdays=90',
    '/usr/bin/passwd -S\r',
    'pwd -P',
    'pass -c',
    'amy@web-1:~$ passwd -x 90 amy',
    'sudo passwd --expire',
    'sshd: root@pts/0',
    'http://10.0.0.7:5432/x@y',
    'tcp://10.0.0.7:5432',
    'PWD=/srv/app run',
    'podman run -p 80:8080 web',
    'docker run -u 1000:1000 web',
    'run --bypass x --compass=y BYPASS=1',
    'ssh://git@example.org/x',
    'ssh amy@web-1.example.com uptime',
    'user@1000.service',
    'password=\nnext line',
    'a -----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----',
    'usage_usec 4111111111111111',
    'cpu0 4111 1111 1111 1111 0',
    'password=[redacted] run',
    'Authorization: Bearer [redacted]',
    'Cookie: [redacted]',
    'curl -u amy:[redacted] x',
  ])('leaves alone: %j', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('gives the same secret the same mark wherever it stands, and another one another', () => {
    const redacted = redact('password=hunter2 "token": "hunter2" ftp://a:hunter2@h/ password=hunter3')
    const [first, second, third, other] = [...redacted.matchAll(/:([0-9a-z]{4})›/g)].map(([, mark]) => mark)
    expect([second, third]).toEqual([first, first])
    expect(other).not.toBe(first)
  })

  it('gives the same key the same mark however it is laid out', () => {
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEF',
      'AASCBKcwggSjAgEAAoIBAQC7',
      '-----END PRIVATE KEY-----',
    ]
    const layouts = [
      lines.join('\n'),
      `key: "${lines.join(String.raw`\n`)}"`,
      lines.map((line) => `    ${line}`).join('\n'),
      lines.map((line) => `812/environ:${line}`).join('\n'),
      lines.map((line, index) => `10:00:0${index} app: ${line}`).join('\n'),
    ]
    const marks = layouts.map((text) => /‹.*›/.exec(redact(text))?.[0])
    expect(new Set(marks).size).toBe(1)
    expect(layouts.map(kinds)).toEqual([
      '‹private-key›',
      'key: "‹private-key›"',
      '    ‹private-key›',
      '812/environ:‹private-key›',
      '10:00:00 app: ‹private-key›',
    ])
  })

  it('gives other marks with another key', () => {
    expect(redactor({ key: Buffer.alloc(32, 8) })('password=hunter2')).not.toBe(redact('password=hunter2'))
  })
})
