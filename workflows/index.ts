export { dissemination } from './dissemination.js';
export { episode } from './episode.js';
export { watch } from './watch.js';
