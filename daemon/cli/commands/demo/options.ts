import type { Command } from 'commander'
import { count } from '../../parsers.ts'

export interface DemoOptions {
  readonly nodes?: number
  readonly rounds?: number
  readonly keep?: boolean
}

export const addOptions = (command: Command) =>
  command
    .option('--nodes <count>', 'how many daemons (default: as in the job)', count)
    .option('--rounds <count>', 'how many rounds (default: as in the job)', count)
    .option('--keep', "keep the daemons' data directories")
