import { AppError } from '../protocol/index.ts'
import { notFound, rangeInvalid } from './store-key.ts'

interface ServiceFault {
  readonly name: string
  readonly status: number | undefined
  /** Where the bucket is, if S3 says so. */
  readonly region: string | undefined
}

/** What S3 says to a call that was signed for, or sent to, another region. */
const WRONG_REGION: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
])

/** Translates a failed S3 call: what the network or a busy server caused is retryable, what the server decided is not. */
export function s3Error(doing: string, key: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const { name, status, region } = faultOf(error)
  if (name === 'NoSuchBucket') return refused(`${doing} failed: the bucket does not exist; create it`, error)
  if (name === 'NoSuchKey' || name === 'NotFound' || status === 404) return notFound(key, error)
  if (WRONG_REGION.has(name) || (status !== undefined && status >= 300 && status < 400)) {
    const where = region === undefined ? 'is not in this region' : `is in the region \`${region}\``
    return refused(`${doing} failed: the bucket ${where}; set PANOREC_S3_REGION (${status ?? ''} ${name})`, error)
  }
  if (status === 416) return rangeInvalid(key, undefined, error)
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return refused(`${doing} failed: the store answered ${status} ${name}; check the credentials and the bucket`, error)
  }
  if (status === 501) return refused(`${doing} failed: the store does not support this (501 ${name})`, error)
  if (name === 'CredentialsProviderError') {
    return refused(`${doing} failed: no credentials were found; set them for the AWS SDK`, error)
  }
  return new AppError('store.unavailable', `${doing} failed: ${status ?? ''} ${name}`.trim(), { cause: error })
}

function refused(message: string, cause: unknown): AppError {
  return new AppError('store.refused', message, { cause })
}

function faultOf(error: unknown): ServiceFault {
  if (!(error instanceof Error)) return { name: String(error), status: undefined, region: undefined }
  const response = '$response' in error ? (error.$response as { headers?: Record<string, string> }) : undefined
  const region = response?.headers?.['x-amz-bucket-region'] ?? ('Region' in error ? String(error.Region) : undefined)
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { name: code ?? error.name, status: metadata?.httpStatusCode, region }
}
