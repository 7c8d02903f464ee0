import { PRICES, type Price } from '../../boxes/price.ts'
import type { Prompt } from '../../boxes/prompt.ts'
import type { PriceTag } from '../../evidence/inspect/inspector.ts'
import type { Accepted } from '../../steps/inspect/inspect.ts'
import { errorStyle } from '../console.ts'
import { priceQuestion } from './price-question.ts'

/** Whether what something costs a process is accepted: by `--accept`, else by the person, who sees the price first. Without either it is not. */
export async function acceptedPrice(
  box: string,
  what: string,
  tag: PriceTag,
  { accept, prompt }: { readonly accept: Price | undefined; readonly prompt: Prompt | undefined },
): Promise<Accepted> {
  const { price } = tag
  const hint = `--accept ${price}`
  if (accept !== undefined)
    return PRICES.indexOf(price) <= PRICES.indexOf(accept)
      ? { accepted: true }
      : { accepted: false, why: `its price is ${price}, and ${accept} was accepted`, hint }
  const text = priceQuestion(what, tag, errorStyle().columns)
  const answer = await prompt?.({ box, kind: 'confirm', text, secret: false })
  if (/^y(?:es)?$/i.test(answer?.trim() ?? '')) return { accepted: true }
  return { accepted: false, why: `its price is ${price}, which nobody accepted`, hint }
}
