/**
 * jest's own environment on a plain V8 context. In one that Node hooks into,
 * every look at a global (`Math`, `Array`, `Map`) is a call out of the engine,
 * which makes hot code several times slower than where it really runs.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

// Node 20.18 and later; before it there is only the hooked kind.
const PLAIN = vm.constants?.DONT_CONTEXTIFY;

export default class PlainEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    if (PLAIN !== undefined) vm.createContext = () => createContext(PLAIN);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
