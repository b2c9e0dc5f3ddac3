import type { Command } from 'commander'
import { count } from '../../parsers.ts'

export interface LogsOptions {
  readonly follow?: boolean
  readonly lines: number
}

export const addOptions = (command: Command) =>
  command
    .option('-f, --follow', 'keep printing new lines until Ctrl-C')
    .option('-n, --lines <count>', 'how many of the last lines', count, 100)
