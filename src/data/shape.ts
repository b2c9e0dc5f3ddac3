/** What a model needs to know about data, and what all nodes of a run must have in common. */
import { DataShapeError } from './errors.ts'
import type { Dataset } from './interface.ts'

export type DataShape = Pick<Dataset, 'input' | 'output' | 'vocabulary'>

export function shapeOf({ input, output, vocabulary }: Dataset): DataShape {
  return { input, output, ...(vocabulary && { vocabulary }) }
}

/** @throws {DataShapeError} naming the first difference. */
export function requireShape(found: DataShape, expected: DataShape): void {
  const parts = [
    ['input', found.input, expected.input],
    ['output', found.output, expected.output],
    ['vocabulary', found.vocabulary ?? null, expected.vocabulary ?? null],
  ] as const
  for (const [name, own, wanted] of parts) {
    const [ownText, wantedText] = [canonical(own), canonical(wanted)]
    if (ownText !== wantedText) {
      throw new DataShapeError(`their ${name} is ${ownText} and the job's ${wantedText}`)
    }
  }
}

/** JSON with sorted keys. */
function canonical(value: object | null): string {
  const sorted = (_: string, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  return JSON.stringify(value, sorted)
}
