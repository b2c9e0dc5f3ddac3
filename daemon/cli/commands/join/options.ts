import type { Command } from 'commander'

export interface JoinOptions {
  readonly data?: string
  readonly model?: string
  readonly watch?: boolean
}

export const addOptions = (command: Command) =>
  command
    .option('--data <path>', "this machine's own data, instead of its share of the data set")
    .option('--model <file>', "this machine's copy of the model file, where the job names one")
    .option('-w, --watch', 'follow the run to its end')
