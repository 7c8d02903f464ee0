import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from './redaction.ts'

describe('redact', () => {
  it.each([
    ['psql postgres://app:hunter2@10.0.0.7:5432/shop', 'psql postgres://app:[redacted]@10.0.0.7:5432/shop'],
    ['java -Ddb.password=hunter2 -jar shop.jar', 'java -Ddb.password=[redacted] -jar shop.jar'],
    ['DB_PASSWORD="hunter 2" ./run', 'DB_PASSWORD=[redacted] ./run'],
    ['run --api-key hunter2 --port 80', 'run --api-key [redacted] --port 80'],
    ['curl -u amy:hunter2 http://x/', 'curl -u amy:[redacted] http://x/'],
    ['mysql -u root -phunter2 shop', 'mysql -u root -p[redacted] shop'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted]'],
    ['Cookie: session=abc; other=def', 'Cookie: [redacted]'],
    ['{"token": "abc123"}', '{"token": [redacted]}'],
    [String.raw`{"token": "ab\"c123"}`, '{"token": [redacted]}'],
    ['psql postgres://app:hun/t@er2@10.0.0.7:5432/shop', 'psql postgres://app:[redacted]@10.0.0.7:5432/shop'],
    ['redis-server --requirepass hunter2', 'redis-server --requirepass [redacted]'],
    ['redis-cli -h cache -a hunter2 info', 'redis-cli -h cache -a [redacted] info'],
    ['sshpass -p hunter2 ssh web-1', 'sshpass -p [redacted] ssh web-1'],
    ['sshpass -phunter2 ssh web-1', 'sshpass -p[redacted] ssh web-1'],
    ['mysqldump --all -phunter2 -h db', 'mysqldump --all -p[redacted] -h db'],
    ['mysql --password=hun,ter;2&3 shop', 'mysql --password=[redacted] shop'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
    ['MYSQL_PWD=hunter2 mysql', 'MYSQL_PWD=[redacted] mysql'],
    ['Driver=x;Server=db;UID=sa;PWD=hunter2', 'Driver=x;Server=db;UID=sa;PWD=[redacted]'],
    ['java -DdbPass=hunter2 MYPASS=hunter2', 'java -DdbPass=[redacted] MYPASS=[redacted]'],
    ['run --pwd hunter2', 'run --pwd [redacted]'],
    ['git clone https://hunter2hunter2hunter2@example.org/x', 'git clone https://[redacted]@example.org/x'],
    ['HOOK=https://hooks.slack.com/services/T0/B0/hunter2', 'HOOK=https://hooks.slack.com/services/[redacted]'],
    ['GET https://x.blob.example/y?sv=1&sig=hunter2&se=2', 'GET https://x.blob.example/y?sv=1&sig=[redacted]&se=2'],
    ['DB_PASS=hunter2 run', 'DB_PASS=[redacted] run'],
    ['run --pass hunter2 -v', 'run --pass [redacted] -v'],
    ['SECRET_KEY_BASE=hunter2 rails', 'SECRET_KEY_BASE=[redacted] rails'],
    ['AccountName=a;AccountKey=hunter2==', 'AccountName=a;AccountKey=[redacted]'],
    ['java -Djavax.net.ssl.keyStorePassword=hunter2 X', 'java -Djavax.net.ssl.keyStorePassword=[redacted] X'],
    ['openssl rsa -passin pass:hunter2', 'openssl rsa -passin pass:[redacted]'],
    ['curl -uamy:hunter2 http://x/', 'curl -uamy:[redacted] http://x/'],
    ['curl --proxy-user amy:hunter2 http://x/', 'curl --proxy-user amy:[redacted] http://x/'],
    ['docker login -u amy -p hunter2 hub', 'docker login -u amy -p [redacted] hub'],
    ['mongosh -u amy -p hunter2 db', 'mongosh -u amy -p [redacted] db'],
    ['ldapsearch -x -w hunter2 -b dc=x', 'ldapsearch -x -w [redacted] -b dc=x'],
    ['smbclient //s/x -U amy%hunter2', 'smbclient //s/x -U amy%[redacted]'],
    ['curl -H Authorization: Basic aHVudGVyMg== http://x', 'curl -H Authorization: Basic [redacted] http://x'],
    ['curl -H X-Api-Key: hunter2 http://x', 'curl -H X-Api-Key: [redacted] http://x'],
    ['aws_secret_access_key = hunter2/x+y', 'aws_secret_access_key = [redacted]'],
    [
      'one -----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY----- two',
      'one -----BEGIN PRIVATE KEY----- [redacted] two',
    ],
    [
      '812/cmdline:run -----BEGIN EC PRIVATE KEY-----\n812/cmdline:Proc-Type: 4,ENCRYPTED\n812/cmdline:\n812/cmdline:MIIE+/=\n813/cmdline:/usr/bin/x',
      '812/cmdline:run -----BEGIN PRIVATE KEY----- [redacted]\n813/cmdline:/usr/bin/x',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIEcut\nabcdef - 0\n', '-----BEGIN PRIVATE KEY----- [redacted]\nabcdef - 0\n'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef', '[redacted]'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest',
      '-----BEGIN PRIVATE KEY----- [redacted]\n\nrest',
    ],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    'tokenizer --model base',
    'nginx: worker process',
    '/usr/bin/passwd',
    'sshd: root@pts/0',
    'http://10.0.0.7:5432/x@y',
    'tcp://10.0.0.7:5432',
    'PWD=/srv/app run',
    'podman run -p 80:8080 web',
    'run --bypass x --compass=y BYPASS=1',
    'ssh://git@example.org/x',
    'password=\nnext line',
    'a -----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('changes nothing the second time', () => {
    const word = fc.constantFrom(
      'password=',
      'token: ',
      '--secret ',
      'postgres://a:b@c',
      'Bearer ',
      'x',
      ' ',
      '"',
      '\n',
      'hunter2',
      '-p',
      'mysql ',
      '-u ',
      'a:b',
    )
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const once = redact(words.join(''))
        expect(redact(once)).toBe(once)
      }),
    )
  })

  it.each([
    'password',
    'password=',
    'password="',
    'a-',
    'a.',
    '--',
    'mysql ',
    ' -p',
    'eyJaaaaaaaa-',
    'eyJaaaaaaaa.',
    ' -u a',
    'a://b:',
    '://',
    'cookie: ',
    'authorization: ',
    'glpat-',
    'sk-',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    ' ',
    "token='",
  ])('takes linear time for much of %j', (piece) => {
    const started = performance.now()
    redact(piece.repeat(300_000 / piece.length))
    redact(`password ${piece.repeat(300_000 / piece.length)}`)
    // A safety limit, not a measurement: quadratic patterns take minutes here.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
