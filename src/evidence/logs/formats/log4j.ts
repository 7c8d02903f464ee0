import type { LogFormat } from '../format.ts'
import type { LevelledLine } from '../reading/levelled-line.ts'
import { levelledRecord } from './levelled.ts'

/**
 * Log4j, Logback and Spring Boot in their usual patterns: `%d [%t] %-5p %c - %m%n` and what comes of changing its order. Source:
 * logging.apache.org/log4j/2.x/manual/pattern-layout.html, logback.qos.ch/manual/layouts.html, docs.spring.io/spring-boot/reference/features/logging.html.
 */
export const log4j: LogFormat = {
  id: 'log4j',
  title: 'Log4j, Logback, Spring Boot',
  breadth: 1,
  samples: [
    {
      text: '2024-03-05 10:15:42,120 ERROR [http-8080-1] com.shop.Orders - order failed for acme\njava.lang.IllegalStateException: no stock\n\tat com.shop.Orders.place(Orders.java:88)\n\tat com.shop.Main.main(Main.java:12)\nCaused by: java.io.IOException: refused\n\tat com.shop.Stock.ask(Stock.java:31)\n\t... 1 more',
      origin: 'Log4j, %d %-5p [%t] %c - %m%n, manual of the pattern layout',
    },
    {
      text: '2024-03-05T10:15:42.120+01:00  WARN 812 --- [shop] [nio-8080-exec-1] com.shop.Orders : stock is low',
      origin: 'Spring Boot 3, docs.spring.io, features/logging',
    },
    {
      text: '10:15:42.120 [main] INFO  com.shop.Orders -- ready',
      origin: 'Logback without a configuration, logback.qos.ch/manual',
    },
    {
      text: '24/03/05 10:15:42 INFO spark.SecurityManager: authentication disabled',
      origin: 'Log4j as Hadoop and Spark configure it',
    },
    {
      text: '05-Mar-2024 10:15:42.120 SEVERE [main] org.apache.catalina.core.StandardService.startInternal Failed to start connector',
      origin: 'Tomcat, OneLineFormatter, tomcat.apache.org',
    },
    {
      text: '2024-03-05 10:15:42,120 [main] FATAL com.shop.Main - cannot start',
      origin: 'Log4j, %d [%t] %p %c - %m%n',
    },
  ],
  read: (text, time) => levelledRecord(text, time, isJava),
}

/** Levels as Java has them, and a thread in brackets or a class as the logger. */
function isJava({ level, logger, loggerFirst, groups, atMs }: LevelledLine, _line: string, others: string): boolean {
  if (
    atMs === undefined ||
    !/^(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|SEVERE|WARNING|CONFIG|FINE|FINER|FINEST)$/.test(level)
  )
    return false
  if (/\n(?:\s{0,8}at [\w.$/]{1,200}\(|Caused by: )/.test(others)) return true
  if (loggerFirst || others.startsWith('\nTraceback ')) return false
  if (groups.some((group) => /^Main(?:Thread|Process)$/.test(group))) return false
  if (groups.length > 0) return level !== 'WARNING' || logger === undefined
  return logger !== undefined && /[.$]/.test(logger) && level !== 'WARNING'
}
