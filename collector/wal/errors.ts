import { TidewardenError } from '../../model/errors.ts';

/** A segment's bytes are not what was acknowledged: the checksum sidecar and the data file disagree. */
export class SegmentCorruptError extends TidewardenError {
  override readonly name = 'SegmentCorruptError';
  constructor(message: string, options?: ErrorOptions) {
    super('segment_corrupt', message, options);
  }
}
