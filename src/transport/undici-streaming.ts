import type { Dispatcher } from 'undici'

import { isStreamingPath, isWatchPath, saysYes } from './streaming.ts'

/** Whether the response is expected to stay open: a watch, a followed log, an upgrade. */
export function isStreaming(options: Dispatcher.DispatchOptions): boolean {
  const { path, query, upgrade } = options
  if (upgrade) return true
  return saysYes(query?.['watch']) || saysYes(query?.['follow']) || isStreamingPath(path)
}

/** Whether it is a watch. */
export function isWatch({ path, query }: Dispatcher.DispatchOptions): boolean {
  return saysYes(query?.['watch']) || isWatchPath(path)
}
