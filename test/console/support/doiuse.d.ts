declare module 'doiuse' {
  import type { Plugin } from 'postcss';
  /** Tells each use of a CSS feature that some of the browsers lack. */
  export default function doiuse(options: { readonly browsers: readonly string[]; readonly onFeatureUsage: (use: { readonly feature: string }) => void }): Plugin;
}
