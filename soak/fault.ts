import type { ClientName } from './cast.ts'
import type { Dice } from './dice.ts'
import type { Excuse } from './oracle.ts'
import type { Traffic } from './traffic.ts'
import type { World } from './world.ts'

/** What a fault that has begun tells of itself. */
export interface FaultUnderWay {
  /** The failures that it may cause; none where Kubecred promises that nobody notices. */
  readonly excuses: readonly Excuse[]
  /** Those who must be well again soon after it. */
  readonly affected: readonly ClientName[]
  /** Ends it. */
  lift(): Promise<void>
}

/** Where a fault happens. */
export interface Scene {
  readonly world: World
  readonly traffic: Pick<Traffic, 'abandon'>
  /** Choices within the fault, by a seed of its own. */
  readonly dice: Dice
  /** Lets time pass; shorter when the soak is interrupted. */
  readonly pause: (ms: number) => Promise<void>
}

/** A kind of fault. */
export interface Fault<Target extends string = string> {
  readonly name: string
  readonly group: 'plugin' | 'server' | 'connection' | 'file' | 'clock' | 'process'
  /** What it may befall; one of them each time. */
  readonly targets: readonly [Target, ...Target[]]
  /** What no other fault may touch at the same time. */
  readonly claims: (target: Target) => readonly string[]
  /** Least and longest time, milliseconds. */
  readonly lasts: readonly [least: number, most: number]
  begin(scene: Scene, target: Target): Promise<FaultUnderWay>
}

/** Helps the compiler to see that a fault's targets are what it begins with. */
export function fault<Target extends string>(definition: Fault<Target>): Fault {
  return {
    ...definition,
    // Only its own targets are ever given to it.
    claims: (target) => definition.claims(target as Target),
    begin: (scene, target) => definition.begin(scene, target as Target),
  }
}
