/** The shells that there is a completion for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** A shell that there is a completion for. */
export type Shell = (typeof shells)[number]

/** The command that their scripts run: `kubecred __complete SHELL ...`. */
export const completeCommand = '__complete'
