/** Not something that can be checked at all: no bundle, or one made to harm whoever opens it. */
export class Unreadable extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Unreadable';
  }
}
