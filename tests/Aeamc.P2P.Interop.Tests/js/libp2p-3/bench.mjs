// The js-libp2p side of `Aeamc.P2P.Benchmarks libp2p`: the same commands and the same loads as BenchWorker.cs, line by line.
// Options as JSON in the first argument: {pubsub: "StrictSign" | "StrictNoSign" | null}.
import '../libp2p-polyfill.mjs'
import { createInterface } from 'node:readline'
import { createLibp2p } from 'libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { gossipsubOptions } from '../libp2p-gossipsub.mjs'

const TOPIC = '/aeamc/bench'
const SINK = '/aeamc-bench/sink/1'
const options = JSON.parse(process.argv[2] ?? '{}')
const say = line => process.stdout.write(JSON.stringify(line) + '\n')
const now = () => Number(process.hrtime.bigint())
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: { inboundConnectionThreshold: 1_000_000, maxIncomingPendingConnections: 1000, maxConnections: 1000 },
  services: {
    identify: identify(),
    ping: ping(),
    ...(options.pubsub ? { pubsub: gossipsub(gossipsubOptions(options.pubsub)) } : {})
  }
})
const pubsub = node.services.pubsub

await node.handle(SINK, async stream => {
  let count = 0
  for await (const chunk of stream) count += chunk.byteLength
  stream.send(Buffer.from(String(count)))
  await stream.close()
})

let onMessage = () => {}
pubsub?.addEventListener('message', ({ detail }) => onMessage(detail.data))

async function gossip ({ run, author, authors, size, window, rate, start, warmup, seconds }) {
  const begin = start + warmup * 1e9
  const end = begin + seconds * 1e9
  const newest = Array.from({ length: authors }, () => 0)
  const latencies = []
  let delivered = 0
  let wake = () => {}
  onMessage = data => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    if (view.getUint32(20, true) !== run) return
    const at = now()
    const from = view.getUint32(0, true)
    newest[from] = Math.max(newest[from], Number(view.getBigUint64(4, true)))
    if (at >= begin && at < end) {
      delivered++
      latencies.push(at - Number(view.getBigUint64(12, true)))
    }
    wake()
  }
  await sleep((start - now()) / 1e6)
  let processor
  const atBegin = sleep((begin - now()) / 1e6).then(() => { processor = process.cpuUsage() })
  const atEnd = sleep((end - now()) / 1e6).then(() => { processor = process.cpuUsage(processor) })
  const payload = new Uint8Array(size)
  const view = new DataView(payload.buffer)
  view.setUint32(0, author, true)
  view.setUint32(20, run, true)
  let sequence = 0
  const publish = async () => {
    view.setBigUint64(4, BigInt(++sequence), true)
    view.setBigUint64(12, process.hrtime.bigint(), true)
    await pubsub.publish(TOPIC, payload.slice())
  }
  const room = () => window + Math.min(...newest.filter((_, i) => i !== author)) - sequence
  for (let next = start + author * 1e9 / Math.max(rate, 1) / authors; now() < end;) {
    if (rate > 0) {
      for (; next <= now(); next += 1e9 / rate) await publish()
      await sleep(1)
    } else if (room() <= 0) {
      await new Promise(resolve => {
        const late = setTimeout(resolve, 100)
        wake = () => { if (room() >= window / 4) { clearTimeout(late); resolve() } }
      })
      wake = () => {}
    } else {
      await publish()
      // The sockets are served between the publications.
      if (sequence % 8 === 0) await new Promise(setImmediate)
    }
  }
  await atBegin
  await atEnd
  onMessage = () => {}
  latencies.sort((a, b) => a - b)
  const percentile = p => latencies.length === 0 ? 0 : latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] / 1e6
  return { delivered, cpu: processor.user + processor.system, allocated: 0, p50: percentile(0.5), p99: percentile(0.99) }
}

async function dial (address) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await node.dial(multiaddr(address))
    } catch (error) {
      if (attempt === 5) throw error
      await sleep(100)
    }
  }
}

const commands = {
  dial: async ({ address }) => String((await dial(address)).remotePeer),
  subscribe: async () => { pubsub.subscribe(TOPIC) },
  mesh: async () => pubsub.getMeshPeers(TOPIC).length,
  gossip,
  sink: async ({ peer, megabytes, chunk }) => {
    const remote = node.getPeers().find(known => known.toString() === peer)
    const stream = await node.dialProtocol(remote, SINK)
    const start = now()
    const bytes = new Uint8Array(chunk)
    for (let left = megabytes * 1e6; left > 0; left -= chunk) {
      if (!stream.send(left < chunk ? bytes.subarray(0, left) : bytes)) await stream.onDrain()
    }
    const closed = stream.close()
    let text = ''
    for await (const part of stream) text += Buffer.from(part.subarray()).toString()
    await closed
    if (Number(text) !== megabytes * 1e6) throw new Error(`${text} bytes arrived`)
    return (now() - start) / 1e9
  },
  handshakes: async ({ address, start, seconds }) => {
    await sleep((start - now()) / 1e6)
    const end = start + seconds * 1e9
    let count = 0
    while (now() < end) {
      try {
        const connection = await node.dial(multiaddr(address))
        count++
        await connection.close()
      } catch (error) {
        process.stderr.write(`redial: ${error.message}\n`)
        await sleep(5)
      }
    }
    return count
  }
}

say({ event: 'ready', peer: String(node.peerId), address: String(node.getMultiaddrs()[0]) })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, name, ...rest } = JSON.parse(line)
  Promise.resolve().then(() => commands[name](rest)).then(
    result => say({ id, result: result ?? null }),
    error => say({ id, error: `${error.name}: ${error.message}` }))
}
await node.stop()
process.exit(0)
