/** A Pod's `projected` volume source, as far as it means something outside a pod. */
export interface ProjectedVolume {
  /**
   * Mode of the files that have none of their own. Undefined where nothing says so: then tokens and Secrets
   * are for their owner only (0600), and the rest is as in a pod (0644).
   */
  readonly defaultMode: number | undefined
  /** What is in it; of two that give the same path, the later one counts. */
  readonly sources: readonly VolumeProjection[]
}

/** One source of files. */
export type VolumeProjection =
  | TokenProjection
  | ConfigMapProjection
  | SecretProjection
  | DownwardProjection

/** A token of the service account, kept fresh. */
export interface TokenProjection {
  readonly kind: 'serviceAccountToken'
  /** For whom it is; '' for the API server. */
  readonly audience: string
  /** Seconds that it is asked for: 600 to 2^32. */
  readonly expirationSeconds: number
  readonly path: string
}

/** Keys of a ConfigMap. */
export interface ConfigMapProjection extends ObjectProjection {
  readonly kind: 'configMap'
}

/** Keys of a Secret. */
export interface SecretProjection extends ObjectProjection {
  readonly kind: 'secret'
}

interface ObjectProjection {
  readonly name: string
  /** Which keys; all of them where this is empty. */
  readonly items: readonly ProjectedKey[]
  /** Whether the object, and each key that is named, may be missing. */
  readonly optional: boolean
}

/** One key, and where it is to stand. */
export interface ProjectedKey {
  readonly key: string
  readonly path: string
  readonly mode: number | undefined
}

/** What a pod knows of itself. */
export interface DownwardProjection {
  readonly kind: 'downwardAPI'
  readonly items: readonly ProjectedField[]
}

/** One field, and where it is to stand. */
export interface ProjectedField {
  /** As `metadata.name` or `metadata.labels['app']`. */
  readonly fieldPath: string
  readonly path: string
  readonly mode: number | undefined
}
