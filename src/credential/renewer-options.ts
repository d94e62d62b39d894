import { checkOptions } from '../errors/given-option.ts'
import { systemClock, systemRandom, type Clock, type Random } from './clock.ts'
import { ClockWatch } from './clock-watch.ts'
import type { CooldownPolicy } from './cooldown.ts'
import type { RenewalRules } from './renewal-rules.ts'
import { shareOfLife, type Schedule } from './schedule.ts'

/** Settings of a {@link Renewer}. */
export interface RenewerOptions {
  /**
   * The share of its life after which a credential is renewed, while callers go on with it: more than 0,
   * less than 1. `false` renews only what has ended, as client-go does, so that callers wait. Default: 0.8.
   */
  readonly renewAhead?: number | false | undefined
  /**
   * Whether a good credential is renewed though nobody asks for it. `'while-in-use'`: as long as the
   * transport has a watch, a followed log or an upgraded connection open. `true`: from the first
   * credential until the source is closed, which runs a plugin for as long as the program lives. Such
   * runs never prompt; a credential that has ended all the same is tried once, and then waits for somebody
   * to ask. No timer of it holds the process alive. Default: false.
   */
  readonly renewWhenIdle?: boolean | 'while-in-use' | undefined
  /**
   * When a credential is due and when it ends, for rules that a share cannot express; not together with
   * `renewAhead`. It is asked for each reply of the provider, also for one that repeats the credential,
   * and its word holds; but nothing is due before `cooldown.firstMs` has passed, and what is repeated
   * when it is due already not before half of the time to its end. Default: as `renewAhead` says.
   */
  readonly schedule?: Schedule | undefined
  /** How long a failing provider is left alone. Default: 1 s, doubling up to 30 s. */
  readonly cooldown?: CooldownPolicy | undefined
  /**
   * Longest renewal that somebody waits for, milliseconds in which the machine is awake. Default:
   * 300 000, time to log in.
   */
  readonly deadlineMs?: number | undefined
  /** Longest renewal ahead of need, milliseconds likewise. Default: 60 000. */
  readonly aheadDeadlineMs?: number | undefined
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
  /** Source of the jitter. Default: the machine's. */
  readonly random?: Random | undefined
}

/** {@link RenewerOptions} with nothing left out. */
export interface RenewerSettings {
  readonly schedule: Schedule
  /** It is the program's own. */
  readonly ownSchedule: boolean
  readonly renewWhenIdle: boolean | 'while-in-use'
  readonly cooldown: CooldownPolicy
  readonly deadlineMs: number
  readonly aheadDeadlineMs: number
  readonly clock: Clock
  readonly watch: ClockWatch
  readonly random: Random
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an option that cannot work.
 */
export function readRenewerOptions(options: RenewerOptions = {}): RenewerSettings {
  checkOptions('"renewal"', options)
  const { renewWhenIdle = false, deadlineMs = 300_000, aheadDeadlineMs = 60_000 } = options
  const { clock = systemClock, random = systemRandom } = options
  const { firstMs, maxMs } = options.cooldown ?? { firstMs: 1000, maxMs: 30_000 }
  const times = {
    deadlineMs,
    aheadDeadlineMs,
    'cooldown.firstMs': firstMs,
    'cooldown.maxMs': maxMs,
  }
  for (const [name, value] of Object.entries(times)) {
    // Without a cooldown, every caller would run a failing provider again.
    if (typeof value === 'number' && value > 0) continue
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
    throw new TypeError(`"${name}" must be milliseconds, more than zero: ${shown}`)
  }
  if (firstMs > maxMs) {
    const words = `"cooldown.firstMs" must not be more than "cooldown.maxMs": ${firstMs}, ${maxMs}`
    throw new TypeError(words)
  }
  if (![true, false, 'while-in-use'].includes(renewWhenIdle)) {
    const words = `"renewWhenIdle" must be true, false or "while-in-use": ${String(renewWhenIdle)}`
    throw new TypeError(words)
  }
  return {
    schedule: scheduleOf(options),
    ownSchedule: options.schedule !== undefined,
    renewWhenIdle,
    cooldown: { firstMs, maxMs },
    deadlineMs,
    aheadDeadlineMs,
    clock,
    watch: ClockWatch.of(clock),
    random,
  }
}

const rules = new WeakMap<RenewerSettings, { ahead?: RenewalRules; never?: RenewalRules }>()

/** The rules that follow from settings; the same object for all sources that share them. */
export function rulesFor(settings: RenewerSettings, runsAhead: boolean): RenewalRules {
  const known = rules.get(settings) ?? {}
  rules.set(settings, known)
  const { schedule, ownSchedule, cooldown } = settings
  return (known[runsAhead ? 'ahead' : 'never'] ??= { schedule, ownSchedule, cooldown, runsAhead })
}

/**
 * The share of its life after which a credential is renewed; 1 for at its end.
 *
 * @throws TypeError for a share that is none.
 */
export function shareOf({ renewAhead = 0.8 }: Pick<RenewerOptions, 'renewAhead'>): number {
  if (renewAhead === false) return 1
  if (typeof renewAhead === 'number' && renewAhead > 0 && renewAhead < 1) return renewAhead
  throw new TypeError(`"renewAhead" must be false, or between 0 and 1: ${String(renewAhead)}`)
}

function scheduleOf({ schedule, renewAhead }: RenewerOptions): Schedule {
  if (schedule === undefined) return shareOfLife(shareOf({ renewAhead }))
  if (renewAhead === undefined) return schedule
  throw new TypeError('"schedule" and "renewAhead" exclude each other')
}
