import { type Command, Option } from 'commander'
import { BACKENDS } from '../../../../src/engine/interface.ts'
import { collect } from '../../command.ts'
import { count, wholeNumber } from '../../parsers.ts'

export interface EmulateOptions {
  readonly nodes?: number
  readonly set?: readonly string[]
  readonly seed?: number
  readonly workers?: number
  readonly out?: string
  readonly backend?: string
  readonly threads?: number
  readonly quiet?: boolean
}

export const addOptions = (command: Command) =>
  command
    .option('-n, --nodes <count>', "instead of the job's number of nodes", count)
    .option('--set <key=value>', 'override a key of the job, such as share.method=none', collect)
    .option('--seed <number>', "instead of the job's seed", wholeNumber)
    .option('--workers <count>', 'processors that compute (default: all)', count)
    .option('-o, --out <dir>', 'write metrics, CSV, the result and an HTML report there')
    .addOption(new Option('--backend <name>', 'what computes').choices(['auto', ...BACKENDS]))
    .option('--threads <count>', 'threads of one training step', count)
    .option('-q, --quiet', 'no progress lines')
