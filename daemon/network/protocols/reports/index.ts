/** Front door of the reports protocol. */
export { InvalidReportError } from './errors.ts'
export * from './interface.ts'
export type { FinalReport, MemberReport } from './report.ts'
export { serveReports } from './service.ts'
