import { createServer } from 'node:net'
import { connectDaemon } from '../../api/index.ts'
import type { Check } from '../check.ts'

const NAME = 'ports'

/** Whether the daemon can listen where it is set to. A running daemon has proved it. */
export const ports: Check = async ({ directory, listen }) => {
  const running = await connectDaemon(directory)
    .status()
    .catch(() => null)
  if (running !== null) {
    return {
      name: NAME,
      status: 'ok',
      detail: `in use by the running daemon: ${running.addresses.join(', ')}`,
    }
  }
  if (listen === null) {
    const fix = 'Correct the settings, then run this again.'
    return { name: NAME, status: 'warn', detail: 'not checked: the settings are wrong', fix }
  }
  if (listen.length === 0) {
    return { name: NAME, status: 'ok', detail: 'none: the daemon is set to listen nowhere' }
  }
  const problems: string[] = []
  for (const address of listen) {
    const [, host, port] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
    if (host === undefined) continue
    const problem = await tryListen(host, Number(port))
    if (problem !== null) problems.push(`${address}: ${problem}`)
  }
  if (problems.length === 0)
    return { name: NAME, status: 'ok', detail: `${listen.join(', ')} can be had` }
  const fix = 'Choose another port: starling up --listen /ip4/0.0.0.0/tcp/0 takes any free one.'
  return { name: NAME, status: 'fail', detail: problems.join('; '), fix }
}

function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'another program uses it' : error.message),
    )
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}
