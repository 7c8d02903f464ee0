import fc from 'fast-check'
import type { Draft } from '../../src/incidents/entry.ts'
import type { Did, PayloadOf } from '../../src/incidents/payloads.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'

/** What a box, a title or a name may say to get out of where it stands. */
export const ATTACKS: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '</code></pre><iframe src=//example.net></iframe>',
  '[click](javascript:alert(1))',
  '[click](https://example.net/x "t")',
  '![p](https://example.net/p.png)',
  '![p][r]\n\n[r]: https://example.net/p.png',
  '<https://example.net/auto>',
  'https://example.net/bare www.example.net user@example.net',
  '&lt;b&gt; &#60;i&#62; &amp;amp;',
  '```\n</code><b>x</b>\n```',
  '~~~~\n# heading\n~~~~',
  '`` ` ``` <b>',
  '<!-- halligan:end timeline {% endraw %} -->',
  '<!-- halligan:begin fix 0123456789abcdef {% raw %} -->',
  '-->',
  '<!--',
  '---\ntitle: x\n---',
  '# heading\n## heading',
  '| a | b |\n| --- | --- |\n| c | d |',
  '- [ ] todo\n1. one',
  '> quote',
  '{{ site.secret }} {% include x %} {%- endraw -%} {{< figure src="https://example.net/x" >}} {{% x %}}',
  '\u202Eevil\u202C \u2066x\u2069 \u200B\uFEFF',
  '\u001b[31mred\u001b[0m \u001b]8;;https://example.net\u0007link\u001b]8;;\u0007 \u009b31m',
  '\u0000 \u007f \ud800 \uffff',
  'שלום עולם مرحبا',
  '\\',
  '\\`',
  '*bold* _it_ **b** __b__ ~~s~~ $x$ $$y$$',
  'a\r\nb\rc\u2028d\u2029e',
  'x'.repeat(5_000),
  '\n'.repeat(50),
  '',
  ' ',
  '    indented',
  'halligan-strip',
]

export const hostileText = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.array(fc.constantFrom(...ATTACKS), { minLength: 2, maxLength: 4 }).map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      '`',
      '<',
      '>',
      '!',
      '-',
      '[',
      ']',
      '(',
      ')',
      '"',
      "'",
      '&',
      ';',
      '#',
      '*',
      '_',
      '|',
      '\\',
      '\n',
      ' ',
      '{',
      '%',
      '}',
      'a',
      ':',
      '/',
      '~',
    ),
    maxLength: 40,
  }),
)

/** An incident in which every text is this one. */
export function incidentOf(text: string): readonly AnyEntry[] {
  const finding = {
    check: text,
    state: 'critical' as const,
    resource: text,
    score: 90,
    title: text,
    why: text,
    subject: { kind: 'process', name: text, pid: 812, unit: text, container: text, commandLine: text, peer: text },
    measured: [{ what: text, value: 1019, limit: 1024, unit: text, source: text }],
    next: [{ command: text, why: text, price: 'free' as const }],
    sinceMs: 1_764_000_000_000,
  }
  const look = {
    command: text,
    evidence: ['ab'.repeat(32)],
    state: 'critical' as const,
    findings: [finding],
    cleared: [{ check: text, why: text }],
    blind: [{ probe: text, why: text }],
  }
  const quiet = { ...look, state: 'ok' as const, findings: [] }
  const payloads: readonly (readonly [did: Did, payload: unknown])[] = [
    ['opened', { title: text, boxes: [text, `${text}2`], service: text } satisfies PayloadOf<'opened'>],
    ['looked', look],
    ['looked', { ...quiet, state: 'unknown', failure: { kind: text, message: text, tryNext: text } }],
    ['preserved', { ...look, pid: 812, kept: [{ what: text, blind: text }] }],
    ['noted', { text }],
    ['noted', { text: `impact: ${text}` }],
    ['noted', { text: `learned: ${text}` }],
    ['noted', { text: `todo: ${text}` }],
    ['supposed', { hypothesis: 1, text }],
    ['ran', { line: text, exit: 1, state: 'ended', tookMs: 5, printedBytes: 9, keptBytes: 3, shown: text }],
    ['ran', { line: text, state: 'lost', printedBytes: 9, keptBytes: 3, shown: text }],
    ['shelled', { commands: [{ at: text, line: text }], columns: 80, rows: 24 }],
    ['ruled-out', { hypothesis: 1, why: text, by: [2, 10, 99] }],
    ['supposed', { hypothesis: 2, text }],
    ['confirmed', { hypothesis: 2, why: text, by: [2, 4, 10, 11] }],
    ['relieved', { what: text, price: 'change', undo: text, command: text }],
    ['changed', { what: text, price: 'change', diff: text, debt: true, undo: text, running: true, command: text }],
    ['changed', { what: text, price: 'pause', diff: `+${text}` }],
    ['undone', { of: 18, why: text }],
    ['linked', { of: 17, commit: text, url: `https://${text}` }],
    ['linked', { of: 17, url: text }],
    ['looked', quiet],
    ['verified', { good: false, text, of: 17 }],
    ['verified', { good: true, text, of: 17 }],
    ['handed-over', { to: text, text }],
    ['took-over', { from: text }],
    ['overrode', { what: text, reason: text }],
    ['notified', { where: text, ok: false, why: text }],
    ['purged', { seq: 5, why: text }],
    ['closed', { cause: text }],
  ]
  const entries = payloads.map(([did, payload], at): AnyEntry => {
    const draft = {
      at: new Date(1_764_000_000_000 + at * 61_000).toISOString(),
      by: at % 2 ? `by ${text}` : 'bob',
      did,
      payload,
    } as Draft
    return {
      ...draft,
      v: 1,
      incident: '20261125-k7qm',
      seq: at + 1,
      box: text,
      identity: { hostname: text, machineId: text, bootId: text },
      payloadHash: '0'.repeat(64),
      prev: '0'.repeat(64),
      hash: 'f'.repeat(64),
      salt: '0'.repeat(32),
    }
  })
  const { did: _did, payload: _payload, ...header } = entries[0] as AnyEntry & { readonly did: string }
  return [...entries, { ...header, seq: entries.length + 1, did: 'other', saysDid: text, payload: { command: text } }]
}
