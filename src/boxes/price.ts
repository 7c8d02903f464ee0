/**
 * What a step costs its target, in rising order: `free` reads only; `slow` the target runs slower; `pause` it stands still;
 * `change` it is different afterwards. The policy of a group names the highest one that may be accepted on its boxes.
 */
export const PRICES = ['free', 'slow', 'pause', 'change'] as const

export type Price = (typeof PRICES)[number]
