/** What the running system refuses the scripted people is told in one line, with the place. */
import { expect, test } from '@jest/globals';
import { officeAt, Refused } from '../../cli/people/office.js';
import { AREA, testApi } from '../support/api.js';

test('a refusal names who asked what, the reason and the faults, and no more', async () => {
  const api = await testApi();
  try {
    const office = officeAt(`${api.url}/api/v1`, [api.as('management').account]);
    const refused = office.post('management', `/areas/${AREA}/drills`, { rate: 2880, purpose: '年度演练' });
    await expect(refused).rejects.toBeInstanceOf(Refused);
    await expect(refused).rejects.toThrow(/^the system answered 400 to management POST \/areas\/kuitun\/drills: .+; rate: [^\n{]+$/);
  } finally {
    await api.close();
  }
});
