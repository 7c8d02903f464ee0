/** How well templates were found, each between 0 and 1. */
export interface ParsingAccuracy {
  readonly GA: number
  readonly FGA: number
  readonly PA: number
  readonly FTA: number
}

/**
 * The metrics of the field, over the messages of one log.
 *
 * GA, grouping accuracy: share of messages whose group holds the same messages as their true event (Zhu et al., Tools and Benchmarks for Automated Log
 * Parsing, ICSE-SEIP 2019). FGA: F1 of groups that are right. PA: share of messages whose template is the true one. FTA: F1 of templates whose messages all
 * have one true template, which is the same (Jiang et al., A Large-scale Evaluation for Log Parsing Techniques, ISSTA 2024).
 *
 * @param events the true event of each message
 * @param truths the true template of each message
 * @param found the template that was found for each: messages with the same one are a group
 */
export function parsingAccuracy(
  events: readonly string[],
  truths: readonly string[],
  found: readonly string[],
): ParsingAccuracy {
  const eventSizes = sizes(events)
  const groups = Map.groupBy(events.keys(), (at) => found[at] ?? '')
  let grouped = 0
  let rightGroups = 0
  let rightTemplates = 0
  for (const [template, members] of groups) {
    const [first = 0] = members
    const event = events[first] ?? ''
    if (members.length === eventSizes.get(event) && members.every((at) => events[at] === event)) {
      grouped += members.length
      rightGroups++
    }
    if (members.every((at) => truths[at] === template)) rightTemplates++
  }
  const parsed = truths.filter((truth, at) => truth === found[at]).length
  return {
    GA: grouped / events.length,
    FGA: f1(rightGroups, groups.size, eventSizes.size),
    PA: parsed / events.length,
    FTA: f1(rightTemplates, groups.size, new Set(truths).size),
  }
}

function f1(right: number, found: number, all: number): number {
  return (2 * right) / (found + all)
}

function sizes(list: readonly string[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>()
  for (const each of list) all.set(each, (all.get(each) ?? 0) + 1)
  return all
}
