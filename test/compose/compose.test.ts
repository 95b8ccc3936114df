import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { readConfig } from '../../config/env.js';
import { temporalCli } from '../../embedded/binaries.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../../embedded/search-attributes.js';
import { devServerEnv } from '../support/temporal.js';

const project = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(project, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { file: string }>>;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (instance: Ajv) => void)(ajv);
  const { $schema: _dialect, ...schema } = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')) as Record<string, unknown>;
  const isCompose = ajv.compile(schema);

  test('is valid by the Compose specification', () => {
    isCompose(compose);
    expect(isCompose.errors).toBeNull();
  });

  test('and that schema refuses a file with a fault', () => {
    expect(isCompose({ services: { api: { image: 'x', portz: ['1:1'] } } })).toBe(false);
    expect(isCompose({ services: { api: { image: 'x', depends_on: { db: { condition: 'service_well' } } } } })).toBe(false);
  });

  test('has the whole topology', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'api',
      'migrate',
      'postgres',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ]);
  });

  test("publishes the console's port and nothing else, on this machine unless told otherwise", () => {
    expect(services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))).toEqual(['api ${PUBLISH:-127.0.0.1:8080}:8080']);
  });

  test('only the API stands on a network that leads outside', () => {
    const outside = Object.entries(compose.networks).filter(([, network]) => network.internal !== true).map(([name]) => name);
    expect(outside).toEqual(['front']);
    expect(services.filter(([, { networks }]) => networks === undefined || networks.includes('front')).map(([name]) => name)).toEqual(['api']);
  });

  test.each(services)('%s waits only for what can become so, and names only what there is', (_name, service) => {
    for (const [dependency, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = compose.services[dependency];
      expect(target).toBeDefined();
      if (condition === 'service_healthy') expect(target?.healthcheck).toBeDefined();
      if (condition === 'service_completed_successfully') expect(target?.restart).toMatch(/^on-failure/);
    }
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining([...(service.networks ?? [])]));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]));
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(join(project, source))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test.each(services)('%s is pinned, bounded, without privileges, and starts again', (_name, service) => {
    expect(service.image).toMatch(/:\d+\.\d+/);
    expect(service.deploy?.resources.limits.memory).toMatch(/^\d+[mg]$/);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d+)$/);
  });

  test.each(services)('%s reads every secret it is given, by file, and none stands in the open', (_name, service) => {
    const usesInScript = [...(service.volumes ?? [])]
      .flatMap((volume) => volume.split(':')[0] ?? [])
      .filter((folder) => folder.startsWith('./docker/') && folder !== './docker/tls')
      .flatMap((folder) => readdirSync(join(project, folder)).map((file) => read(join(folder, file))));
    const texts = [...Object.values(service.environment ?? {}), ...usesInScript].join('\n');
    for (const secret of service.secrets ?? []) expect(texts).toContain(`/run/secrets/${secret}`);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|PWD|KEY|SECRET/.test(variable)) expect([variable, value]).toEqual([expect.stringMatching(/_FILE$/), expect.anything()]);
      expect(String(value)).not.toMatch(/\/\/[^:/]+:[^@/]+@/);
    }
  });

  test.each(ours)('%s runs a program that is there, on a file system it cannot change', (_name, service) => {
    const entries = [service.command, service.healthcheck?.test].flatMap((command) => command?.filter((word) => word.endsWith('.ts')) ?? []);
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) expect([entry, existsSync(join(project, entry))]).toEqual([entry, true]);
    expect(service.read_only).toBe(true);
  });

  test.each(ours)('%s is given settings that the program understands', (_name, service) => {
    const withDefaults = Object.entries(service.environment ?? {}).map(([variable, value]) => [variable, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')] as const);
    const withoutFiles = withDefaults.filter(([variable]) => !variable.endsWith('_FILE'));
    const config = readConfig(Object.fromEntries(withoutFiles));
    expect(config.databaseUrl).toMatch(/^postgres:\/\/qingkong(_app)?@postgres:5432\/qingkong$/);
  });

  test('the worker and the API connect as the role that cannot change the record', () => {
    for (const name of ['worker', 'api']) {
      expect(compose.services[name]?.environment?.['DATABASE_URL']).toContain('//qingkong_app@');
      expect(compose.services[name]?.secrets).not.toContain('database_owner_password');
    }
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  test('builds in stages on a pinned slim Node.js and runs without root', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^node:20\.\d+\.\d+-\w+-slim$/);
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'));
  });

  test('copies no secret, and only what exists', () => {
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['docker/secrets', 'docker/tls', 'node_modules', '.qingkong']));
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) => files?.split(' ') ?? []);
    for (const source of sources) expect([source, existsSync(join(project, source))]).toEqual([source, true]);
  });
});

describe('the scripts of the topology', () => {
  const scripts = ['docker/make-secrets.sh', ...['postgres', 'temporal'].flatMap((folder) => readdirSync(join(project, 'docker', folder)).map((file) => `docker/${folder}/${file}`))].filter((file) => file.endsWith('.sh'));

  test.each(scripts)('%s is executable and a shell can read it', (file) => {
    accessSync(join(project, file), constants.X_OK);
    execFileSync('sh', ['-n', join(project, file)]);
  });

  test('make-secrets.sh makes each secret of the compose file once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'qk-secrets-'));
    try {
      cpSync(join(project, 'docker/make-secrets.sh'), join(folder, 'make-secrets.sh'));
      cpSync(join(project, 'docker/secrets/.gitkeep'), join(folder, 'secrets/.gitkeep'));
      const run = () => execFileSync('sh', [join(folder, 'make-secrets.sh')], { encoding: 'utf8' });
      run();
      const files = Object.values(compose.secrets).map(({ file }) => join(folder, file.replace(/^docker\//, '')));
      const first = files.map((file) => readFileSync(file, 'utf8'));
      for (const secret of first) expect(secret).toMatch(/^[0-9a-f]{48}$/);
      expect(new Set(first).size).toBe(files.length);
      for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o444);
      expect(run()).toBe('');
      expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(first);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('namespace.sh makes the namespace and its search attributes on a real server, and again changes nothing', async () => {
    const server = await devServerEnv();
    try {
      const cli = await temporalCli(readConfig().binaries, () => undefined);
      const folder = mkdtempSync(join(tmpdir(), 'qk-namespace-'));
      cpSync(cli, join(folder, 'temporal'));
      const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'production', TEMPORAL_RETENTION_DAYS: '30' };
      for (let run = 0; run < 2; run++) execFileSync('sh', [join(project, 'docker/temporal/namespace.sh')], { env, stdio: 'pipe' });
      rmSync(folder, { recursive: true });
      const { config } = await server.connection.workflowService.describeNamespace({ namespace: 'production' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
      const { customAttributes } = await server.connection.operatorService.listSearchAttributes({ namespace: 'production' });
      expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(QINGKONG_SEARCH_ATTRIBUTES)));
    } finally {
      await server.teardown();
    }
  });
});
