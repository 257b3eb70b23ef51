// A peer of js-libp2p 2. Options as JSON in the first argument: {listen, pubsub: "StrictSign" | "StrictNoSign" | null}.
import '../libp2p-polyfill.mjs'
import { createLibp2p } from 'libp2p'
import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify, identifyPush } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { gossipsubOptions } from '../libp2p-gossipsub.mjs'
import { run } from '../libp2p-peer.mjs'

const options = JSON.parse(process.argv[2] ?? '{}')
const node = await createLibp2p({
  addresses: { listen: options.listen === false ? [] : ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
  services: {
    identify: identify(),
    identifyPush: identifyPush(),
    ping: ping(),
    ...(options.pubsub ? { pubsub: gossipsub(gossipsubOptions(options.pubsub)) } : {})
  }
})

// Streams of this generation are a source and a sink; a queue lets them be written to piece by piece.
const outboxes = new WeakMap()
function outbox (stream) {
  let box = outboxes.get(stream)
  if (box === undefined) {
    box = { pending: [], wake: () => {}, ended: false }
    outboxes.set(stream, box)
    box.done = stream.sink((async function * () {
      while (true) {
        while (box.pending.length > 0) {
          const { bytes, taken } = box.pending.shift()
          yield bytes
          taken()
        }
        if (box.ended) return
        await new Promise(resolve => { box.wake = resolve })
      }
    })()).catch(() => {})
  }
  return box
}

await run(node, {
  multiaddr,
  handler: serve => ({ stream }) => serve(stream).catch(error => stream.abort(error)),
  read: stream => stream.source,
  write: async (stream, bytes) => {
    const box = outbox(stream)
    const sent = new Promise(resolve => box.pending.push({ bytes, taken: resolve }))
    box.wake()
    await Promise.race([sent, box.done])
  },
  closeWrite: async stream => {
    const box = outbox(stream)
    box.ended = true
    box.wake()
    await box.done
    await stream.closeWrite()
  }
})
