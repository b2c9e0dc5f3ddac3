import type { Command } from 'commander'

export interface PlotOptions {
  readonly out: string
}

export const addOptions = (command: Command) =>
  command.option('-o, --out <file>', 'the HTML file to write', 'report.html')
