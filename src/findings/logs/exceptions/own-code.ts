import type { StackFrame } from './stack-frames.ts'

/**
 * Whether a frame is of the program itself: not of the runtime, its standard library, or what a package manager brought. By where the file lies, and by
 * the package's name where frames bear no path (Java, .NET). A framework that runs on its own has no own frame: then its first frame is as good.
 */
export function isOwn({ file, module, function: name }: Omit<StackFrame, 'own'>): boolean {
  const where = file?.replaceAll('\\', '/') ?? ''
  if (file !== undefined && FOREIGN_FILE.test(where)) return false
  if (TRIMMED_GO.test(where)) return false
  const full = [module, name].filter((part) => part !== undefined).join('.')
  if (full !== '' && FOREIGN_NAME.test(full)) return false
  return file !== undefined || module !== undefined
}

const FOREIGN_FILE = new RegExp(
  [
    // Python: https://docs.python.org/3/library/site.html; modules frozen into the interpreter and text given to exec().
    '/(?:site|dist)-packages/',
    String.raw`/lib(?:64)?/python\d[\d.]*/`,
    '^<frozen ',
    '^<(?:string|stdin|unknown|anonymous|generated|internal:.*)>?',
    // Node.
    '(?:^|/)node_modules/',
    '^node:',
    '^internal/',
    '^native$',
    // Go: the module cache and vendored packages; GOROOT as it is installed by tarball, distribution, Homebrew or CI.
    '/pkg/mod/',
    '(?:^|/)vendor/',
    String.raw`@v\d`,
    String.raw`/(?:usr/local|usr/lib|opt|snap)/go[^/]*/(?:\d+/)?src/`,
    String.raw`/lib/go-\d[\d.]*/src/`,
    '/libexec/src/',
    '^_cgo_',
    // Ruby.
    '/gems/',
    String.raw`/lib/ruby/`,
    // Rust: the standard library as compiled, and the registry's crates.
    '^/rustc/',
    String.raw`/\.?cargo/(?:registry|git)/`,
    '/rustlib/src/',
    '^library/(?:std|core|alloc)/',
    // PHP and others keep packages there too.
    '^<',
  ].join('|'),
)

/** Packages of Go's standard library in a program built with -trimpath: `net/http/server.go`. */
const TRIMMED_GO =
  /^(?:archive|bufio|bytes|compress|container|context|crypto|database|encoding|errors|expvar|fmt|go|hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|unicode|unsafe)\/(?:[\w-]+\/)*[\w-]+\.go$/

/** Qualified names: Java's runtime and the frameworks that most traces are full of, .NET's, Rust's, and Go's runtime. */
const FOREIGN_NAME = new RegExp(
  `^(?:${[
    String.raw`(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|clojure|akka|reactor|feign|okhttp3|retrofit2|rx|oracle|graphql)\.`,
    String.raw`org\.(?:springframework|apache|hibernate|eclipse|jboss|postgresql|mariadb|junit|slf4j|aspectj|glassfish|jetbrains|codehaus|quartz|mongodb|elasticsearch|redisson|flywaydb|thymeleaf|h2|xnio|wildfly|infinispan|reactivestreams)\.`,
    String.raw`io\.(?:netty|undertow|grpc|micrometer|vertx|quarkus|micronaut|smallrye|lettuce|reactivex|opentelemetry|opentracing|dropwizard|r2dbc|ktor)\.`,
    String.raw`com\.(?:zaxxer|fasterxml|google|mysql|mongodb|rabbitmq|netflix|github|datastax|amazonaws|microsoft|oracle|ibm|codahale|squareup|typesafe)\.`,
    String.raw`(?:ch\.qos|net\.bytebuddy|net\.sf|redis\.clients|software\.amazon)\.`,
    String.raw`(?:System|Microsoft|Npgsql|MySql|MySqlConnector|Newtonsoft|StackExchange|Polly|Grpc|Serilog|AutoMapper|MediatR|Dapper|MongoDB|RabbitMQ|Azure|Amazon)\.`,
    String.raw`lambda_method`,
    String.raw`<?(?:std|core|alloc|backtrace|tokio|hyper|futures\w*|actix\w*|tower|axum|rayon)::`,
    String.raw`(?:__rust_|rust_begin_unwind|rust_panic|_start$|__libc_start|clone3?$|start_thread$)`,
    String.raw`(?:runtime|runtime/debug|net/http|testing|syscall|reflect)\.(?!.*/)`,
  ].join('|')})|\\$\\$(?:Enhancer|FastClass|SpringCGLIB|Lambda)|^\\$Proxy|^jdk\\.proxy`,
)
