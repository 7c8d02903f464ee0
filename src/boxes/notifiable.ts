/** Kinds of entries of an incident that a team can be told of (`on:` in halligan.yaml). */
export const NOTIFIABLE = [
  'opened',
  'handed-over',
  'took-over',
  'supposed',
  'ruled-out',
  'confirmed',
  'relieved',
  'changed',
  'undone',
  'verified',
  'overrode',
  'closed',
] as const

export type Notifiable = (typeof NOTIFIABLE)[number]

/** What a receiver is told of when it does not say: what others have to know, or else they do the same, or the opposite. */
export const TOLD_BY_DEFAULT: readonly Notifiable[] = ['opened', 'handed-over', 'changed', 'closed']

export function isNotifiable(did: string): did is Notifiable {
  return NOTIFIABLE.some((each) => each === did)
}
