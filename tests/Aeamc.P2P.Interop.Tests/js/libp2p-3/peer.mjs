// A peer of js-libp2p 3. Options as JSON in the first argument: {listen, pubsub: "StrictSign" | "StrictNoSign" | null}.
import '../libp2p-polyfill.mjs'
import { createLibp2p } from 'libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { gossipsubOptions } from '../libp2p-gossipsub.mjs'
import { run } from '../libp2p-peer.mjs'

const options = JSON.parse(process.argv[2] ?? '{}')
const node = await createLibp2p({
  addresses: { listen: options.listen === false ? [] : ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  // The default accepts five connections a second from one address; every test peer is on loopback.
  connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
  services: {
    identify: identify(),
    identifyPush: identifyPush(),
    ping: ping(),
    ...(options.pubsub ? { pubsub: gossipsub(gossipsubOptions(options.pubsub)) } : {})
  }
})

await run(node, {
  multiaddr,
  handler: serve => stream => serve(stream).catch(error => stream.abort(error)),
  read: stream => stream,
  write: async (stream, bytes) => { if (!stream.send(bytes)) await stream.onDrain() },
  closeWrite: async stream => await stream.close()
})
