/** Files of a form: taken into memory, then kept unchanged under their digest, which stands for them in the form from then on. */
import type { Request, RequestHandler } from 'express';
import multer, { type StorageEngine } from 'multer';
import { type Attachment, attachments, DOCUMENT_LIMIT_BYTES, keepDocument, readableAmong } from '../../usecases/documents.js';
import { type Fault, UseCaseFailure } from '../../usecases/failure.js';
import { DIGEST, Fields, type Upload } from './fields.js';
import { callerOf, type Page } from './page.js';

const MOST_FILES = 20;

interface Taken {
  readonly buffer: Buffer;
  readonly size: number;
}

/** What is larger than the limit, and what is one too many, goes by unkept: the form's other fields are read, and the form can tell. */
const inMemory: StorageEngine = {
  _handleFile(request, file, done) {
    const isOneTooMany = counted(request) > MOST_FILES;
    let chunks: Buffer[] = [];
    let size = 0;
    file.stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (isOneTooMany || size > DOCUMENT_LIMIT_BYTES) chunks = [];
      else chunks.push(chunk);
    });
    file.stream.on('error', done);
    file.stream.on('end', () => done(null, { buffer: Buffer.concat(chunks), size } satisfies Taken));
  },
  _removeFile(_request, _file, done) {
    done(null);
  },
};

const counts = new WeakMap<Request, number>();

function counted(request: Request): number {
  const count = (counts.get(request) ?? 0) + 1;
  counts.set(request, count);
  return count;
}

const parse = multer({ storage: inMemory, limits: { fieldSize: 2 ** 20, fields: 2_000 } }).any();

/** A form that cannot be read is its sender's fault, whatever the parser makes of it. */
export const multipart: RequestHandler = (request, response, next) => {
  void parse(request, response, (error: unknown) => next(error instanceof Error ? Object.assign(error, { status: 400 }) : error));
};

export function fieldsOf(request: Request): Fields {
  const files = Array.isArray(request.files) ? request.files : [];
  // Browsers send file names as UTF-8; the parser reads them as Latin-1.
  return Fields.of(
    request.body,
    files.map((f) => ({ field: f.fieldname, name: Buffer.from(f.originalname, 'latin1').toString('utf8'), mediaType: f.mimetype, body: f.buffer, bytes: f.size })),
  );
}

/** Too many, or too large. */
export function uploadFaults({ uploads }: Fields): Fault[] {
  return uploads.flatMap(({ field, bytes }, i) => [
    ...(i === MOST_FILES ? [{ path: field, message: '一次最多上传 20 个文件' }] : []),
    ...(i < MOST_FILES && bytes > DOCUMENT_LIMIT_BYTES ? [{ path: field, message: '文件超过 20 MB，没有上传' }] : []),
  ]);
}

/** Before anything else is done with the form: a try that fails has its files still. */
export async function keptUploads(page: Page, fields: Fields): Promise<{ fields: Fields; faults: Fault[] }> {
  const values: Record<string, readonly string[]> = { ...fields.values };
  const faults = uploadFaults(fields);
  for (const upload of fields.uploads.slice(0, MOST_FILES)) {
    if (upload.bytes === 0 || upload.bytes > DOCUMENT_LIMIT_BYTES) continue;
    const { digest, fault } = await keptUpload(page, upload);
    if (fault) faults.push(fault);
    else values[upload.field] = [...new Set([...(values[upload.field] ?? []), digest])];
  }
  return { fields: new Fields(values), faults };
}

async function keptUpload(page: Page, { field, name, mediaType, body }: Upload): Promise<{ digest: string; fault?: Fault }> {
  try {
    return await keepDocument(page.deps, callerOf(page), { body, title: name.slice(-200), mediaType });
  } catch (error) {
    if (!(error instanceof UseCaseFailure) || error.failure.kind !== 'invalid') throw error;
    return { digest: '', fault: { path: field, message: error.failure.faults[0]?.message ?? '' } };
  }
}

/** What a form's digests stand for, as far as its sender may read it. */
export async function attachmentsIn(page: Page, fields: Fields | null): Promise<readonly Attachment[]> {
  const digests = Object.values(fields?.values ?? {}).flatMap((values) => values.filter((value) => DIGEST.test(value)));
  if (!page.account || digests.length === 0) return [];
  return attachments(page.deps, [...(await readableAmong(page.deps, page.account, [...new Set(digests)]))]);
}
