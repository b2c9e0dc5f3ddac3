/** How the server tells an error; the client turns it back into one with the same name. */
import { z } from 'zod'

export const errorSchema = z.object({
  error: z.object({ name: z.string(), message: z.string() }),
})
