import { checkOptions } from '../errors/given-option.ts'
import type { ConfigMapContent } from './object-files.ts'
import { projectedVolumeOf } from './read-volume.ts'
import type { ProjectedVolume } from './volume.ts'

/** Name of the ConfigMap in which every namespace has the certificates of the API server's authority. */
export const rootCertificatesName = 'kube-root-ca.crt'

/** What may be otherwise in a {@link defaultVolume}. */
export interface DefaultVolumeOptions {
  /** For whom the token is. Default: the API server. */
  readonly audience?: string
  /** Seconds that the token is asked for, 600 to 2^32. Default 3600. */
  readonly expirationSeconds?: number
  /** Path of the token. Default `token`. */
  readonly path?: string
}

/**
 * The volume that every pod has at `/var/run/secrets/kubernetes.io/serviceaccount`: the files `token`,
 * `ca.crt` and `namespace`.
 *
 * `ca.crt` is left out where the inputs have no ConfigMap {@link rootCertificatesName};
 * {@link rootCertificates} makes one of certificates that are known already.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_INVALID` For a path or a time beyond the API server's limits.
 *   TypeError for options that are none.
 */
export function defaultVolume(options: DefaultVolumeOptions = {}): ProjectedVolume {
  checkOptions('"options" of defaultVolume', options)
  const { audience = '', expirationSeconds = 3600, path = 'token' } = options
  return projectedVolumeOf({
    sources: [
      { serviceAccountToken: { audience, expirationSeconds, path } },
      {
        configMap: {
          name: rootCertificatesName,
          items: [{ key: 'ca.crt', path: 'ca.crt' }],
          optional: true,
        },
      },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  })
}

/** The ConfigMap {@link rootCertificatesName} with these certificates, PEM. */
export function rootCertificates(pem: Uint8Array): ConfigMapContent {
  return { binaryData: { 'ca.crt': Buffer.from(pem).toString('base64') } }
}
