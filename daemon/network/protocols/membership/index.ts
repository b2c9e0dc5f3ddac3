/** Front door of the membership protocol. */
export { SECRET_BYTES } from './constants.ts'
export { RefusedError } from './errors.ts'
export * from './interface.ts'
export { serveMembership } from './service.ts'
