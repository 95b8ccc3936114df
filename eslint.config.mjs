import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which folders a folder may import from; `docs/architecture.md` draws the same picture. */
const mayImport = {
  domain: [],
  plans: ['domain'],
  workflows: ['domain'],
  db: ['domain'],
  activities: ['domain', 'db', 'workflows'],
  documents: ['domain'],
  evidence: ['domain', 'plans', 'db'],
  usecases: ['domain', 'plans', 'db', 'workflows', 'evidence'],
  console: ['domain', 'documents', 'usecases'],
  api: ['domain', 'documents', 'usecases', 'console'],
  workers: ['domain', 'plans', 'db', 'activities', 'workflows', 'evidence', 'usecases', 'api', 'config', 'documents'],
};
const folders = [...Object.keys(mayImport), 'embedded', 'config', 'cli', 'test', 'bench'];

/** What no file of these folders imports, besides other folders. */
const pure = ['node:*', 'fs', 'path', 'pg', 'express', 'zod'];
const bannedModules = { domain: [...pure, '@temporalio/*'], workflows: pure };

const directionRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  // A process's entry puts the parts together.
  ignores: ['api/main.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          ...folders
            .filter((other) => other !== folder && !allowed.includes(other))
            .map((other) => ({
              regex: `^(\\.\\./)+${other}/`,
              message: `${folder}/ may import only from: ${[folder, ...allowed].join(', ')}`,
              // A workflow knows the shapes of its activities, never their code.
              allowTypeImports: folder === 'workflows' && other === 'activities',
            })),
          ...(bannedModules[folder] ?? []).map((group) => ({ group: [group], message: `${folder}/ stays free of ${group}` })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['node_modules/**', '.qingkong/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['cli/**', 'bench/**', 'embedded/**'], rules: { 'no-console': 'off' } },
  {
    // Pure core and workflow code: no clock, no randomness, no I/O.
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'crypto', 'structuredClone'],
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'Date', property: 'now' }, { object: 'Math', property: 'random' }],
    },
  },
  {
    // Answers over HTTP are read as a client without types reads them.
    files: ['test/api/**/*.ts', 'test/console/**/*.ts', 'test/statistics/**/*.ts', 'test/whatif/**/*.ts', 'test/support/api.ts'],
    rules: Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return'].map((of) => [`@typescript-eslint/no-unsafe-${of}`, 'off'])),
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
  {
    files: ['console/assets/*.js'],
    languageOptions: { sourceType: 'script', ecmaVersion: 2020, globals: Object.fromEntries(['window', 'document', 'setTimeout', 'clearTimeout', 'EventSource'].map((name) => [name, 'readonly'])) },
  },
  {
    // One page's scripts, read one after the other in a browser.
    files: ['evidence/viewer/*.js'],
    languageOptions: { sourceType: 'script', ecmaVersion: 2020 },
    rules: { 'no-undef': 'off', 'no-unused-vars': 'off' },
  },
  ...directionRules,
);
