/** Attachments, as bytes. */
import { z } from 'zod';
import type { Deps } from '../../usecases/deps.js';
import { keepDocument, readableDocument } from '../../usecases/documents.js';
import { digest, words } from '../../usecases/schemas.js';
import { endpoint, type Endpoint } from '../endpoint.js';

const tag = '文件 documents';

export const documentRoutes = (deps: Deps): Endpoint[] => [
  endpoint('post', '/documents', { tag, summary: '上传文件（原样字节，20 MB 以内），得到其 SHA-256', bytes: true, query: z.strictObject({ title: words(200) }) }, ({ caller, query, request }) => {
    const body: unknown = request.body;
    const mediaType = (request.get('content-type') ?? 'application/octet-stream').split(';')[0] ?? '';
    return keepDocument(deps, caller, { body: Buffer.isBuffer(body) ? body : Buffer.alloc(0), title: query.title, mediaType });
  }),
  endpoint('get', '/documents/{digest}', { tag, summary: '取文件（上传人，或可查阅记有该文件的过程、区域者；引擎历史限审计、办公室）', params: z.strictObject({ digest }) }, async ({ caller, params, response }) => {
    const { body, mediaType, title } = await readableDocument(deps, caller, params.digest);
    response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    response.type(mediaType).attachment(title).type(mediaType).send(body);
  }),
];
