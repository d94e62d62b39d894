import { SharedSources } from '../credential/shared-sources.ts'

/** The exec plugins of this process. */
export const execSources: SharedSources = new SharedSources()
