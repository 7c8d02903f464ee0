import { authorization, basic, bearer, cookieOption, cookies } from './headers.ts'
import { card, email } from './personal.ts'
import { programs, userOption } from './programs.ts'
import { prose } from './prose.ts'
import type { Rule } from './rule.ts'
import { named } from './spellings.ts'
import { statements } from './statements.ts'
import { tokens } from './tokens.ts'
import { urls } from './urls.ts'

/** All rules. Of two that find the very same the first gives the kind, so the more exact ones stand first. */
export const rules: readonly Rule[] = [
  ...tokens,
  ...urls,
  authorization,
  bearer,
  basic,
  cookies,
  cookieOption,
  named,
  prose,
  ...statements,
  ...programs,
  userOption,
  email,
  card,
]
