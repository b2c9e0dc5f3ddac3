import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const engine = () =>
  new Command('engine')
    .description('List what can compute on this machine, or install something faster.')
    .addCommand(
      new Command('list')
        .description('List the backends, best first, and which of them this machine has.')
        .addHelpText('after', examples('starling engine list', 'starling engine list --json'))
        .action(run(async () => ({ handle: (await import('./handler.ts')).list }))),
    )
    .addCommand(
      new Command('install')
        .description('Install the packages of a backend next to Starling.')
        .argument('<name>', 'tensorflow-gpu, tensorflow or webgpu')
        .addHelpText('after', examples('starling engine install tensorflow-gpu'))
        .action(run(async () => ({ handle: (await import('./handler.ts')).install }))),
    )
