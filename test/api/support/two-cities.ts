/** Two areas under one plan, each with an orange episode in force with a task for its health commission (T1) and one for the technical group (T2). */
import { addDays, dayOf } from '../../../domain/time.js';
import { AREA, HOUR_MS, iso, publishOrange, START_MS, type TestApi } from '../../support/api.js';
import { City, somebody } from '../../support/city.js';
import { assignTask, newTask } from '../../../usecases/decisions.js';
import type { Place } from './rights-table.js';

export const ELSEWHERE = 'other-city';

/** The people with accounts have hats in the first alone. */
export async function twoCities(api: TestApi): Promise<{ readonly here: Place; readonly elsewhere: Place }> {
  const first = await publishOrange(api);
  await api.db.owner.query('insert into areas (area_id, plan_digest) select $1, plan_digest from areas where area_id = $2', [ELSEWHERE, AREA]);
  const city = new City(api.deps, ELSEWHERE);
  await city.forecast(START_MS, [230, 230, 230, 80, 70, 60].map((aqi, i) => ({ date: addDays(dayOf(START_MS), i + 1), aqi })));
  await city.begun();
  await city.consult('publish', 'orange');
  await city.propose({ action: 'publish', level: 'orange', effectiveAt: iso(START_MS + 2 * HOUR_MS), text: '呈请发布' });
  await city.approve('director');
  await city.approve('commander');
  await api.at(START_MS + 3 * HOUR_MS);
  const task = (ownerId: string) => newTask.parse({ ownerId, basis: { zh: '督办', en: 'order' }, content: { zh: '复查', en: 'look again' }, dueAt: iso(START_MS + 9 * HOUR_MS) });
  const [here, elsewhere] = [await placeOf(api, AREA, first), await placeOf(api, ELSEWHERE, city.episodeId)];
  for (const { episodeId } of [here, elsewhere]) {
    for (const ownerId of ['health', 'technical']) await assignTask(api.deps, somebody('management'), episodeId, task(ownerId));
  }
  return { here, elsewhere };
}

async function placeOf({ db }: TestApi, areaId: string, episodeId: string): Promise<Place> {
  const { rows } = await db.pool.query<{ digest: string }>('select digest from forecasts where area_id = $1 order by seq', [areaId]);
  return { areaId, episodeId, digest: rows[0]!.digest };
}

