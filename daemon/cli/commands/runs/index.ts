import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { exportRun } from './export/index.ts'
import { logs } from './logs/index.ts'
import { plot } from './plot/index.ts'
import { resume } from './resume/index.ts'
import { show } from './show/index.ts'
import { stop } from './stop/index.ts'

export const runs = () =>
  new Command('runs')
    .description('List the runs of this daemon; show, stop, resume, plot or export one.')
    .addHelpText(
      'after',
      examples('starling runs', 'starling runs show 3f2a', 'starling runs --json'),
    )
    .action(run(() => import('./handler.ts')))
    .addCommand(show())
    .addCommand(logs())
    .addCommand(stop())
    .addCommand(resume())
    .addCommand(plot())
    .addCommand(exportRun())
