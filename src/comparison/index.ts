/**
 * Comparing ways to run one job: what is compared, which runs that takes, and what they say together. Pure: whoever
 * runs the jobs hands in the results.
 *
 * ```ts
 * const variants = variantsOf({ share: 'full,choco:gamma=0.3,jwins', budgets: [0.2, 0.1], method: 'full' })
 * const runs = planRuns(variants, [90, 91, 92])  // each with the overrides that make its job
 * const { rows } = summarise({ name, seeds, planned: runs.length }, finished)
 * ```
 */
export { deliveredValues } from './delivered.ts'
export { InvalidVariantError } from './errors.ts'
export { type PlannedRun, planRuns, referenceOf } from './plan.ts'
export * from './result.ts'
export { bytesToReach, type SummaryRequest, summarise } from './summary.ts'
export { budgetText, labelOf, type Variant, type VariantRequest, variantsOf } from './variants.ts'
