/** jest 30 on ES modules; swc compiles, `tsc --noEmit` checks. */
export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  reporters: ['default', '<rootDir>/test/support/skipped-reporter.mjs'],
  testTimeout: 180_000,
  // One more than the two cores we count on: tests that kill and wait leave theirs to others.
  maxWorkers: 3,
  // What a test file's modules leave behind is never given back; a worker near its heap's end is slow before it falls.
  workerIdleMemoryLimit: '1500MB',
};
