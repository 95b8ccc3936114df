/** Every name there is has its words; looked up by whatever a row holds. */
export type Stored<Name extends string> = Readonly<Record<Name, string>> & Readonly<Record<string, string>>;
