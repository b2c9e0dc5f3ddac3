/** A comparison as a person reads it on the terminal. */
import type { ComparisonResult } from '../../src/comparison/index.ts'
import { comparisonTable } from '../../src/reporting/index.ts'
import { table } from './terminal.ts'

export function formatComparison(result: ComparisonResult): string {
  const { header, rows, notes, troubles } = comparisonTable(result)
  const numbers = header.map((_, column) => column).slice(1)
  return [table(header, rows, numbers), '', ...notes, ...troubles].join('\n')
}
