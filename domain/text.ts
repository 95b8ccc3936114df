/** A text for people, in the product's two languages; Chinese is the source. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}
