import { z } from 'zod'
import type { SharingStrategy } from './interface.ts'
import type { StrategyKind } from './kind.ts'

const schema = z
  .strictObject({ method: z.literal('none') })
  .describe('Nobody sends anything: every node trains alone.')

/** Every node alone: what the others are to be compared with. */
export const none = {
  schema,
  create: (): SharingStrategy<null> => ({
    name: 'none',
    init: () => null,
    *round(parameters) {
      yield { outbox: new Map(), expects: [] }
      return { parameters, state: null }
    },
  }),
} satisfies StrategyKind<typeof schema>
