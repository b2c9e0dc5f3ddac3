/** Reporting: results as people read them. Pure: data in, text out. How numbers are written: `format.ts`. */
export { renderComparison } from './comparison-report.ts'
export { type ComparisonTable, comparisonTable } from './comparison-table.ts'
export { comparisonCurvesCsv, comparisonRowsCsv, curveCsv, roundsCsv } from './csv.ts'
export type { RunReportData } from './labelled-run.ts'
export { renderReport } from './report.ts'
export { roundLine } from './round-line.ts'
