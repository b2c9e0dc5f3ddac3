import type { Command } from 'commander'

export interface ExportOptions {
  readonly out: string
}

export const addOptions = (command: Command) =>
  command.requiredOption('-o, --out <dir>', 'the folder to write into')
