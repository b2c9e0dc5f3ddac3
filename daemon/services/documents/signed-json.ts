import type { z } from 'zod'

/**
 * The JSON that an envelope carries, checked against its schema.
 *
 * @param name what to call the document where the fault has no path
 * @param Invalid the error to throw, made from the reason
 */
export function readSignedJson<S extends z.ZodType>(
  payload: Uint8Array,
  schema: S,
  name: string,
  Invalid: new (reason: string) => Error,
): z.output<S> {
  let data: unknown
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw new Invalid('it is not JSON')
  }
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Invalid(`${issue?.path.join('.') || name}: ${issue?.message}`)
}
