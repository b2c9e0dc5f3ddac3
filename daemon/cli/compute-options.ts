/** Options of the commands that emulate. Apart from `emulations.ts`, so that no engine is loaded for a help text. */
import { type Command, Option } from 'commander'
import { BACKENDS } from '../../src/engine/interface.ts'
import { processorCount } from './parsers.ts'

export interface ComputeOptions {
  readonly workers?: number
  readonly backend?: string
  readonly threads?: number
}

export const addComputeOptions = (command: Command) =>
  command
    .option(
      '--workers <count>',
      'nodes computed side by side (default: processors / threads)',
      processorCount,
    )
    .addOption(new Option('--backend <name>', 'what computes').choices(['auto', ...BACKENDS]))
    .option('--threads <count>', 'threads of one training step', processorCount)
