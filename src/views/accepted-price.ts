import { PRICES, type Price } from '../boxes/price.ts'
import type { Prompt } from '../boxes/prompt.ts'
import type { Accepted } from '../steps/inspect/inspect.ts'

/**
 * Whether a price is accepted: by `--accept`, else by the person. Without either it is not.
 *
 * @param question what it is and what it costs; made only when it is asked
 */
export async function acceptedPrice(
  box: string,
  price: Price,
  question: () => string,
  { accept, prompt }: { readonly accept: Price | undefined; readonly prompt: Prompt | undefined },
): Promise<Accepted> {
  const hint = `--accept ${price}`
  if (accept !== undefined)
    return PRICES.indexOf(price) <= PRICES.indexOf(accept)
      ? { accepted: true }
      : { accepted: false, why: `its price is ${price}, and ${accept} was accepted`, hint }
  const answer = await prompt?.({ box, kind: 'confirm', text: question(), secret: false })
  if (/^y(?:es)?$/i.test(answer?.trim() ?? '')) return { accepted: true }
  return { accepted: false, why: `its price is ${price}, which nobody accepted`, hint }
}
