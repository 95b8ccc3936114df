/** Path parameters that several routes share, and the answers worth describing. */
import { z } from 'zod';
import { id } from '../../usecases/schemas.js';

export const areaParams = z.strictObject({ areaId: id });
export const episodeParams = z.strictObject({ episodeId: id });
export const seqQuery = z.strictObject({ afterSeq: z.coerce.number().int().min(0).optional() });

const isoInstant = z.string().describe('ISO 8601, +08:00');

/** What a decision answers. */
export const decided = z.object({ episodeId: z.string(), seq: z.number(), decisionNo: z.number() });
/** What handing something in answers. */
export const receipt = z.object({
  episodeId: z.string(),
  obligationId: z.string(),
  version: z.number(),
  seq: z.number(),
  recordedAt: isoInstant,
  countsAt: isoInstant,
  late: z.boolean(),
  documentDigest: z.string().nullable(),
});
