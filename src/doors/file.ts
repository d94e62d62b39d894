/**
 * Files that are replaced on disk, read as they are now: tokens, certificates, bundles of authorities.
 * For programs that read such a file once and go on with what was in it when they started.
 *
 * The file is watched and not polled: `current()` reads nothing. All ways of replacing are seen, that
 * of the kubelet and cert-manager (a folder behind a link) among them; where the system tells of no
 * change, as on network file systems, the file is looked at every ten seconds.
 *
 * @module
 */
export { openCertificateFiles, openFile, openTokenFile } from '../file/open-files.ts'

export type { ClientCertificate } from '../credential/client-certificate.ts'
export type { Clock, Timer } from '../credential/clock.ts'
export type { Secret } from '../credential/secret.ts'
export type { CertificateFiles } from '../file/read-certificate-pair.ts'
export type { RotatingFile, RotatingFileOptions, ValuesOptions } from '../file/rotating-file.ts'
