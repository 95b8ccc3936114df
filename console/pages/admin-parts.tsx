/** One button that does one thing to one of those listed. */
import { randomUUID } from 'node:crypto';
import { Form } from '../parts/fields.js';

export function DoForm({ what, id, label }: { what: string; id: string; label: string }) {
  return (
    <Form entered={{ fields: null, problem: null, resumed: false, attachments: [], key: randomUUID() }} action="/admin" class="inline-form">
      <input type="hidden" name="_do" value={what} />
      <input type="hidden" name="id" value={id} />
      <button>{label}</button>
    </Form>
  );
}
