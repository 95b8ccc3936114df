/** Files of a form, kept unchanged under their digest. */
import { keepDocument } from '../../usecases/documents.js';
import type { Fields } from './fields.js';
import { callerOf, type Page } from './page.js';

/** Digests of what was chosen now and of what was kept before. */
export async function attachmentsOf(page: Page, fields: Fields, name = 'attachments'): Promise<string[]> {
  const kept = fields.all(name).filter((value) => value !== '');
  const added: string[] = [];
  for (const { body, name: title, mediaType } of fields.upload(name)) added.push((await keepDocument(page.deps, callerOf(page), { body, title: title.slice(-200), mediaType })).digest);
  return [...new Set([...kept, ...added])];
}
