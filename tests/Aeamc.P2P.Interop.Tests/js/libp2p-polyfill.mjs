// Node 20 lacks Promise.withResolvers, which js-libp2p uses while dialling: imported before anything else.
Promise.withResolvers ??= function withResolvers () {
  let resolve
  let reject
  const promise = new this((ok, fail) => { resolve = ok; reject = fail })
  return { promise, resolve, reject }
}
