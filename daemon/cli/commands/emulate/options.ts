import type { Command } from 'commander'
import { collect } from '../../command.ts'
import { addComputeOptions, type ComputeOptions } from '../../compute-options.ts'
import { count, wholeNumber } from '../../parsers.ts'

export interface EmulateOptions extends ComputeOptions {
  readonly nodes?: number
  readonly set?: readonly string[]
  readonly seed?: number
  readonly out?: string
  readonly quiet?: boolean
}

export const addOptions = (command: Command) =>
  addComputeOptions(
    command
      .option('-n, --nodes <count>', "instead of the job's number of nodes", count)
      .option('--set <key=value>', 'override a key of the job, such as share.method=none', collect)
      .option('--seed <number>', "instead of the job's seed", wholeNumber)
      .option('-o, --out <dir>', 'write metrics, CSV, the result and an HTML report there'),
  ).option('-q, --quiet', 'no progress lines')
