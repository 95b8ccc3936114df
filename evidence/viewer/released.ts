/** Viewers that earlier versions of the program handed out: they are ours, and check less than today's. Before a viewer is changed its digest goes in here. */
export const RELEASED_VIEWERS: Readonly<Record<string, string>> = {
  '339793e031b220166d389535ffa99b309c0d99e7443af0382b73a65b084ecc8b': 'of November 2026: it looks neither at who entered an approval nor at deliveries and receipts',
  '8773f3a51746d4f92d0415ca76f795c52e3ac01670a17a3a4a7d67fdc8e9522b': 'of November 2026: it follows the first version of the rules alone, and knows neither the lift of a part nor a level that stands again after an order',
  '086e41f9d5c74a95512d6df7a20f0c7684bf988af8f70aec02b69a9218622a7b': 'of November 2026: it does not know that an order ended before its time lowers nothing',
};
