import type { Price } from '../../boxes/price.ts'
import type { Prompt } from '../../boxes/prompt.ts'
import type { PriceTag } from '../../evidence/inspect/inspector.ts'
import type { Accepted } from '../../steps/inspect/inspect.ts'
import { acceptedPrice } from '../accepted-price.ts'
import { errorStyle } from '../console.ts'
import { priceQuestion } from './price-question.ts'

/** Whether what something costs a process is accepted; the person sees the price first. */
export function acceptedTag(
  box: string,
  what: string,
  tag: PriceTag,
  asked: { readonly accept: Price | undefined; readonly prompt: Prompt | undefined },
): Promise<Accepted> {
  return acceptedPrice(box, tag.price, () => priceQuestion(what, tag, errorStyle().columns), asked)
}
