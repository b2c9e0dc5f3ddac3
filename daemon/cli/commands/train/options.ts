import { type Command, Option } from 'commander'
import { collect } from '../../command.ts'
import { duration } from '../../parsers.ts'

export interface TrainOptions {
  readonly set?: readonly string[]
  readonly data?: string
  readonly owner?: readonly string[]
  readonly watch?: boolean
  /** Seconds. */
  readonly tokenValid: number
}

export const addOptions = (command: Command) =>
  command
    .option('--set <key=value>', 'override a key of the job, such as train.rounds=20', collect)
    .option('--data <path>', "this machine's own data, instead of its share of the data set")
    .option('--owner <peer>', 'another owner: its peer id, or an address ending in it', collect)
    .option('-w, --watch', 'follow the run to its end')
    .addOption(
      new Option('--token-valid <time>', 'how long the token can be used (90s, 30m, 7d)')
        .argParser(duration)
        .default(86_400, '24h'),
    )
