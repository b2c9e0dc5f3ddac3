/** Front door of the catch-up protocol. */
export { InvalidCatchUpError } from './errors.ts'
export * from './interface.ts'
export { serveCatchUp } from './service.ts'
