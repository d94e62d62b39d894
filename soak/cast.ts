/** The clients, in processes of their own where the name says `proxy`. */
export const cast = [
  'undici',
  'http2',
  'fetch',
  'https',
  'token-file',
  'pair-files',
  'proxy',
  'followed-proxy',
] as const

/** One of the clients. */
export type ClientName = (typeof cast)[number]

/** Those whose credential a plugin gives. */
export const pluginClients = ['undici', 'http2', 'fetch', 'https', 'proxy'] as const
/** A client with a plugin. */
export type PluginClient = (typeof pluginClients)[number]

/** Those that live in this process, so that their clock can be set, and that a plugin serves. */
export const inProcessPluginClients = ['undici', 'http2', 'fetch', 'https'] as const

/** Those that use the library in this process. */
export const doorClients = [
  'undici',
  'http2',
  'fetch',
  'https',
  'token-file',
  'pair-files',
] as const
/** A client of this process. */
export type DoorClient = (typeof doorClients)[number]

/** Those behind a `kubecred proxy`, which send nothing again by themselves. */
export const proxyClients = ['proxy', 'followed-proxy'] as const

/** What a client does. */
export const operations = ['echo', 'upload', 'stream', 'download', 'watch', 'upgrade'] as const
/** One thing that a client does. */
export type Operation = (typeof operations)[number]

/** Whether a name is that of a client. */
export function isClientName(name: unknown): name is ClientName {
  return cast.some((each) => each === name)
}
