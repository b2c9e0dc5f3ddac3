import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const data = () =>
  new Command('data')
    .description('List the known data sets, or fetch the files of one.')
    .addCommand(
      new Command('ls')
        .description('List the data sets a job can name, and where their files were found.')
        .addHelpText('after', examples('starling data ls', 'starling data ls --json'))
        .action(run(async () => ({ handle: (await import('./handler.ts')).list }))),
    )
    .addCommand(
      new Command('pull')
        .description("Fetch a data set's official files; continues where it was interrupted.")
        .argument('<name>', 'a name from `starling data ls`')
        .addHelpText('after', examples('starling data pull mnist'))
        .action(run(async () => ({ handle: (await import('./handler.ts')).pull }))),
    )
