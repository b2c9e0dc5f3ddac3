import type { Command } from 'commander'

export interface RunLogsOptions {
  readonly follow?: boolean
}

export const addOptions = (command: Command) =>
  command.option('-f, --follow', 'keep printing until the run ends or Ctrl-C')
