/** `starling demo`: several daemons on one machine, training together. */
export { type DemoNode, type DemoResult, runDemo } from './demo.ts'
export { mean, type RoundSummary } from './progress.ts'
