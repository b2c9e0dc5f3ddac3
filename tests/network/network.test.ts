import { afterEach, expect, test } from 'vitest'
import { InvalidAddressError, PeerUnreachableError } from '../../daemon/network/index.ts'
import { type Network, startNetwork } from '../../daemon/network/network.ts'
import { clock, until } from './peers.ts'

const open: Network[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((network) => network.stop()))
})

async function start(
  seed: number,
  { listen = '/ip4/127.0.0.1/tcp/0', bootstrap = [] as string[] } = {},
): Promise<Network> {
  const network = await startNetwork({
    seed: new Uint8Array(32).fill(seed),
    listen: [listen],
    bootstrap,
    mdns: false,
    version: 'test',
    clock,
    onFailure: () => {},
  })
  open.push(network)
  return network
}

test('a bootstrap node is connected to, and again after it was away', async () => {
  const hub = await start(1)
  const [address] = hub.addresses()
  const node = await start(2, { bootstrap: [address!] })
  await until(() => node.isConnected(hub.peerId))
  expect(node.peers()).toMatchObject([{ peerId: hub.peerId, direction: 'outbound' }])
  expect(await node.ping(hub.peerId)).toBeLessThan(5)

  await hub.stop()
  await until(() => !node.isConnected(hub.peerId))
  const listen = address!.replace(/\/p2p\/.*$/, '')
  const again = await start(1, { listen })
  expect(again.peerId).toBe(hub.peerId)
  await until(() => node.isConnected(hub.peerId), 15)
}, 30_000)

test('the same seed is the same peer id, WebSockets work like TCP', async () => {
  const first = await start(3, { listen: '/ip4/127.0.0.1/tcp/0/ws' })
  const second = await start(4)
  await second.connect({ peerId: first.peerId, addresses: first.addresses() })
  expect(second.isConnected(first.peerId)).toBe(true)
  await first.stop()
  const again = await start(3)
  expect(again.peerId).toBe(first.peerId)
})

test('what is no address, or leads nowhere, is refused by name', async () => {
  await expect(start(5, { listen: 'localhost:4040' })).rejects.toThrow(InvalidAddressError)
  const withoutPeer = start(6, { bootstrap: ['/ip4/127.0.0.1/tcp/4040'] })
  await expect(withoutPeer).rejects.toThrow(InvalidAddressError)
  const node = await start(7)
  const gone = { peerId: (await start(8)).peerId, addresses: ['/ip4/127.0.0.1/tcp/1'] }
  await expect(node.connect(gone)).rejects.toThrow(PeerUnreachableError)
})
